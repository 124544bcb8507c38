/// Phase-change memory after programming (`pcm.hpp`): programming noise, drift with an exponent that depends on what
/// was programmed, 1/f read noise. Programming itself is taken for granted by the source; its law is
/// `programmed_law.hpp`.
///
/// Every pulse that programs draws its noise and its exponent anew and starts the clock of drift again; the layers are
/// not needed. Drift is a power law: it has no time constant, and `retention` gives none. Arrays keep one number per
/// memristor: their programming noise and drift are the layers `write_noise`, `drift` and `drift_variation`.

#include "assimilaate/substrate/models/pcm.hpp"

#include "assimilaate/substrate/models/programmed_law.hpp"

namespace assimilaate {

namespace {
constexpr double drift_start = 20;     // t0 [s]
constexpr double read_width = 250e-9;  // tr [s]
}  // namespace

double pcm_programming_sigma(double g) { return (0.26348 + 1.965 * g - 1.1731 * g * g) / 25; }

PcmDrift pcm_drift(double g) {
  const double log_g = std::log(g);
  return {std::clamp(-0.0155 * log_g + 0.0244, 0.049, 0.1), std::clamp(-0.0125 * log_g - 0.0059, 0.008, 0.045)};
}

double pcm_read_sigma(double g, double seconds) {
  const double q = std::min(0.2, 0.0088 / std::pow(g, 0.65));
  return q * std::sqrt(std::log((seconds + drift_start + read_width) / (2 * read_width)));
}

namespace {

constexpr auto fields =
    programmed_fields(1e-7, 25e-6,
                      std::array{
                          Field{"programming_noise", "1", 1, 0, 10, "scale of the noise of programming"},
                          Field{"drift", "1", 1, 0, 10, "scale of the drift exponent"},
                      });

class Pcm final : public ProgrammedLaw {
 public:
  explicit Pcm(const MemristorSettings& settings) : Pcm(FieldReader("pcm", fields, settings)) {}

  [[nodiscard]] double conductance(const MemristorState& state) const override {
    const double programmed = std::max(0.0, Memristor::conductance(state));
    return programmed * std::pow(1 + state.more[age] / drift_start, -state.more[exponent]);
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws& draws) const override {
    if (!programs(pulse)) return;
    program(state, pulse, self);
    settle(state, draws);
    state.beside = programming_noise_ * pcm_programming_sigma(relative(state)) * highest() / range() * draws.normal();
  }
  void idle(MemristorState& state, double seconds, double, const Individual&, Draws& draws) const override {
    if (state.more[settled] == 0) settle(state, draws);
    state.more[age] += seconds;
  }

 private:
  enum : std::size_t { age, exponent, settled };  // of MemristorState::more

  explicit Pcm(const FieldReader& value)
      : ProgrammedLaw("pcm", value), programming_noise_(value("programming_noise")), drift_(value("drift")) {}
  /// G / g_max as it was aimed at.
  [[nodiscard]] double relative(const MemristorState& state) const {
    return std::clamp((lowest() + state.x * range()) / highest(), 0.0, 1.0);
  }
  void settle(MemristorState& state, Draws& draws) const {
    const auto [mean, sigma] = pcm_drift(relative(state));
    state.more = {0, drift_ * std::abs(mean + sigma * draws.normal()), 1};
  }

  double programming_noise_, drift_;
};

}  // namespace

extern const MemristorKind pcm_memristor;
const MemristorKind pcm_memristor =
    quantised_kind<Pcm>("pcm", "phase change: programming noise and drift that depend on conductance",
                        "IBM/aihwkit 1.1.0, PCMLikeNoiseModel; Nandakumar et al. 2019, Joshi et al. 2020", fields);

}  // namespace assimilaate
