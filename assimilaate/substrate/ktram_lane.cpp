#include "assimilaate/substrate/ktram_lane.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {

KtramSettings KtramSettings::of(std::string_view model, const Memristor& law) {
  KtramSettings settings;
  settings.rails = {law.drive(), -law.drive(), 0.05, -0.05};
  if (model == "rs") settings.pulse_width = settings.read_width = 1e-8;
  return settings;
}

KtramLane::KtramLane(const Memristor& law, std::size_t spaces, std::size_t addresses, const KtramSettings& settings,
                     const Imperfections& imperfections, const Random& random, std::uint32_t index)
    : spaces_(spaces),
      addresses_(addresses),
      settings_(settings),
      disturbs_(settings.back_action != BackAction::Off && imperfections.read_disturb > 0),
      random_(random),
      lane_(index) {
  if (spaces == 0 || addresses == 0)
    fail(Errc::Usage, "lane of {} spaces of {} addresses: both must be above 0", spaces, addresses);
  if (!(settings.pulse_width > 0 && settings.read_width > 0 && settings.temperature > 0))
    fail(Errc::Usage, "lane: pulse width {} s, read width {} s and temperature {} K must be above 0",
         settings.pulse_width, settings.read_width, settings.temperature);
  memristors_.reserve(2 * spaces * addresses);
  for (std::size_t row = 0; row < spaces * addresses; ++row)
    for (std::size_t side = 0; side < 2; ++side) {
      const std::size_t column = 2 * std::size_t{index} + side;
      memristors_.emplace_back(law, imperfections, random, Cell{(std::uint64_t{row} << 20) + column, row, column});
    }
}

double KtramLane::evaluate(std::span<const std::int32_t> tuple, Instruction instruction, double dial) {
  return evaluate(tuple, instruction, nullptr, dial);
}

double KtramLane::evaluate(std::span<const std::int32_t> tuple, Instruction instruction, Draws& draws, double dial) {
  return evaluate(tuple, instruction, &draws, dial);
}

double KtramLane::evaluate(std::span<const std::int32_t> tuple, Instruction instruction, Draws* draws, double dial) {
  check(tuple, dial);
  double applied = applied_voltage(instruction, settings_.rails);
  if (is_read(instruction)) {
    applied *= std::max(1e-3, 1 - dial);
    const Reading clean = reading(tuple);
    y_ = noisy(clean, applied, draws);
    if (disturbs_) {
      const double seen = settings_.back_action == BackAction::Noisy ? y_ : clean.y;
      pulse(tuple, across(applied, node_voltage(instruction, applied, seen, {})), draws);
    }
  } else {
    pulse(tuple, across(applied, node_voltage(instruction, applied, y_, settings_.fu_fa)), draws);
  }
  ++event_;
  return y_;
}

void KtramLane::check(std::span<const std::int32_t> tuple, double dial) const {
  if (tuple.size() != spaces_) fail(Errc::Usage, "tuple of {} entries for a lane of {} spaces", tuple.size(), spaces_);
  for (std::size_t space = 0; space < spaces_; ++space)
    if (tuple[space] < -1 || tuple[space] >= static_cast<std::int64_t>(addresses_))
      fail(Errc::Usage, "address {} in space {}, there are {} (-1: none)", tuple[space], space, addresses_);
  if (!(dial >= 0 && dial <= 1)) fail(Errc::Usage, "noise dial {} is outside 0 to 1", dial);
}

KtramLane::Reading KtramLane::reading(std::span<const std::int32_t> tuple) const {
  double top = 0, bottom = 0;
  for (std::size_t space = 0; space < spaces_; ++space) {
    if (tuple[space] < 0) continue;
    const auto address = static_cast<std::size_t>(tuple[space]);
    const double ga = at(space, address, 0).conductance(), gb = at(space, address, 1).conductance();
    top += ga - gb;
    bottom += ga + gb;
  }
  return bottom > 0 ? Reading{top / bottom, bottom} : Reading{};
}

double KtramLane::noisy(const Reading& clean, double voltage, Draws* draws) const {
  if (!settings_.noise || settings_.noise->gain <= 0 || clean.sum <= 0) return clean.y;
  const ReadSettings read{voltage, settings_.read_width, settings_.temperature};
  const double normal = draws != nullptr ? draws->normal() : random_.normal(Purpose::Read, lane_, event_);
  return std::clamp(clean.y + settings_.noise->sigma(clean.y, clean.sum, read).total() * normal, -1.0, 1.0);
}

void KtramLane::pulse(std::span<const std::int32_t> tuple, const PairVoltage& voltage, Draws* draws) {
  const auto drive = [&](Specimen& memristor, double volts) {
    const Pulse one{volts, settings_.pulse_width, settings_.temperature};
    if (draws != nullptr)
      memristor.pulse(one, *draws);
    else
      memristor.pulse(one, event_);
  };
  for (std::size_t space = 0; space < spaces_; ++space) {
    if (tuple[space] < 0) continue;
    const auto address = static_cast<std::size_t>(tuple[space]);
    drive(memristors_[index(space, address, 0)], voltage.a);
    drive(memristors_[index(space, address, 1)], voltage.b);
  }
}

void KtramLane::set(std::size_t space, std::size_t address, const MemristorState& a, const MemristorState& b) {
  memristors_[index(space, address, 0)].set_state(a);
  memristors_[index(space, address, 1)].set_state(b);
}

double grained(const Memristor& law, double conductance, Grain grain) {
  const double within = std::clamp(conductance, law.lowest(), law.highest());
  switch (grain) {
    case Grain::Any:
      return within;
    case Grain::Codes:
      return std::floor(within / law.lowest()) * law.lowest();
    case Grain::Ohms:
      return 1 / std::clamp(std::floor(1 / within + 0.5), 1 / law.highest(), 1 / law.lowest());
  }
  return within;
}

}  // namespace assimilaate
