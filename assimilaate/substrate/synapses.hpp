#pragma once
/// Arrays of differential synapses: what every memristor model offers to the lanes above it.

#include <cstdint>
#include <memory>
#include <span>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/matrix.hpp"
#include "assimilaate/substrate/events.hpp"

namespace assimilaate {

/// Lanes are worked on 64 at a time: a tile is the unit of threading, of counter scratch, and of a chip.
inline constexpr std::size_t tile_lanes = 64;

/// Couples of pulses for one synapse: `count` times FH + RH when positive (y up), FL + RL when negative (y down).
/// Balanced couples keep the mean conductance where it is (`physics.md` 2.5).
struct Fire {
  std::uint32_t row;
  std::uint16_t lane;  ///< within the tile
  std::int16_t count;
};

/// Time that passes over an array between presentations: reads act on memristors by the law of pulses, and what forgets
/// forgets.
struct Elapsed {
  double idle = 0;           ///< without voltage [s]
  double programming = 0;    ///< while others were programmed: without voltage too [s]
  double reading = 0;        ///< under the read voltage, all reads of this span lumped [s]
  double voltage = 0;        ///< that voltage across a memristor [V]
  double temperature = 298;  ///< [K]
  std::uint64_t event = 0;   ///< names the moment
};

/// A synapse's two conductances.
struct Conductances {
  double a, b;  // [S]
};

/// One of the two memristors of a synapse.
enum class Side : std::uint8_t { A, B };

/// Is told, in order, what happens to the synapses of one tile: the trace of an instrument. One thread per tile.
class TileWitness {
 public:
  virtual ~TileWitness() = default;
  virtual void pulsed(std::span<const Fire> fires, double width, std::uint64_t event) = 0;
  virtual void masked(std::uint32_t row, std::uint16_t lane) = 0;
  virtual void unmasked(std::uint32_t row, std::uint16_t lane) = 0;
  virtual void stuck(std::uint32_t row, std::uint16_t lane, Side side, bool high) = 0;
  virtual void replaced(std::uint32_t row, std::uint16_t lane) = 0;
  virtual void elapsed(const Elapsed& time) = 0;
};

/// 64 lanes of an array, opened for work: planes for fast reads, written through when pulses move a memristor.
/// Conductances are counted in codes, G = G_low + code * (G_high - G_low) / 255. One thread per tile.
class SynapseTile {
 public:
  virtual ~SynapseTile() = default;

  /// code(a) - code(b), [rows x 64]; 0 where a synapse is masked or the lane does not exist.
  [[nodiscard]] MatrixView<const float> difference() const { return difference_.view(); }
  /// (Ga + Gb) in codes, [rows x 64], offset included; 0 where masked.
  [[nodiscard]] MatrixView<const float> sum() const { return sum_.view(); }
  /// Sum of `sum()` over all rows, [64].
  [[nodiscard]] std::span<const double> total() const { return total_; }

  /// Apply couples of pulses of `width` [s]. `event` names the moment: the same event at the same synapse draws the
  /// same chance.
  void pulse(std::span<const Fire> fires, double width, std::uint64_t event, Events& events) {
    if (witness_ != nullptr) tell(fires, width, event);
    apply(fires, width, event, events);
  }
  /// One couple of pulses for every lane of a row whose direction is +1 (y up) or -1 (y down); 0: none. The same as
  /// that list of fires, faster. @param directions  [64], 0 where a lane does not exist
  void pulse_row(std::uint32_t row, std::span<const std::int8_t> directions, double width, std::uint64_t event,
                 Events& events);
  /// Stop using a synapse: it is open in reads and gets no pulses.
  void mask(std::uint32_t row, std::uint16_t lane) {
    if (witness_ != nullptr) witness_->masked(row, lane);
    apply_mask(row, lane);
  }
  /// Use it again.
  void unmask(std::uint32_t row, std::uint16_t lane) {
    if (witness_ != nullptr) witness_->unmasked(row, lane);
    apply_unmask(row, lane);
  }
  /// Damage: a memristor stays at the lowest or highest conductance of its own for ever.
  void stick(std::uint32_t row, std::uint16_t lane, Side side, bool high) {
    if (witness_ != nullptr) witness_->stuck(row, lane, side, high);
    apply_stick(row, lane, side, high);
  }
  /// Put a new synapse in the place of one: drawn as the plan draws memristors, unlike those before it, at conductances
  /// anywhere in its range, in use. Rows that drift age as a whole: it takes over the age of its row.
  void replace(std::uint32_t row, std::uint16_t lane) {
    if (witness_ != nullptr) witness_->replaced(row, lane);
    apply_replace(row, lane);
  }
  /// Let time pass over this tile.
  void elapse(const Elapsed& time) {
    if (witness_ != nullptr) witness_->elapsed(time);
    apply_time(time);
  }
  /// Tell `witness` what happens from now on; it outlives this.
  void watch(TileWitness* witness) { witness_ = witness; }
  /// Move a - b of one row by any amount, [64] codes; only where `SynapseArray::continuous()`.
  virtual void shift(std::uint32_t row, std::span<const float> change, Events& events) = 0;

 protected:
  SynapseTile(std::size_t rows) : difference_(rows, tile_lanes), sum_(rows, tile_lanes), total_(tile_lanes) {}
  Matrix<float> difference_, sum_;
  std::vector<double> total_;

 private:
  /// Tell the witness; masked synapses get no pulse.
  void tell(std::span<const Fire> fires, double width, std::uint64_t event) const;
  virtual void apply(std::span<const Fire> fires, double width, std::uint64_t event, Events& events) = 0;
  virtual void apply_row(std::uint32_t row, std::span<const std::int8_t> directions, double width, std::uint64_t event,
                         Events& events) = 0;
  virtual void apply_mask(std::uint32_t row, std::uint16_t lane) = 0;
  virtual void apply_unmask(std::uint32_t row, std::uint16_t lane) = 0;
  virtual void apply_stick(std::uint32_t row, std::uint16_t lane, Side side, bool high) = 0;
  virtual void apply_replace(std::uint32_t row, std::uint16_t lane) = 0;
  virtual void apply_time(const Elapsed& time) = 0;
  TileWitness* witness_ = nullptr;
};

/// Gives each tile of an array its witness.
class ArrayWitness {
 public:
  virtual ~ArrayWitness() = default;
  [[nodiscard]] virtual TileWitness* tile(std::size_t index) = 0;
};

/// The memristors of one bank of lanes: `rows` synapses (space and address, or line) in each of `lanes` lanes.
/// Tiles may be opened and worked on by different threads at the same time.
class SynapseArray {
 public:
  virtual ~SynapseArray() = default;

  [[nodiscard]] virtual std::size_t rows() const = 0;
  [[nodiscard]] virtual std::size_t lanes() const = 0;
  [[nodiscard]] std::size_t tiles() const { return (lanes() + tile_lanes - 1) / tile_lanes; }
  [[nodiscard]] std::unique_ptr<SynapseTile> open(std::size_t tile);
  /// Have what happens to tiles that are opened from now on witnessed; null: no more. It outlives this.
  void watch(ArrayWitness* witness) { witness_ = witness; }

  /// Width of a pulse that moves a mid-range memristor by `strength` of the room ahead of it [s], strength in (0, 1).
  /// Models that ignore the width return their own.
  [[nodiscard]] virtual double width_for(double strength) const = 0;
  /// Mean change of code(a) - code(b) by one couple up of that width, of a nominal synapse where that is `difference`
  /// now and a + b as at mid range; in [-255, 255].
  [[nodiscard]] virtual double couple_step(double width, double difference = 0) const = 0;
  /// True when a synapse takes any change at once and needs no counter: the ideal.
  [[nodiscard]] virtual bool continuous() const = 0;

  /// Whether memristors of this array are moved by such a span of time at all.
  [[nodiscard]] virtual bool feels(const Elapsed& time) const = 0;
  /// Let time pass over all tiles. Those that are open show what was before: open them again.
  void elapse(const Elapsed& time);

  /// Rail voltage of programming; couples put +-2 of it on memristors [V].
  [[nodiscard]] virtual double drive() const = 0;
  /// Scale of a code [S] and the conductance of code 0 [S].
  [[nodiscard]] virtual double code_conductance() const = 0;
  [[nodiscard]] virtual double lowest_conductance() const = 0;
  [[nodiscard]] double highest_conductance() const { return lowest_conductance() + 255 * code_conductance(); }
  [[nodiscard]] virtual Conductances conductances(std::size_t row, std::size_t lane) const = 0;
  [[nodiscard]] virtual bool masked(std::size_t row, std::size_t lane) const = 0;
  /// Memristors that never move, as the simulator knows them (a target does not).
  [[nodiscard]] virtual std::size_t stuck_memristors() const = 0;
  [[nodiscard]] virtual std::size_t masked_synapses() const = 0;
  /// How often a synapse was replaced.
  [[nodiscard]] virtual std::uint32_t generation(std::size_t row, std::size_t lane) const = 0;

  /// Conductances, masks, and what life did to its memristors, for a target's file.
  virtual void save(ByteWriter& out) const = 0;
  /// @throws Error{Format} when the bytes do not fit this array.
  virtual void restore(ByteReader& in) = 0;

 private:
  [[nodiscard]] virtual std::unique_ptr<SynapseTile> open_tile(std::size_t tile) = 0;
  ArrayWitness* witness_ = nullptr;
};

}  // namespace assimilaate
