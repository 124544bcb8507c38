/// ReRAM that relaxes after programming (`reram_relaxation.hpp`): G(t) = G + sigma(g, t) z, at least 0 S, with a normal
/// number z drawn by the pulse that programmed it, so that two periods of idle time are one as long as both.
/// Programming itself is taken for granted by the source; its law is `programmed_law.hpp`. A pulse starts from where
/// the memristor has strayed to.
///
/// It strays but does not forget towards a rest: `retention` gives no time constant. Arrays keep one number per
/// memristor: their relaxation is the layer `write_noise`.

#include "assimilaate/substrate/models/reram_relaxation.hpp"

#include "assimilaate/substrate/models/programmed_law.hpp"

namespace assimilaate {

double reram_relaxation_sigma(double g, double seconds) {
  struct Fit {
    double seconds;
    std::array<double, 5> of_g;  // rising powers [uS]
  };
  constexpr double day = 86400, g_max = 40;
  constexpr std::array fits{Fit{1, {0.348, 16.030, -43.853, 45.393, -16.815}},
                            Fit{day, {0.701, 22.086, -50.773, 47.095, -16.458}},
                            Fit{2 * day, {0.782, 20.274, -43.507, 37.062, -11.934}}};
  const auto sigma = [&](const Fit& fit) {
    double sum = 0;
    for (std::size_t i = fit.of_g.size(); i-- > 0;) sum = sum * g + fit.of_g[i];
    return std::max(0.0, sum) / g_max;
  };
  const double when = std::clamp(seconds, fits.front().seconds, fits.back().seconds);
  const std::size_t after = when < day ? 1 : 2;
  const Fit &from = fits[after - 1], &to = fits[after];
  return std::lerp(sigma(from), sigma(to), std::log(when / from.seconds) / std::log(to.seconds / from.seconds));
}

namespace {

constexpr auto fields = programmed_fields(
    4e-7, 40e-6, std::array{Field{"relaxation", "1", 1, 0, 10, "scale of the noise of programming and relaxation"}});

class ReramRelaxation final : public ProgrammedLaw {
 public:
  explicit ReramRelaxation(const MemristorSettings& settings)
      : ReramRelaxation(FieldReader("reram_relaxation", fields, settings)) {}

  [[nodiscard]] double conductance(const MemristorState& state) const override {
    return std::max(0.0, Memristor::conductance(state) + strayed(state) * range());
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws& draws) const override {
    if (!programs(pulse)) return;
    state.x += strayed(state);
    program(state, pulse, self);
    state.more = {0, draws.normal(), 1};
  }
  void idle(MemristorState& state, double seconds, double, const Individual&, Draws& draws) const override {
    if (state.more[programmed] == 0) state.more = {0, draws.normal(), 1};
    state.more[age] += seconds;
  }

 private:
  enum : std::size_t { age, number, programmed };  // of MemristorState::more

  explicit ReramRelaxation(const FieldReader& value)
      : ProgrammedLaw("reram_relaxation", value), relaxation_(value("relaxation")) {}
  /// How far it is from where it was programmed to, in ranges.
  [[nodiscard]] double strayed(const MemristorState& state) const {
    if (state.more[programmed] == 0) return 0;
    const double g = std::clamp((lowest() + state.x * range()) / highest(), 0.0, 1.0);
    return relaxation_ * reram_relaxation_sigma(g, state.more[age]) * highest() / range() * state.more[number];
  }

  double relaxation_;
};

}  // namespace

extern const MemristorKind reram_relaxation_memristor;
const MemristorKind reram_relaxation_memristor = quantised_kind<ReramRelaxation>(
    "reram_relaxation", "strays after programming, more with time and by conductance",
    "IBM/aihwkit 1.1.0, ReRamWan2022NoiseModel; Wan et al., Nature 2022, doi 10.1038/s41586-022-04992-8", fields);

}  // namespace assimilaate
