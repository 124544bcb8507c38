#include "assimilaate/substrate/specimen.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {

Specimen::Specimen(const Memristor& law, const Imperfections& imperfections, const Random& random, const Cell& cell)
    : law_(&law),
      how_(imperfections),
      random_(random),
      cell_(cell),
      self_(individual(imperfections, random, cell, law.lowest() / (law.highest() - law.lowest()))) {
  const double x = initial_position(imperfections, random, cell, self_);
  state_ = law.at(law.lowest() + x * (law.highest() - law.lowest()));
  state_.x = std::clamp(x, self_.low, self_.high);
}

void Specimen::pulse(const Pulse& pulse, std::uint64_t event) {
  HashedDraws draws(random_, Purpose::Pulse, cell_.place, event);
  this->pulse(pulse, draws);
}

void Specimen::pulse(const Pulse& pulse, Draws& draws) {
  since_ = 0;
  ++pulses_;
  if (self_.stuck) return;
  Pulse actual = pulse;
  Individual now = self_;
  if (how_.pulse_jitter > 0) actual.width *= std::max(0.0, 1 + how_.pulse_jitter * draws.normal());
  if (how_.cycle_variation > 0) now.cycle = how_.cycle_variation * draws.normal();
  if (how_.endurance > 0) {
    const double middle = 0.5 * (now.low + now.high), left = std::exp(-static_cast<double>(pulses_) / how_.endurance);
    now.low = middle - left * (middle - now.low);
    now.high = middle + left * (now.high - middle);
  }
  law_->pulse(state_, actual, now, draws);
  if (how_.write_noise > 0) state_.beside = how_.write_noise * draws.normal();
}

void Specimen::idle(double seconds, double kelvin, std::uint64_t event) {
  if (self_.stuck || seconds <= 0) return;
  HashedDraws draws(random_, Purpose::Idle, cell_.place, event);
  law_->idle(state_, seconds, kelvin, self_, draws);
  state_.x += forgotten(how_, seconds, kelvin) * (how_.retention_rest - state_.x);
  if (how_.drift > 0) {
    constexpr double start = 1;  // [s]
    const double floor = law_->lowest() / (law_->highest() - law_->lowest());
    const double left = std::pow((since_ + seconds + start) / (since_ + start), -self_.drift);
    state_.x = (state_.x + floor) * left - floor;
  }
  since_ += seconds;
}

}  // namespace assimilaate
