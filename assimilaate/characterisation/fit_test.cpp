#include "assimilaate/characterisation/fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

#include "assimilaate/characterisation/fit_noise.hpp"
#include "assimilaate/characterisation/fit_plan.hpp"
#include "assimilaate/characterisation/sweep.hpp"
#include "assimilaate/core/internal/test_data.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

const FittedParameter& parameter(const ModelFit& fit, std::string_view name) {
  for (const FittedParameter& p : fit.parameters)
    if (p.name == name) return p;
  throw std::out_of_range(std::string(name));
}

/// A train of up, then down pulses on a known memristor, twice, with chance.
Measurement train(std::string_view model, const Settings& settings, std::size_t each, const Imperfections& how,
                  std::uint64_t seed = 1) {
  Measurement measured;
  measured.source = "train.csv";
  const auto law = make_memristor(model, {settings, {}});
  Specimen specimen(*law, how, Random(seed, 0));
  specimen.set_state(law->at(law->lowest() + 0.2 * (law->highest() - law->lowest())));
  for (std::size_t i = 0; i < 4 * each; ++i) {
    const Pulse pulse{i / each % 2 == 0 ? 1.0 : -1.0, 1e-6};
    if (i > 0) specimen.pulse(pulse, i);
    measured.response.pulses.push_back(pulse);
    measured.response.conductance.push_back(specimen.conductance());
  }
  return measured;
}

const Settings soft{{"dw", 0.02},    {"up_down", 0.2}, {"w_min", -1}, {"w_max", 1},
                    {"g_low", 1e-5}, {"g_high", 8e-5}, {"drive", 0.5}};

/// A sine of .8 V through 5 kOhm on a mean-field mss memristor, with noise of `noise` of the range of current.
Measurement loop(const Settings& truth, double frequency, double noise, std::uint64_t which) {
  Measurement measured;
  measured.kind = MeasurementKind::IvLoop;
  measured.source = "loop.csv";
  IvLoop& made = measured.loop;
  made.series_resistance = 5e3;
  constexpr std::size_t samples = 200;
  for (std::size_t i = 0; i < samples; ++i) {
    made.time.push_back(static_cast<double>(i) / samples / frequency);
    made.voltage.push_back(0.8 * std::sin(2 * std::numbers::pi * static_cast<double>(i) / samples));
  }
  made.current.resize(samples);
  const auto law = make_memristor("mss", {truth, {}});
  MemristorState state{.x = 0.2};
  sweep_loop(*law, state, made.time, made.voltage, made.current,
             {.series_resistance = 5e3, .largest_move = 0.002, .largest_rise = 0.0005, .most_substeps = 10'000'000});
  const auto [low, high] = std::ranges::minmax(made.current);
  const Random random(5, 0);
  for (std::size_t i = 0; i < samples; ++i)
    made.current[i] += noise * (high - low) * random.normal(Purpose::Read, i, which);
  return measured;
}

Settings chip(std::uint64_t which) {
  const Random random(9, 0);
  const auto u = [&](std::uint64_t i) { return random.uniform(Purpose::Variation, i, which); };
  return {{"g_low", 1 / (24e3 * std::pow(80e3 / 24e3, u(0)))},
          {"g_high", 1 / (1.7e3 * std::pow(2.0, u(1)))},
          {"tau", 8e-6 * std::pow(7.0, u(2))},
          {"v_on", 0.34 + 0.1 * u(3)},
          {"v_off", 0.12 + 0.11 * u(4)},
          {"switches", 0},
          {"published", 1}};
}

TEST(Fit, HasAFieldInTheCatalogueForEveryFreeFieldOfItsTable) {
  for (const FitPlan& plan : fit_plans())
    for (const MemristorKind* kind : memristor_catalogue()) {
      if (kind->name != plan.model) continue;
      const auto has = [&](std::string_view name) {
        return std::ranges::any_of(kind->fields, [&](const Field& field) { return field.name == name; });
      };
      for (const FreeField& field : plan.free) EXPECT_TRUE(has(field.name)) << plan.model << ' ' << field.name;
      for (const Settings& held : plan.held)
        for (const auto& [name, value] : held) EXPECT_TRUE(has(name)) << plan.model << ' ' << name;
    }
}

TEST(Fit, FindsASoftBoundsMemristorAgainFromItsTrainOfPulses) {
  const Measurement measured = train("soft_bounds", soft, 100, {.write_noise = 0.01});
  const ModelFit fit = fit_model(measured, "soft_bounds");
  EXPECT_TRUE(fit.converged);
  // Write noise of .01 of 70 uS over the range seen, from .2 to about .85 of it; and 4/sqrt(400) of that for chance.
  EXPECT_NEAR(fit.nrmse, 0.01 / 0.67, 0.2 * 0.01 / 0.67 + 0.002);
  for (const std::string_view name : {"dw", "up_down", "g_low", "g_high"}) {
    const FittedParameter& p = parameter(fit, name);
    EXPECT_TRUE(p.determined) << name;
    EXPECT_LE(p.low, p.value);
    EXPECT_GE(p.high, p.value);
    // One seed: three times the half width holds the truth but for one in 1e8.
    EXPECT_NEAR(p.value, soft.at(std::string(name)), 1.5 * (p.high - p.low)) << name;
  }
  EXPECT_NEAR(fit.noise.write_noise, 0.01,
              0.002);  // 1 % of the range to 4 sigma of 1/sqrt(800), and what is fitted away
}

TEST(Fit, TellsWriteNoiseFromStepsThatStray) {
  // Of 4 000 pulses the walk over 40 is known to sqrt(2 * 40/4000) = .14 of its square; the shorter lags, which weigh
  // more, better. Four sigma: its root to .28; the write variance, 1e-4, to .56 of the walk over the 5 shortest, 8e-5.
  const Measurement measured =
      train("constant_step", {{"dw", 0.001}, {"w_min", -1}, {"w_max", 1}, {"g_low", 1e-5}, {"g_high", 8e-5}}, 1000,
            {.cycle_variation = 8, .write_noise = 0.01});
  // Trains that stay off both bounds cannot tell the range, which noise is counted in: it is held.
  const FitOptions options{.held = {{"g_low", 1e-5}, {"g_high", 8e-5}}};
  const ModelFit fit = fit_model(measured, "constant_step", options);
  EXPECT_NEAR(fit.noise.write_noise * fit.noise.write_noise, 1e-4, 0.56 * 8e-5);
  EXPECT_NEAR(fit.noise.cycle_variation, 8, 8 * 0.28);
  const Settings same{{"dw", 0.001}, {"w_min", -1}, {"w_max", 1}, {"g_low", 1e-5}, {"g_high", 8e-5}};
  const ModelFit quiet = fit_model(train("constant_step", same, 500, {.write_noise = 0.01}), "constant_step", options);
  EXPECT_EQ(quiet.noise.cycle_variation, 0);
  EXPECT_NEAR(quiet.noise.write_noise, 0.01, 0.01 * 4 / std::sqrt(2.0 * 2000));
}

TEST(Fit, RanksTheModelThatMadeTheDataFirst) {
  const auto fits = fit_all_models(train("soft_bounds", soft, 60, {.write_noise = 0.01}), {.starts = 6});
  ASSERT_GE(fits.size(), 5U);
  EXPECT_EQ(fits[0].model, "soft_bounds");
  EXPECT_TRUE(std::ranges::is_sorted(fits, {}, &ModelFit::bic));
}

TEST(Fit, IsTheSameForOneThreadAndTwoAndDependsOnNothingButItsSeed) {
  const Measurement measured = train("soft_bounds", soft, 30, {.write_noise = 0.02});
  set_threads(1);
  const ModelFit one = fit_model(measured, "soft_bounds");
  set_threads(2);
  const ModelFit two = fit_model(measured, "soft_bounds");
  set_threads(0);
  EXPECT_EQ(one.curve, two.curve);
  EXPECT_EQ(one.settings, two.settings);
  for (std::size_t i = 0; i < one.parameters.size(); ++i) EXPECT_EQ(one.parameters[i].high, two.parameters[i].high);
}

TEST(Fit, BecomesAPresetThatMakesTheSameCurve) {
  const Measurement measured = train("soft_bounds", soft, 60, {.write_noise = 0.01});
  const ModelFit fit = fit_model(measured, "soft_bounds");
  const Preset preset = parse_preset(preset_text(fitted_preset(fit, measured, "mine")), "text");
  EXPECT_EQ(preset.name, "mine");
  EXPECT_EQ(preset.status, "fitted");
  EXPECT_NEAR(preset.imperfections.write_noise, 0.01, 0.003);
  const auto law = preset.make();
  MemristorState state = law->at(fit.start);
  std::vector<double> curve(measured.samples() - 1);
  sweep_pulses(*law, state, std::span(measured.response.pulses).subspan(1), curve);
  for (std::size_t i = 0; i < curve.size(); ++i) EXPECT_NEAR(curve[i], fit.curve[i + 1], 1e-6 * curve[i]);
}

TEST(Fit, CountsTheSwitchesOfAMetastableSwitchMemristor) {
  const Settings truth{{"g_low", 1e-5}, {"g_high", 1e-4}, {"switches", 200},
                       {"tau", 1e-6},   {"v_on", 1.1},    {"v_off", 1.1}};
  const Measurement measured = train("mss", truth, 250, {});
  const Preset preset = fitted_preset(fit_model(measured, "mss"), measured, "counted");
  // The stationary spread of the walk is short of memory here, which the line through 10 to 40 pulses takes for less of
  // a walk: right within a factor of three.
  EXPECT_GT(preset.settings.fields.at("switches"), 60);
  EXPECT_LT(preset.settings.fields.at("switches"), 2000);
}

TEST(Fit, LeavesHeldFieldsAloneAndRefusesUnknownOnes) {
  const Measurement measured = train("soft_bounds", soft, 30, {.write_noise = 0.02});
  const ModelFit fit = fit_model(measured, "soft_bounds", {.held = {{"g_high", 9e-5}}});
  EXPECT_EQ(fit.settings.at("g_high"), 9e-5);
  EXPECT_EQ(fit.parameters.size(), 3U);
  EXPECT_THROW(static_cast<void>(fit_model(measured, "soft_bounds", {.held = {{"colour", 1}}})), Error);
  EXPECT_THROW(static_cast<void>(fit_model(measured, "flux")), Error);
  EXPECT_THROW(static_cast<void>(fit_model(measured, "vteam")), Error);
}

TEST(Fit, StopsOnRequest) {
  std::stop_source source;
  source.request_stop();
  try {
    static_cast<void>(fit_model(train("soft_bounds", soft, 30, {}), "soft_bounds", {.stop = source.get_token()}));
    FAIL() << "went on";
  } catch (const Error& problem) {
    EXPECT_EQ(problem.code(), Errc::Interrupted);
  }
}

TEST(Fit, SaysWhatATrainOfOneAmplitudeCannotTell) {
  const Settings truth{{"g_low", 1e-5}, {"g_high", 1e-4}, {"switches", 0},
                       {"tau", 2e-5},   {"v_on", 0.5},    {"v_off", 0.5}};
  const ModelFit fit = fit_model(train("mss", truth, 60, {.write_noise = 0.005}), "mss");
  EXPECT_LT(fit.nrmse, 0.01);
  // 1 V lies far above both thresholds: the rate says tau alone.
  EXPECT_TRUE(parameter(fit, "tau").determined);
  for (const std::string_view name : {"v_on", "v_off"}) {
    const FittedParameter& p = parameter(fit, name);
    EXPECT_TRUE(p.low <= 0.5 && 0.5 <= p.high) << name;
    EXPECT_GT(p.high - p.low, 0.5) << name;
  }
}

TEST(Fit, OfLoopsFindsTheMemristorWithinItsStatedConfidence) {
  // Twenty loops of 1 % noise, 1 Hz to 1 kHz. Each interval holds the truth 95 times in 100, so of 20 loops a parameter
  // misses more than 5 with P = 3.3e-4 (binomial), one of five parameters with P < 2e-3.
  std::map<std::string, int> inside;
  for (std::uint64_t which = 0; which < 20; ++which) {
    const Settings truth = chip(which);
    const ModelFit fit =
        fit_model(loop(truth, std::pow(10.0, static_cast<double>(which % 4)), 0.01, which), "mss", {.starts = 6});
    EXPECT_LE(fit.nrmse, 0.03) << which;
    for (const FittedParameter& p : fit.parameters)
      inside[p.name] += p.low <= truth.at(p.name) && truth.at(p.name) <= p.high;
  }
  ASSERT_EQ(inside.size(), 5U);
  for (const auto& [name, count] : inside) EXPECT_GE(count, 15) << name;
}

TEST(Fit, OfALoopWithoutCurrentAlongItsVoltageSaysWhatIsWrong) {
  Measurement measured = loop(chip(0), 100, 0, 0);
  for (double& i : measured.loop.current) i = -i;
  EXPECT_THROW(static_cast<void>(fit_model(measured, "mss")), Error);
}

TEST(Fit, OfTheGongSetIsNoWorseThanTheBestOfAihwkitsOwnStepModels) {
  const auto file = internal::test_data("ASSIMILAATE_DATA_DIR", ".") / "pulses/gong_et_al.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is missing (ASSIMILAATE_DATA_DIR)";
  const Measurement measured = read_measurement(file);
  // What fit_measurements of aihwkit 1.1.0 reaches with exp_step, the best of five (bench/gong_fit.cpp).
  EXPECT_LE(fit_model(measured, "exp_step").nrmse, 0.0626);
}

}  // namespace
}  // namespace assimilaate
