#include "assimilaate/substrate/specimen.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/substrate/telegraph.hpp"

namespace assimilaate {

Specimen::Specimen(const Memristor& law, const Imperfections& imperfections, const Random& random, const Cell& cell)
    : law_(&law),
      how_(imperfections),
      random_(random),
      cell_(cell),
      self_(individual(imperfections, random, cell, law.lowest() / (law.highest() - law.lowest()))) {
  check_layers(law, how_);
  const double x = initial_position(imperfections, random, cell, self_);
  state_ = law.at(law.lowest() + x * (law.highest() - law.lowest()));
  state_.x = std::clamp(x, self_.low, self_.high);
}

void Specimen::pulse(const Pulse& pulse, std::uint64_t event) {
  HashedDraws draws(random_, Purpose::Pulse, cell_.place, event), writes(random_, Purpose::Write, cell_.place, event);
  std::array<double, 2> layers{};
  if (how_.cycle_variation > 0 || how_.pulse_jitter > 0) layers = random_.normals(Purpose::Cycle, cell_.place, event);
  act(pulse, layers[1], layers[0], draws, writes);
}

void Specimen::pulse(const Pulse& pulse, Draws& draws) {
  const double jitter = how_.pulse_jitter > 0 ? draws.normal() : 0;
  const double cycle = how_.cycle_variation > 0 ? draws.normal() : 0;
  act(pulse, jitter, cycle, draws, draws);
}

void Specimen::act(const Pulse& pulse, double jitter, double cycle, Draws& draws, Draws& writes) {
  if (self_.stuck) return;
  Pulse actual = pulse;
  actual.width *= std::max(0.0, 1 + how_.pulse_jitter * jitter);
  Individual now = self_;
  now.cycle = how_.cycle_variation * cycle;
  if (how_.endurance > 0) {
    const double middle = 0.5 * (now.low + now.high), left = std::exp(-static_cast<double>(pulses_) / how_.endurance);
    now.low = middle - left * (middle - now.low);
    now.high = middle + left * (now.high - middle);
  }
  const MemristorState before = state_;
  law_->pulse(state_, actual, now, draws);
  if (state_ == before) return;
  since_ = 0;
  ++pulses_;
  if (how_.write_noise > 0) state_.beside = std::max(how_.write_noise * writes.normal(), -0.9 * floor() - state_.x);
}

void Specimen::idle(double seconds, double kelvin, std::uint64_t event) {
  if (self_.stuck || seconds <= 0) return;
  HashedDraws draws(random_, Purpose::Idle, cell_.place, event);
  law_->idle(state_, seconds, kelvin, self_, draws);
  if (how_.retention > 0) {
    state_.x += forgotten(how_, seconds, kelvin) * (how_.retention_rest - state_.x);
    state_.x = std::clamp(state_.x, self_.low, self_.high);
  }
  if (how_.drift > 0) {
    constexpr double start = 1;  // [s]
    const double left = std::pow((since_ + seconds + start) / (since_ + start), -self_.drift);
    state_.x = std::clamp((state_.x + floor()) * left - floor(), self_.low, self_.high);
  }
  since_ += seconds;
}

void Specimen::idle(const TemperatureProfile& profile, std::uint64_t event) {
  for (std::size_t step = 0; step < profile.size(); ++step)
    idle(profile[step].seconds, profile[step].kelvin, event + (std::uint64_t{step} << 40));
}

double Specimen::read(std::uint64_t read) const {
  return how_.restless() ? conductance() * read_factor(how_, random_, cell_.place, read) : conductance();
}

}  // namespace assimilaate
