#pragma once
/// For tests: lanes as the files of the emulator describe them.

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "assimilaate/substrate/ktram_lane.hpp"

namespace assimilaate::internal {

/// |got - wanted| as a share of the larger of |wanted| and `floor`.
inline double relative_error(double got, double wanted, double floor = 1e-300) {
  return got == wanted ? 0 : std::abs(got - wanted) / std::max(std::abs(wanted), floor);
}

/// Standard normal numbers from a list.
class ListedDraws final : public Draws {
 public:
  explicit ListedDraws(std::vector<double> normals) : normals_(std::move(normals)) {}
  double uniform() override { fail(Errc::Usage, "the emulator draws no uniform numbers"); }
  double normal() override {
    if (used_ == normals_.size()) fail(Errc::Usage, "more than the {} listed numbers were drawn", used_);
    return normals_[used_++];
  }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::vector<double> normals_;
  std::size_t used_ = 0;
};

/// The emulator's k and q are those of 1998, which puts its kT/q a millionth above ours.
inline constexpr double emulated_gamma = (1.380649e-23 / 1.602176634e-19) / (1.3806503e-23 / 1.60217646e-19);

/// A model of the emulator as a law of ours.
struct EmulatedModel {
  std::string name;
  std::unique_ptr<const Memristor> law;
  double unit = 1;           // a file's unit of conductance [S]
  double tolerance = 1e-12;  // relative, of a conductance
  Grain grain = Grain::Any, drawn_grain = Grain::Any;

  [[nodiscard]] MemristorState state(double conductance) const { return law->at(conductance * unit); }
  [[nodiscard]] double conductance(const Specimen& memristor) const { return memristor.conductance() / unit; }
};

/// @param profile  of an mss, null for the emulator's own
inline EmulatedModel emulated_model(const std::string& name, const nlohmann::json& profile = nullptr) {
  EmulatedModel model{name, nullptr};
  Settings fields;
  if (name == "byte") {
    // The emulator's bytes have no unit. Ours is a power of two, so that sums of bytes are as exact as integers are.
    model.unit = 0x1p-18;
    model.tolerance = 0;
    model.grain = model.drawn_grain = Grain::Codes;
    fields["g_step"] = model.unit;
  } else if (name == "mss") {
    model.drawn_grain = Grain::Ohms;
    const nlohmann::json p = profile.is_null() ? nlohmann::json::object() : profile;
    fields = {{"g_low", 1 / p.value("Roff", 1e4)},
              {"g_high", 1 / p.value("Ron", 1e3)},
              {"switches", p.value("N", 1e3)},
              {"tau", p.value("tau", 1e-5)},
              {"v_on", p.value("Von", 0.27)},
              {"v_off", p.value("Voff", 0.27)},
              {"published", 1},
              {"sampler", 1}};
    fields["gamma"] = emulated_gamma;
  }
  model.law = make_memristor(name, {fields, {}});
  return model;
}

/// Settings of a lane; the noise that its file has.
inline KtramSettings emulated_settings(const nlohmann::json& params, const EmulatedModel& model, int comparator = 10) {
  KtramSettings settings = KtramSettings::of(model.name, *model.law);
  settings.rails = {params.value("forward_voltage", settings.rails.forward),
                    params.value("reverse_voltage", settings.rails.reverse),
                    params.value("forward_low_voltage", settings.rails.low_forward),
                    params.value("reverse_low_voltage", settings.rails.low_reverse)};
  // Float and byte of the emulator ignore the width; our laws lump widths in pulses of 1 us, of which this is one.
  if (model.name == "rs" || model.name == "mss")
    settings.pulse_width = params.value("pulse_width", settings.pulse_width);
  settings.read_width = params.value("read_pulse_width", settings.read_width);
  settings.fu_fa = FuFa::Emulator;
  settings.noise = EmulatorNoise{.gain = params.value("read_noise", 0.0),
                                 .reference_sum = model.law->highest(),
                                 .reference_width = params.value("pulse_width", settings.read_width),
                                 .comparator = comparator};
  return settings;
}

inline KtramLane emulated_lane(const nlohmann::json& params, const EmulatedModel& model, int comparator = 10,
                               std::uint64_t seed = 1, std::uint32_t index = 0) {
  return {*model.law,
          params.value("spaces_per_lane", std::size_t{1}),
          params.value("rows", std::size_t{1}) * params.value("cols", std::size_t{1}),
          emulated_settings(params, model, comparator),
          {},
          Random(seed, 0),
          index};
}

/// Put a lane into a state, [space][address] of a and of b.
inline void set_conductances(KtramLane& lane, const EmulatedModel& model, const nlohmann::json& a,
                             const nlohmann::json& b) {
  for (std::size_t space = 0; space < lane.spaces(); ++space)
    for (std::size_t address = 0; address < lane.addresses(); ++address)
      lane.set(space, address, model.state(a[space][address]), model.state(b[space][address]));
}

/// The largest relative difference of a lane's conductances from those of a file.
inline double conductance_error(const KtramLane& lane, const EmulatedModel& model, const nlohmann::json& a,
                                const nlohmann::json& b) {
  double worst = 0;
  for (std::size_t space = 0; space < lane.spaces(); ++space)
    for (std::size_t address = 0; address < lane.addresses(); ++address)
      worst = std::max({worst, relative_error(model.conductance(lane.a(space, address)), a[space][address]),
                        relative_error(model.conductance(lane.b(space, address)), b[space][address])});
  return worst;
}

/// Carries out instructions and notices where the last bit of a double decides what happens next: a sign test of a y
/// that is zero but for rounding, or a read that puts the edge of the dead zone of a float on a memristor. The emulator
/// counts in conductances, we in shares of the range, so that beyond such a point the two may part without either being
/// wrong.
class TieWatch {
 public:
  TieWatch(KtramLane& lane, const EmulatedModel& model, const KtramSettings& settings)
      : lane_(lane), model_(model), settings_(settings) {}
  double evaluate(const std::vector<std::int32_t>& tuple, Instruction instruction) {
    using enum Instruction;
    const bool by_sign = instruction == FU || instruction == FA || instruction == RU || instruction == RA;
    tied_ = tied_ || (by_sign && rounded_zero_);
    if (is_read(instruction)) rounded_zero_ = model_.tolerance > 0 && unlike(tuple);
    const double y = lane_.evaluate(tuple, instruction);
    if (!is_read(instruction)) return y;
    rounded_zero_ = rounded_zero_ && std::abs(y) < 1e-12;
    if (model_.name == "float" && y != 0) {
      const double applied = applied_voltage(instruction, settings_.rails);
      const PairVoltage volts = across(applied, applied * y);
      for (const double v : {volts.a, volts.b}) tied_ = tied_ || std::abs(std::abs(v) - 0.25) < 1e-12;
    }
    return y;
  }
  [[nodiscard]] bool tied() const { return tied_; }

 private:
  /// Whether a and b differ in what is selected; where they do not, y is zero for everybody.
  [[nodiscard]] bool unlike(const std::vector<std::int32_t>& tuple) const {
    for (std::size_t space = 0; space < tuple.size(); ++space) {
      if (tuple[space] < 0) continue;
      const auto address = static_cast<std::size_t>(tuple[space]);
      if (!(lane_.a(space, address).state() == lane_.b(space, address).state())) return true;
    }
    return false;
  }

  KtramLane& lane_;
  const EmulatedModel& model_;
  KtramSettings settings_;
  bool rounded_zero_ = false;  // the y of the last read is a zero that rounding may have made or unmade
  bool tied_ = false;
};

/// The tuple of a JSON array from entry `first` on; null is NONE.
inline std::vector<std::int32_t> tuple_of(const nlohmann::json& entries, std::size_t first, std::size_t spaces) {
  std::vector<std::int32_t> tuple;
  for (std::size_t i = 0; i < spaces; ++i) {
    const auto& entry = entries[first + i];
    tuple.push_back(entry.is_null() ? -1 : entry.get<std::int32_t>());
  }
  return tuple;
}

}  // namespace assimilaate::internal
