#pragma once
/// A target: a simulated chip with its own memristors, age and damage. It knows a stripped network, codebooks and
/// examples; never a weight. It assimilates, infers, saves itself and reports.

#include <filesystem>
#include <functional>

#include "assimilaate/assimilation/repair.hpp"
#include "assimilaate/assimilation/session.hpp"
#include "assimilaate/graph/stripped_graph.hpp"
#include "assimilaate/stream/stream_reader.hpp"
#include "assimilaate/substrate/pulse_trace.hpp"

namespace assimilaate {

/// How a target goes about a stream.
struct AssimilationOptions {
  std::size_t examples = SIZE_MAX;  ///< take the first so many
  bool own_inputs = false;          ///< teach later banks on what the earlier ones say, not on what the teacher said
  std::size_t passes = 0, rounds = 4;
  double plateau = 0, agreement = 2;  ///< early stops, see `SessionOptions`
  /// Save here after every round, so that an interrupt costs one round at most; empty: do not.
  std::filesystem::path file{};
  /// Called after every round and every bank, for callers who save elsewhere.
  std::function<void()> after_round{};
  /// Where what is applied to the memristors of each bank is recorded, one a bank; empty: nowhere. Float memristors
  /// take no pulses, and a session that goes on does not know those of before.
  std::span<PulseTrace> traces{};
};

/// How a target is repaired from its stream.
struct TargetRepair {
  std::size_t first = 0, examples = SIZE_MAX;  ///< replay so many examples from that one on, round and round
  std::size_t passes = 0;                      ///< times each is presented; 0 as in `SessionOptions`
  double begin = 0.4;                          ///< where annealing starts again for all, see `RepairOptions`
  double fresh_begin = 0.5, fresh_end = 1.5;   ///< and for what is new
  bool probe = true;                           ///< look for synapses that do not answer, and mask them
  /// It is enough when held-out agreement is not further below that of the assimilation; below 0: never.
  double tolerance = 0;
  std::span<const SynapseSet> fresh{};  ///< synapses known to be new, a set for each bank; empty: none
};

/// A chain of lane banks, AAT in, AAT out. One thread at a time.
class Target {
 public:
  /// A new target for the chain that a stream teaches; its memristors are drawn from the profile's seed.
  /// @throws Error{Unsupported} when the transforms are no chain or the glue between them is not elementwise,
  /// Error{Usage|Mismatch} when profile, codecs and network do not fit.
  Target(const StreamReader& stream, const Profile& profile);

  /// @throws Error{Io|Format|Integrity|Unsupported} naming the file and what is wrong with it.
  [[nodiscard]] static Target load(const std::filesystem::path& file);
  /// @param name  of the file, for messages. @throws as `load`
  [[nodiscard]] static Target from_bytes(std::span<const std::byte> bytes, const std::string& name);
  /// Atomic: readers see the old file or the new one.
  void save(const std::filesystem::path& file) const;

  /// Learn every transform from the stream's examples; goes on where an interrupted session with the same options
  /// stopped.
  /// @return one report per transform. @throws Error{Mismatch} for another stream than the one it was made for, or
  /// other options than it was interrupted with; Error{Integrity} for an older state of it than was seen before;
  /// Error{Interrupted} after a request to stop: the file then holds the last whole round.
  const std::vector<Convergence>& assimilate(const StreamReader& stream, const AssimilationOptions& options,
                                             Progress* progress = nullptr, std::stop_token stop = {});

  /// Present the next `count` records of the stream once to every bank, as they arrive: what comes before `assimilate`.
  /// Which records have arrived is part of the target's file.
  /// @throws Error{Usage} after the session has begun or for more records than there are, and as `assimilate` does;
  /// Error{Interrupted} after a request to stop: this object is then to be thrown away, its file still holds.
  void arrive(const StreamReader& stream, std::size_t count, Progress* progress = nullptr, std::stop_token stop = {});
  /// True once the session of the epoch has begun: nothing arrives any more.
  [[nodiscard]] bool begun() const noexcept { return banks_done_ + rounds_done_ > 0; }
  /// Records that have arrived since the epoch began.
  [[nodiscard]] std::size_t arrived() const noexcept { return arrived_; }
  /// Learn another epoch of the stream from its start: cursor and reports begin anew, the memristors stay as they are.
  /// Also an older one: whether that is wanted, the caller has judged.
  void begin_epoch();
  /// The memristors alone, without the cursor: silicon that keeps what pulses did, whatever the rest forgets.
  void save_banks(const std::filesystem::path& file) const;
  /// @throws as `load`, Error{Mismatch} for the banks of another target.
  void restore_banks(const std::filesystem::path& file);

  /// Dense vectors in [n x dims of the first boundary], dense vectors out [n x dims of the last].
  /// @throws Error{Mismatch} for other dimensions, Error{Format} for NaN, Error{Usage} before every bank has begun to
  /// learn.
  [[nodiscard]] Matrix<float> infer(MatrixView<const float> vectors);
  /// AATs in, AATs out; never decodes on the way.
  [[nodiscard]] AatBlock infer(AatBlock aats);
  /// Repair every bank that has fallen behind or has something new in it, see `repair.hpp`. @return a report per bank.
  /// @throws Error{Usage} before it has assimilated, Error{Mismatch} for another stream,
  /// Error{Interrupted} after a request to stop: the bank at hand is then as before, those before it are repaired.
  std::vector<RepairReport> repair(const StreamReader& stream, const TargetRepair& options,
                                   Progress* progress = nullptr, std::stop_token stop = {});
  /// Let time pass without voltage, at a temperature of its own [s, K]: what the memristors forget, they forget.
  void idle(double seconds, double kelvin);
  /// An empty trace for every bank. @throws Error{Unsupported} where memristors take changes without pulses.
  [[nodiscard]] std::vector<PulseTrace> new_traces() const;

  [[nodiscard]] const Profile& profile() const noexcept { return profile_; }
  [[nodiscard]] const Descriptor& descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] const std::vector<Convergence>& reports() const noexcept { return reports_; }
  [[nodiscard]] std::vector<LaneBank>& banks() noexcept { return banks_; }
  [[nodiscard]] const Codec& input_codec() const { return *codecs_.front(); }
  [[nodiscard]] const Codec& output_codec() const { return *codecs_.back(); }
  /// Everything that happened while inferring since it was loaded or made.
  [[nodiscard]] const Events& inference_events() const noexcept { return inference_; }
  /// The newest statements of its stream that it went by: nothing older is taken any more.
  [[nodiscard]] const Seen& seen() const noexcept { return seen_; }
  /// True when every bank has finished its session.
  [[nodiscard]] bool assimilated() const noexcept { return banks_done_ == banks_.size(); }

 private:
  Target() = default;
  void wire();
  void insist_on(const StreamReader& stream);

  Profile profile_;
  Descriptor descriptor_;
  std::vector<std::vector<std::byte>> codebooks_;  // as carried
  std::vector<std::byte> network_;
  std::vector<CodecPtr> codecs_;
  std::vector<LaneBank> banks_;
  std::vector<Convergence> reports_;
  std::size_t examples_ = 0;  // of the session under way or done
  AssimilationOptions options_;
  std::size_t arrived_ = 0, banks_done_ = 0, rounds_done_ = 0;  // the cursor
  std::uint32_t session_ = 0;                                   // which of its life is under way
  std::uint64_t inferences_ = 0;                                // moments of inference reads and of idle time
  Seen seen_;
  std::uint32_t sessions_ = 0;  // begun in its life, after the first
  bool lived_ = false;          // one was begun
  Events inference_;
};

}  // namespace assimilaate
