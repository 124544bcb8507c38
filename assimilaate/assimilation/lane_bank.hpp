#pragma once
/// The lanes of one transform: synapses, how they are driven, read and taught, and what they emit.

#include <memory>
#include <string>

#include "assimilaate/aat/example.hpp"
#include "assimilaate/assimilation/emission.hpp"
#include "assimilaate/assimilation/organisation.hpp"
#include "assimilaate/assimilation/rule.hpp"
#include "assimilaate/substrate/memristor.hpp"
#include "assimilaate/substrate/read_noise.hpp"
#include "assimilaate/substrate/wires.hpp"

namespace assimilaate {

/// What a target is made of and how it learns; the same for all its banks.
struct Profile {
  std::string name = "mss";
  std::string memristor = "mss";
  MemristorSettings memristor_settings;
  Imperfections imperfections;
  ReadNoise noise;
  ReadSettings read;
  std::string organisation = "graded";
  Settings organisation_settings;
  std::string rule = "nlms";
  Settings rule_settings;
  std::string emission;  ///< empty: `nearest` for the lanes of a regression rule, `winner` for the others
  Settings emission_settings;
  /// Weight that a fully unlike pair stands for, in units of the root mean square weight that the first examples
  /// suggest.
  double full_scale = 3;
  /// Zero each synapse before it learns and mask those that refuse.
  bool calibrate = true;
  std::uint32_t spares = 0;  ///< of the copies of a line, kept aside until another refuses (`spares.hpp`)
  std::uint64_t seed = 1;
  std::uint32_t target = 0;  ///< tells the targets of one run apart
};

/// What one transform is, as a target knows it.
struct TransformPlan {
  std::string name;
  CodecPtr input, output;
  Glue glue;               ///< between the input boundary and the lanes
  std::uint32_t bank = 0;  ///< tells the banks of one target apart
};

/// A block of AATs as a bank's rows see it.
struct DriveBlock {
  Matrix<float> drives;                          ///< [block x rows], where the organisation drives every row
  std::vector<std::vector<std::uint32_t>> rows;  ///< selected rows of each example, where it selects
  Matrix<float> writes;                          ///< [block x rows], where writes differ from reads
  std::vector<float> energy;     ///< sum of squared drives; of drives read times written, where they differ
  std::vector<float> magnitude;  ///< sum of the sizes of drives
  std::vector<std::vector<std::size_t>> silent;  ///< NONE spaces of each example
  [[nodiscard]] std::size_t size() const noexcept { return energy.size(); }
};

/// One bank. Reading from many threads is safe while nobody pulses; tiles may be taught from different threads.
class LaneBank {
 public:
  /// @throws Error{Usage|Unsupported} when profile and transform do not fit each other.
  LaneBank(const TransformPlan& transform, const Profile& profile);

  [[nodiscard]] const TransformPlan& transform() const noexcept { return transform_; }
  [[nodiscard]] const Profile& profile() const noexcept { return profile_; }
  [[nodiscard]] const LaneLayout& layout() const noexcept { return emission_->layout(); }
  [[nodiscard]] const Emission& emission() const noexcept { return *emission_; }
  [[nodiscard]] const Organisation& organisation() const noexcept { return *organisation_; }
  [[nodiscard]] const Rule& rule() const noexcept { return *rule_; }
  [[nodiscard]] SynapseArray& synapses() noexcept { return *synapses_; }
  [[nodiscard]] const SynapseArray& synapses() const noexcept { return *synapses_; }
  [[nodiscard]] const Random& random() const noexcept { return random_; }

  /// Synapses of a lane that take part in the read of an AAT without NONE.
  [[nodiscard]] std::size_t rows_read() const;
  /// The same without spares.
  [[nodiscard]] std::size_t rows_at_work() const {
    return rows_read() * (organisation_->copies() - profile_.spares) / organisation_->copies();
  }

  /// Nodes of a lane: rows lie on them in order, `ReadSettings::node_lines` each.
  [[nodiscard]] std::size_t nodes() const;
  /// Reads that make one sample of a lane.
  [[nodiscard]] std::size_t planes() const {
    return profile_.read.drive == LineDrive::Planes && !organisation_->selects() ? profile_.read.planes : 1;
  }
  /// Whether a lane is converted anyway, since it is added up from partial results.
  [[nodiscard]] bool converts() const { return nodes() * planes() > 1; }

  /// Choose drive centres and the full scale from examples; done once, before the first presentation.
  void tune(const ExampleBlock& examples);
  [[nodiscard]] bool tuned() const noexcept { return full_scale_ > 0; }
  /// Output units per unit of y, and what y = 0 stands for [lanes].
  [[nodiscard]] double full_scale() const noexcept { return full_scale_; }
  [[nodiscard]] std::span<const float> offset() const noexcept { return offset_; }
  /// Least energy that normalises a presentation: the median of the examples it was tuned on.
  [[nodiscard]] float least_energy() const noexcept { return least_energy_; }
  /// Examples that regression lanes are taught at once: as many as the rule takes, fewer where presentations have so
  /// much in common that a block would correct it several times over.
  [[nodiscard]] std::size_t at_once(const Rule& rule) const;
  /// Spread of each lane's own signal, in output units [lanes]; the measure of relative read noise.
  [[nodiscard]] std::span<const float> spread() const noexcept { return spread_; }
  void set_spread(std::vector<float> spread) { spread_ = std::move(spread); }
  /// What regression lanes from `first` on should say: the centroid, stretched by 1/(1 - D) about the mean. NaN for
  /// NONE.
  void desired(Aat expected, std::size_t first, std::span<float> lanes) const;

  /// Rows and drives of the AATs `inputs[order[first … first + count)]`.
  void drive(MatrixView<const Address> inputs, std::span<const std::uint32_t> order, DriveBlock& block) const;

  /// Lane outputs, [n x lanes]; example i draws the read noise of moment `moment + i`. Adds what happened to `events`.
  /// @throws Error{Usage} before it was tuned.
  [[nodiscard]] Matrix<float> outputs(MatrixView<const Address> inputs, std::uint64_t moment, Events& events);
  /// Part of a read that a memristor is under the read voltage, in the mean: rows selected of all, or the root mean
  /// square of the drives of the examples it was tuned on.
  [[nodiscard]] double drive_share() const;
  /// What of `programming` and `reading` seconds the memristors of this bank feel.
  [[nodiscard]] Elapsed felt(double programming, double reading, std::uint64_t moment) const;
  /// AAT in, AAT out.
  [[nodiscard]] AatBlock infer(const AatBlock& inputs, std::uint64_t moment, Events& events);
  [[nodiscard]] AatBlock emit(MatrixView<const float> outputs) const;

  /// State for a target's file: tuning, conductances, masks.
  void save(ByteWriter& out) const;
  void restore(ByteReader& in);

 private:
  TransformPlan transform_;
  Profile profile_;
  Random random_;
  std::unique_ptr<Organisation> organisation_;
  std::unique_ptr<Rule> rule_;
  std::unique_ptr<Emission> emission_;
  std::unique_ptr<SynapseArray> synapses_;
  double full_scale_ = 0;
  float least_energy_ = 0;
  float coherence_ = 0;  // share of the energy of the examples it was tuned on that lies along one direction
  std::vector<float> offset_, spread_;
  std::vector<std::pair<std::uint32_t, std::vector<float>>>
      wanted_;  // of each regression lane: its space, and what each address asks
};

/// One tile of a bank, opened for reads.
class TileReader {
 public:
  TileReader(LaneBank& bank, std::size_t tile);
  [[nodiscard]] SynapseTile& synapses() noexcept { return *tile_; }
  [[nodiscard]] std::size_t lanes() const noexcept { return lanes_; }
  /// Read a block; example i is the moment `moments[i]`. A lane is the mean of its parts' ratios, each weighted with
  /// the lines that are driven there: y = sum_s n_s / n * [sum g (Ga - Gb) / sum (Ga + Gb)]_s over the nodes s, and
  /// with binary planes k also over those, g being +-1 where the digit is 1 and n_s,k 2^-k in the place of n_s.
  /// @param outputs  [block x 64] in output units
  void read(const DriveBlock& block, std::span<const std::uint64_t> moments, MatrixView<float> outputs, Events& events);
  /// Read noise of a lane at y = 0, sigma in output units.
  [[nodiscard]] double noise(std::size_t lane) const;
  /// Variance of the ratio y of a node whose conductances add up to `sum` [codes] under an absolute law; 0 under
  /// others.
  [[nodiscard]] double variance(double y, double sum) const;

 private:
  /// An absolute law as the variance of y: comparator + (thermal + flicker (1 - y^2)^(1 or 2)) / sum, sum in codes.
  struct AbsoluteNoise {
    double comparator = 0, thermal = 0, flicker = 0;
    bool squared = false;
  };
  [[nodiscard]] AbsoluteNoise absolute_noise() const;
  /// A partial result: a node, and one binary plane of its drives.
  struct Part {
    std::size_t first, last;  // rows
    float digit;              // 2^-k; 1 where there are no planes
  };
  [[nodiscard]] std::vector<Part> parts() const;
  /// Numerators, denominators and weights of all parts.
  void add_up(const DriveBlock& block);
  void add_up_selected(const DriveBlock& block);
  void add_up_graded(const DriveBlock& block);
  void add_up_planes(const DriveBlock& block);
  /// The same for the part of one example where every memristor strays from read to read: one factor each, slow.
  void add_up_restless(const DriveBlock& block, std::size_t b, std::size_t part, std::uint64_t moment);
  [[nodiscard]] WiredRows wired(const DriveBlock& block, std::size_t b, std::size_t part) const;
  void count(const DriveBlock& block, double warmth, Events& events) const;

  LaneBank& bank_;
  std::size_t index_, lanes_;
  std::unique_ptr<SynapseTile> tile_;
  ReadSettings averaged_;
  AbsoluteNoise absolute_;
  std::vector<Part> parts_;
  Matrix<float> numerators_, denominators_;  // [parts x block, 64]
  Matrix<float> weights_;                    // [parts x block]
  Matrix<float> digits_, sizes_;             // [block x rows] of one plane: -1, 0, 1, and their sizes
  std::vector<std::uint32_t> lines_;         // driven, [block]
};

}  // namespace assimilaate
