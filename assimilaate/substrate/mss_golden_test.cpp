/// The numbers of the emulator (ktram-neural-core), file by file: its metastable switches, exactly where the random
/// numbers are listed and statistically where they are not.

#include <gtest/gtest.h>

#include <map>

#include "assimilaate/core/internal/golden_files.hpp"
#include "assimilaate/substrate/internal/golden_lanes.hpp"

namespace assimilaate {
namespace {

using internal::emulated_lane;
using internal::emulated_model;
using internal::EmulatedModel;
using internal::golden_files;
using internal::golden_json;
using internal::ListedDraws;
using internal::relative_error;
using nlohmann::json;

#define FOR_EACH_FILE(kind, file)                                                                \
  const auto files = golden_files(kind);                                                         \
  if (files.empty()) GTEST_SKIP() << "no " << kind << " files in " << internal::golden_folder(); \
  for (const auto& file : files)

double temperature_of(const json& profile) { return profile.is_null() ? 298 : profile.value("temperature", 298.0); }

/// x after one pulse, the two normal numbers given.
double pulsed(const EmulatedModel& model, double x, const Pulse& pulse, double z_up, double z_down) {
  ListedDraws draws({z_up, z_down});
  MemristorState state{.x = x};
  model.law->pulse(state, pulse, {}, draws);
  return state.x;
}

/// One row of mss_rates against the law: the counts that it draws step from one integer to the next exactly where a
/// mean and a sigma as stated put that step.
void expect_rates(const EmulatedModel& model, const json& row, double switches, double kelvin, double width_in_tau,
                  int& steps) {
  const double x = row[1];
  const Pulse pulse{row[3], row[2], kelvin};
  EXPECT_NEAR(pulsed(model, x, pulse, 0, 0), row[10].get<double>(), 1e-12) << row;
  for (const bool up : {true, false}) {
    const double mean = row[up ? 6 : 8], sigma = row[up ? 7 : 9];
    if (sigma == 0) {
      EXPECT_EQ(pulsed(model, x, pulse, up ? 9 : 0, up ? 0 : 9), pulsed(model, x, pulse, 0, 0)) << row;
      continue;
    }
    const double edge = (std::floor(mean + 0.5) + 0.5 - mean) / sigma;  // where the count goes up by one
    // Both sides get the way down as a difference: good to 2^-53 of t/tau.
    const double lost = up ? 0 : 4 * 0x1p-53 * width_in_tau / row[5].get<double>();
    const double z = (1e-9 + lost) * std::max(1.0, std::abs(edge));
    if (z * sigma > 0.4) continue;  // nothing of it is left
    const auto at = [&](double normal) { return pulsed(model, x, pulse, up ? normal : 0, up ? 0 : normal); };
    const double before = at(edge - z), after = at(edge + z);
    if (before == 0 || before == 1 || after == 0 || after == 1) continue;  // held at a bound
    EXPECT_NEAR((after - before) * switches, up ? 1 : -1, 1e-9) << row << (up ? " up" : " down");
    ++steps;
  }
}

TEST(MssGolden, RatesMeansAndSigmasAreThoseOfTheEmulator) {
  FOR_EACH_FILE("mss_rates", file) {
    const json data = golden_json(file);
    int steps = 0;
    for (const json& row : data["rows"]) {
      const json& profile = data["profiles"][row[0].get<std::size_t>()];
      expect_rates(emulated_model("mss", profile), row, profile["N"], temperature_of(profile),
                   row[2].get<double>() / profile["tau"].get<double>(), steps);
    }
    EXPECT_GT(steps, static_cast<int>(data["rows"].size()) / 4) << file << ": too few rows say anything";
    for (const json& row : data["g"]) {
      const auto model = emulated_model("mss", data["profiles"][row[0].get<std::size_t>()]);
      EXPECT_LE(relative_error(model.law->conductance({.x = row[1]}), row[2]), 1e-12) << file << row;
    }
  }
}

TEST(MssGolden, ExactLawHasTheSameRates) {
  // The exact law's mean field gives p01 from x = 0 and p10 from x = 1, p01 + p10 = 1 - exp(-(a + b) t). The emulator
  // states a t and b t, the latter as a difference from t/tau: good to 2^-53 of that, and to as much of 1 in ours.
  FOR_EACH_FILE("mss_rates", file) {
    const json data = golden_json(file);
    for (const json& row : data["rows"]) {
      const json& profile = data["profiles"][row[0].get<std::size_t>()];
      const auto law = make_memristor("mss", {{{"switches", 0},
                                               {"published", 1},
                                               {"gamma", internal::emulated_gamma},
                                               {"tau", profile["tau"]},
                                               {"v_on", profile["Von"]},
                                               {"v_off", profile["Voff"]}},
                                              {}});
      MeanDraws draws;
      MemristorState off{.x = 0}, on{.x = 1};
      for (MemristorState* state : {&off, &on})
        law->pulse(*state, {row[3], row[2], temperature_of(profile)}, {}, draws);
      const double up = off.x, down = 1 - on.x, rate_time = -std::log1p(-(up + down));
      const double tolerance =
          8 * 0x1p-53 * std::max(1.0, row[2].get<double>() / profile["tau"].get<double>()) * std::exp(rate_time);
      EXPECT_NEAR(rate_time * up / (up + down), row[4].get<double>(), tolerance) << file << row;
      EXPECT_NEAR(rate_time * down / (up + down), row[5].get<double>(), tolerance) << file << row;
    }
  }
}

TEST(MssGolden, LanesFollowTheListedNumbers) {
  FOR_EACH_FILE("mss_injected", file) {
    const json data = golden_json(file);
    for (const json& run : data["cases"]) {
      const auto model = emulated_model("mss", run.value("profile", data.value("profile", json())));
      KtramLane lane = emulated_lane(run["params"], model, run.value("comparator_code", 10));
      for (std::size_t s = 0; s < lane.spaces(); ++s)
        for (std::size_t k = 0; k < lane.addresses(); ++k)
          lane.set(s, k, {.x = run["init_xa"][s][k]}, {.x = run["init_xb"][s][k]});
      ListedDraws draws(run["z"]);
      for (std::size_t t = 0; t < run["steps"].size() && !HasFailure(); ++t) {
        const json& step = run["steps"][t];
        const std::string where = fmt::format("{}, {} at step {}", file.string(), run["params"].dump(), t);
        const double y = lane.evaluate(internal::tuple_of(step, 1, lane.spaces()),
                                       instruction_named(step[0].get<std::string>()), draws);
        EXPECT_NEAR(y, run["y"][t].get<double>(), 1e-12) << where;
        EXPECT_EQ(draws.used(), run["z_used"][t].get<std::size_t>()) << where;
        if (t % 10 != 9) continue;
        const json& x = run["snapshots"][t / 10];
        for (std::size_t s = 0; s < lane.spaces(); ++s)
          for (std::size_t k = 0; k < lane.addresses(); ++k) {
            EXPECT_NEAR(lane.a(s, k).state().x, x[0][s][k].get<double>(), 1e-12) << where;
            EXPECT_NEAR(lane.b(s, k).state().x, x[1][s][k].get<double>(), 1e-12) << where;
          }
      }
    }
  }
}

/// Mean and sample standard deviation of many.
struct Sample {
  double sum = 0, squares = 0, n = 0;
  void add(double value) { sum += value, squares += value * value, ++n; }
  [[nodiscard]] double mean() const { return sum / n; }
  [[nodiscard]] double deviation() const { return std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1))); }
};

/// Comparing `tests` means or deviations of two samples each: a bound that all keep with probability .999 when the laws
/// are the same (Bonferroni, two sides, normal), in standard errors.
double bound_of(std::size_t tests) {
  double low = 0, high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) * static_cast<double>(tests) > 1e-3 ? low : high) = middle;
  }
  return high;
}

/// How far our sample is from one of the file, in standard errors. `least`: what rounding to whole switches and doubles
/// makes of a deviation of nothing.
/// The standard error of a deviation s of n is s/sqrt(2(n - 1)) for a normal; counts of a few switches have heavier
/// tails, excess kurtosis up to 1/(N s^2) for x = count/N, so that s^2 has the variance s^4 (2/(n - 1) + kurtosis/n).
double mean_distance(const Sample& ours, double mean, double deviation, double n, double least) {
  const double pooled = std::sqrt(ours.deviation() * ours.deviation() / ours.n + deviation * deviation / n);
  return std::abs(ours.mean() - mean) / std::max(pooled, least);
}
double deviation_distance(const Sample& ours, double deviation, double n, double grain) {
  const double s2 = 0.5 * (ours.deviation() * ours.deviation() + deviation * deviation);
  if (s2 == 0) return 0;
  const double kurtosis = grain * grain / s2;
  const auto error = [&](double m) { return std::sqrt(s2 * (2 / (m - 1) + kurtosis / m)) / 2; };
  return std::abs(ours.deviation() - deviation) / std::max(std::hypot(error(ours.n), error(n)), 1e-12);
}

TEST(MssGolden, TrainsOfPulsesHaveTheSameMeanAndSpread) {
  FOR_EACH_FILE("mss_pulse_stats", file) {
    const json data = golden_json(file);
    const auto model = emulated_model("mss", data["profile"]);
    const double n = data["n_seeds"], switches = data["profile"]["N"];
    // Rows of one train, by x0, dt and dV, in the order of k.
    std::map<std::array<double, 3>, std::vector<json>> trains;
    for (const json& row : data["rows"]) trains[{row[0], row[1], row[2]}].push_back(row);
    const double bound = bound_of(2 * data["rows"].size());
    const Random random(20, 0);
    std::uint64_t train_index = 0;
    for (const auto& [key, rows] : trains) {
      std::vector<Sample> samples(rows.size());
      for (std::uint64_t device = 0; device < 1000; ++device) {
        HashedDraws draws(random, Purpose::Pulse, device + 1000 * train_index, 0);
        MemristorState state{.x = key[0]};
        int k = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          for (; k < rows[i][3].get<int>(); ++k)
            model.law->pulse(state, {key[2], key[1], temperature_of(data["profile"])}, {}, draws);
          samples[i].add(state.x);
        }
      }
      ++train_index;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double mean = rows[i][4], deviation = rows[i][5];
        // Nearly frozen trains: a switch in a thousand devices now and then, hence at least that of one switch.
        EXPECT_LE(mean_distance(samples[i], mean, deviation, n, 1 / switches / n), bound) << file << rows[i];
        EXPECT_LE(deviation_distance(samples[i], deviation, n, 1 / switches), bound) << file << rows[i];
      }
    }
  }
}

TEST(MssGolden, LanesHaveTheSameMeanAndSpread) {
  FOR_EACH_FILE("mss_lane_stats", file) {
    const json data = golden_json(file);
    const auto model = emulated_model("mss", data.value("profile", json()));
    const double n = data["n_seeds"];
    std::map<std::string, std::vector<json>> runs;
    for (const json& row : data["rows"]) runs[row[0].dump() + row[1].dump() + row[2].dump()].push_back(row);
    const double bound = bound_of(3 * data["rows"].size());
    for (const auto& [name, rows] : runs) {
      const std::size_t spaces = rows[0][0];
      std::vector<Sample> y(rows.size()), size(rows.size()), sum(rows.size());
      for (std::uint64_t seed = 0; seed < 600; ++seed) {
        KtramLane lane = emulated_lane({{"spaces_per_lane", spaces}}, model, 10, seed);
        const std::vector<std::int32_t> tuple(spaces, 0);
        int k = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          double read = 0;
          for (; k < rows[i][3].get<int>(); ++k) {
            read = lane.evaluate(tuple, instruction_named(rows[i][1].get<std::string>()));
            if (!rows[i][2].is_null()) lane.evaluate(tuple, instruction_named(rows[i][2].get<std::string>()));
          }
          double m = 0;
          for (std::size_t s = 0; s < spaces; ++s) m += lane.a(s, 0).conductance() + lane.b(s, 0).conductance();
          y[i].add(read), size[i].add(std::abs(read)), sum[i].add(m);
        }
      }
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const json& row = rows[i];
        EXPECT_LE(mean_distance(y[i], row[4], row[5], n, 1e-9), bound) << file << row << y[i].mean();
        const double folded = size[i].deviation();  // the file does not state its own
        EXPECT_LE(mean_distance(size[i], row[6], folded, n, 1e-9), bound) << file << row << size[i].mean();
        EXPECT_LE(mean_distance(sum[i], row[7], row[8], n, 1e-12), bound) << file << row << sum[i].mean();
      }
    }
  }
}

TEST(MssGolden, SynapsesReachTheSameMeans) {
  FOR_EACH_FILE("ahah_attractors", file) {
    const json data = golden_json(file);
    const auto model = emulated_model("mss");
    constexpr double n = 30;  // seeds of the file
    std::size_t tests = 0;
    for (const json& row : data["mss_rows"]) tests += 3 * row[4].size();
    // Means of 30: Student's quantiles in place of the normal's, t = z (1 + (z^2 + 1)/(4 x 29)) to first order.
    const double z = bound_of(tests), bound = z * (1 + (z * z + 1) / (4 * (n - 1)));
    for (const json& row : data["mss_rows"]) {
      std::vector<std::array<Sample, 3>> samples(row[4].size());
      for (std::uint64_t seed = 0; seed < 300; ++seed) {
        KtramLane lane = emulated_lane(json::object(), model, 10, seed);
        const double middle = row[3].get<double>() * model.law->highest(), y0 = row[2];
        lane.set(0, 0, model.law->at(middle * (1 + y0)), model.law->at(middle * (1 - y0)));
        std::size_t done = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
          double y = 0;
          for (const std::size_t k = data["k"][i]; done < k; ++done) {
            y = lane.evaluate(std::vector{0}, instruction_named(row[0].get<std::string>()));
            if (!row[1].is_null()) lane.evaluate(std::vector{0}, instruction_named(row[1].get<std::string>()));
          }
          samples[i][0].add(y);
          samples[i][1].add(lane.a(0, 0).conductance());
          samples[i][2].add(lane.b(0, 0).conductance());
        }
      }
      for (std::size_t i = 0; i < samples.size(); ++i)
        for (std::size_t what = 0; what < 3; ++what)
          EXPECT_LE(mean_distance(samples[i][what], row[4][i][what], row[5][i][what], n, what == 0 ? 1e-9 : 1e-12),
                    bound)
              << file << row[0] << row[1] << row[2] << " at " << data["k"][i] << " of " << what;
    }
  }
}

TEST(MssGolden, RestsWhereTheEmulatorRests) {
  FOR_EACH_FILE("mss_stationary", file) {
    const json data = golden_json(file);
    const double bound = bound_of(2 * data["rows"].size());
    for (const json& row : data["rows"]) {
      const json& profile = data["profiles"][row[0].get<std::string>()];
      const auto model = emulated_model("mss", profile);
      const bool alternates = row[1] == "alternate";
      const double volts = row[2], width = row[3], kelvin = temperature_of(profile);
      // Chains like the file's: eight from .2 or .8, 6000 pulses, the first 2000 dropped; ours are four times as many.
      // The spread of a chain's mean between chains says how many samples it is worth.
      constexpr int chains = 32, dropped = 2000, pulses = 6000;
      Sample means, spreads;
      for (std::uint64_t chain = 0; chain < chains; ++chain) {
        const Random random(5, 0);
        HashedDraws own(random, Purpose::Pulse, chain, 0);
        MemristorState state{.x = chain % 2 == 0 ? 0.2 : 0.8};
        Sample along;
        for (int t = 0; t < pulses; ++t) {
          const bool plus = !alternates || t % 2 == 0;
          model.law->pulse(state, {plus ? volts : -volts, width, kelvin}, {}, own);
          if (t >= dropped && (!alternates || plus == (row[4] == "after_plus"))) along.add(state.x);
        }
        means.add(along.mean());
        spreads.add(along.deviation() * along.deviation());
      }
      constexpr double theirs = 8;
      const double error = means.deviation() * std::sqrt(1.0 / chains + 1.0 / theirs);
      // Student with 31 degrees of freedom.
      const double wide = bound * (1 + (bound * bound + 1) / (4.0 * (chains - 1)));
      EXPECT_LE(std::abs(means.mean() - row[5].get<double>()), wide * std::max(error, 1e-9))
          << file << row[0] << row[2];
      const double variance = spreads.mean() + means.deviation() * means.deviation();
      const double spread_error =
          std::hypot(spreads.deviation(), means.deviation() * means.deviation() * std::sqrt(2.0)) *
          std::sqrt(1.0 / chains + 1.0 / theirs);
      EXPECT_LE(std::abs(variance - std::pow(row[6].get<double>(), 2)), wide * std::max(spread_error, 1e-12))
          << file << row[0] << row[2];
    }
  }
}

}  // namespace
}  // namespace assimilaate
