#pragma once
/// A kT-RAM lane as its author's emulator has it (ktram-neural-core; `physics.md` 2): M spaces of K differential
/// synapses joined at one node. A tuple selects at most one synapse of each space; one instruction at a time puts the
/// same two voltages on the memristors of all that are selected.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assimilaate/substrate/instruction.hpp"
#include "assimilaate/substrate/read_noise.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {

/// The y that drives the memristors during a read.
enum class BackAction {
  Noisy,  ///< the one that is reported: one node, one voltage
  Clean,  ///< without its noise
  Off     ///< reads do nothing to memristors
};

struct KtramSettings {
  Rails rails{};
  double pulse_width = 1e-6;  // of every pulse on a memristor, those of reads included [s]
  double read_width = 1e-6;   // of the part of a read in which y is sampled: the bandwidth of its noise [s]
  double temperature = 298;   // of memristors and noise [K]
  BackAction back_action = BackAction::Noisy;
  std::optional<FuFa> fu_fa{};           // FU and FA are refused until this is set
  std::optional<EmulatorNoise> noise{};  // none: reads are clean and draw nothing

  /// The emulator's defaults for one of its models: rails of the law's drive, 50 mV below threshold, 1 us (rs: 10 ns),
  /// no noise.
  [[nodiscard]] static KtramSettings of(std::string_view model, const Memristor& law);
};

class KtramLane {
 public:
  /// @param law     outlives this
  /// @param random  of the target; @param index  of this lane, tells its memristors and its noise from other lanes'
  /// @throws Error{Usage} for no space, no address, or settings that cannot be.
  KtramLane(const Memristor& law, std::size_t spaces, std::size_t addresses, const KtramSettings& settings,
            const Imperfections& imperfections = {}, const Random& random = {}, std::uint32_t index = 0);

  /// Carry out one instruction. A read measures y from the conductances before its own pulse, as the sum of Ga - Gb
  /// over that of Ga + Gb, one space after the other, and retains it; feedback leaves it. Then every selected synapse
  /// gets its pulse. With nothing selected a read retains 0 and draws nothing, and feedback does nothing.
  /// @param tuple  an address per space, [spaces]; -1: NONE, its space stays as it is, bit for bit
  /// @param dial   in [0, 1]: turns the voltage of a read down to max(1e-3, 1 - dial) of itself; feedback ignores it
  /// @return the retained y, in [-1, 1]
  /// @throws Error{Usage} for a tuple that does not fit, and for FU and FA where `fu_fa` is not set.
  double evaluate(std::span<const std::int32_t> tuple, Instruction instruction, double dial = 0);
  /// The same with chance from elsewhere: the read's normal number first, then a and b of each space in order.
  double evaluate(std::span<const std::int32_t> tuple, Instruction instruction, Draws& draws, double dial = 0);

  /// The y of the last read.
  [[nodiscard]] double y() const { return y_; }
  [[nodiscard]] std::size_t spaces() const { return spaces_; }
  [[nodiscard]] std::size_t addresses() const { return addresses_; }
  [[nodiscard]] const Specimen& a(std::size_t space, std::size_t address) const { return at(space, address, 0); }
  [[nodiscard]] const Specimen& b(std::size_t space, std::size_t address) const { return at(space, address, 1); }
  /// Put a synapse into a state.
  void set(std::size_t space, std::size_t address, const MemristorState& a, const MemristorState& b);

 private:
  double evaluate(std::span<const std::int32_t> tuple, Instruction instruction, Draws* draws, double dial);
  void check(std::span<const std::int32_t> tuple, double dial) const;
  /// Clean y and the sum of Ga + Gb [S] of a selection.
  struct Reading {
    double y = 0, sum = 0;
  };
  [[nodiscard]] Reading reading(std::span<const std::int32_t> tuple) const;
  [[nodiscard]] double noisy(const Reading& clean, double voltage, Draws* draws) const;
  void pulse(std::span<const std::int32_t> tuple, const PairVoltage& voltage, Draws* draws);
  [[nodiscard]] std::size_t index(std::size_t space, std::size_t address, int side) const {
    return 2 * (space * addresses_ + address) + static_cast<std::size_t>(side);
  }
  [[nodiscard]] const Specimen& at(std::size_t space, std::size_t address, int side) const {
    return memristors_[index(space, address, side)];
  }

  std::size_t spaces_, addresses_;
  KtramSettings settings_;
  bool disturbs_;
  Random random_;
  std::uint32_t lane_;
  std::vector<Specimen> memristors_;  // [space][address][a, b]
  double y_ = 0;
  std::uint64_t event_ = 0;
};

/// How a conductance is rounded when the emulator forces or draws one.
enum class Grain {
  Any,    ///< not at all
  Codes,  ///< down to whole multiples of the lowest conductance (byte)
  Ohms    ///< to whole ohms, where it draws one (mss)
};
/// A conductance within the bounds of a law, rounded so [S].
[[nodiscard]] double grained(const Memristor& law, double conductance, Grain grain);

}  // namespace assimilaate
