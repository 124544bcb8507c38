#pragma once
/// The catalogue of memristors. `models/<name>.cpp` is one of them, whole: its fields, its source and the physics of
/// ONE device.

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "assimilaate/core/catalogue.hpp"
#include "assimilaate/substrate/draws.hpp"
#include "assimilaate/substrate/imperfections.hpp"
#include "assimilaate/substrate/pulse.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

/// What one memristor remembers.
struct MemristorState {
  double x = 0.5;                ///< 0 at the lowest, 1 at the highest nominal conductance; own bounds may lie outside
  double beside = 0;             ///< what readers see beside x: write noise, in nominal ranges
  std::array<double, 3> more{};  ///< what a model keeps beside x; 0 when new

  bool operator==(const MemristorState&) const = default;
};

/// The law of one memristor, with its settings. Immutable: any thread may ask. Positive voltage raises conductance.
class Memristor {
 public:
  /// @param name             of the model, for messages
  /// @param lowest, highest  nominal bounds of conductance [S]
  /// @param drive            rail voltage of programming [V], > 0; feedback puts twice that on a memristor
  /// @throws Error{Usage} unless 0 < lowest < highest.
  Memristor(std::string_view name, double lowest, double highest, double drive);
  virtual ~Memristor() = default;

  [[nodiscard]] double lowest() const { return lowest_; }
  [[nodiscard]] double highest() const { return highest_; }
  [[nodiscard]] double drive() const { return drive_; }

  /// Conductance that a small read voltage sees [S].
  [[nodiscard]] virtual double conductance(const MemristorState& state) const {
    return lowest_ + (state.x + state.beside) * (highest_ - lowest_);
  }
  /// Inverse of `conductance` [S]: a fresh state, within [0, 1].
  [[nodiscard]] virtual MemristorState at(double conductance) const {
    const double x = (conductance - lowest_) / (highest_ - lowest_);
    return {.x = x < 0 ? 0 : x > 1 ? 1 : x};
  }
  /// Current under a voltage [V] of any size [A].
  [[nodiscard]] virtual double current(const MemristorState& state, double voltage) const {
    return voltage * conductance(state);
  }

  /// One rectangular pulse; k equal pulses are one of k times the width wherever the law allows it.
  virtual void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws& draws) const = 0;
  /// Time without voltage; nothing for memristors that hold.
  virtual void idle(MemristorState& state, double seconds, double kelvin, const Individual& self, Draws& draws) const {
    static_cast<void>(state), static_cast<void>(seconds), static_cast<void>(kelvin), static_cast<void>(self),
        static_cast<void>(draws);
  }
  /// Whether a pulse of k unit widths takes `Individual::cycle` as that of one unit and lets it grow by sqrt(k) itself.
  [[nodiscard]] virtual bool lumps_cycles() const { return false; }
  /// Time constant of forgetting at 0 V [s], infinite for memristors that hold; and where it forgets to.
  struct Retention {
    double seconds, rest;
  };
  [[nodiscard]] virtual Retention retention(double kelvin) const;

  /// Width of a pulse of +-2 `drive` that moves a mid-range memristor by `strength` of the room ahead [s], strength in
  /// (0, 1); models that ignore the width return their own.
  [[nodiscard]] virtual double width_for(double strength) const = 0;

 private:
  double lowest_, highest_, drive_;
};

/// @throws Error{Usage} for layers that contradict the law: retention over a memristor that forgets by itself.
void check_layers(const Memristor& law, const Imperfections& imperfections);

/// What an array of synapses is made of.
struct ArrayPlan {
  std::size_t rows = 0, lanes = 0;
  Random random;           ///< of this target
  std::uint32_t bank = 0;  ///< keeps the banks of one target apart
  Imperfections imperfections;
  double temperature = 298;  ///< [K]
};

/// What a model is told: numbers by field name, and a measured table where it takes one.
struct MemristorSettings {
  Settings fields;
  std::vector<double> table;  ///< see `models/jump_table.cpp`

  bool operator==(const MemristorSettings&) const = default;
};

/// The settings of an entry, by field name, defaults filled in.
class FieldReader {
 public:
  FieldReader(std::string_view entry, std::span<const Field> fields, const MemristorSettings& settings)
      : entry_(entry), fields_(fields), settings_(settings.fields) {}
  [[nodiscard]] double operator()(std::string_view name) const { return field_value(entry_, fields_, settings_, name); }

 private:
  std::string_view entry_;
  std::span<const Field> fields_;
  const Settings& settings_;
};

/// One entry of the catalogue.
struct MemristorKind {
  std::string_view name, about, reference;
  std::span<const Field> fields;
  /// @throws Error{Usage} for settings that contradict each other.
  std::unique_ptr<const Memristor> (*make)(const MemristorSettings& settings);
  std::unique_ptr<SynapseArray> (*make_array)(const MemristorSettings& settings, const ArrayPlan& plan);
};

/// All memristors, in alphabetical order.
[[nodiscard]] std::span<const MemristorKind* const> memristor_catalogue();

/// The law of the model called `name`. @throws Error{Usage} for an unknown name, setting or value.
[[nodiscard]] std::unique_ptr<const Memristor> make_memristor(std::string_view name, const MemristorSettings& settings);
/// Synapses of it. @throws Error{Usage} likewise.
[[nodiscard]] std::unique_ptr<SynapseArray> make_synapses(std::string_view name, const MemristorSettings& settings,
                                                          const ArrayPlan& plan);

}  // namespace assimilaate
