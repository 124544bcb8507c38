/// The numbers of the emulator (ktram-neural-core), file by file: instructions, memristors and read noise.

#include <gtest/gtest.h>

#include "assimilaate/core/internal/golden_files.hpp"
#include "assimilaate/substrate/internal/golden_lanes.hpp"

namespace assimilaate {
namespace {

using internal::emulated_lane;
using internal::emulated_model;
using internal::golden_files;
using internal::golden_json;
using internal::relative_error;
using nlohmann::json;

/// Every file of a kind, or a skipped test.
#define FOR_EACH_FILE(kind, file)                                                                \
  const auto files = golden_files(kind);                                                         \
  if (files.empty()) GTEST_SKIP() << "no " << kind << " files in " << internal::golden_folder(); \
  for (const auto& file : files)

TEST(KtramGolden, KnowsTheKindOfEveryFile) {
  const auto files = golden_files();
  if (files.empty()) GTEST_SKIP() << "no files in " << internal::golden_folder();
  for (const auto& file : files)
    EXPECT_FALSE(internal::golden_kind(file.filename().string()).empty()) << file << ": no test knows this kind";
}

TEST(KtramGolden, AnchorsAreReadable) {
  FOR_EACH_FILE("anchors", file) EXPECT_TRUE(golden_json(file).is_object()) << file;
}

TEST(KtramGolden, InstructionsPutTheSameVoltagesOnTheMemristors) {
  FOR_EACH_FILE("instruction_voltages", file) {
    for (const json& row : golden_json(file)["rows"]) {
      const Rails rails{row[1], row[2], row[3], row[4]};
      const Instruction instruction = instruction_named(row[5].get<std::string>());
      const double applied = applied_voltage(instruction, rails);
      const double node = node_voltage(instruction, applied, row[6], FuFa::Emulator);
      EXPECT_EQ(applied, row[7].get<double>()) << file << row;
      EXPECT_EQ(node, row[8].get<double>()) << file << row;
      EXPECT_EQ(across(applied, node).a, row[9].get<double>()) << file << row;
      EXPECT_EQ(across(applied, node).b, row[10].get<double>()) << file << row;
    }
  }
}

TEST(KtramGolden, EveryInstructionMovesEveryStateAlike) {
  FOR_EACH_FILE("instr_single", file) {
    const json data = golden_json(file);
    const auto model = emulated_model(data["params"]["model"]);
    for (const json& row : data["rows"]) {
      KtramLane lane = emulated_lane(data["params"], model);
      lane.set(0, 0, model.state(row[2]), model.state(row[3]));
      const std::vector<std::int32_t> tuple{0};
      internal::TieWatch watch(lane, model, internal::emulated_settings(data["params"], model));
      if (row[4].get<double>() != 0) watch.evaluate(tuple, Instruction::FFLV);
      EXPECT_NEAR(lane.y(), row[4].get<double>(), 1e-12) << file << row;
      const double y = watch.evaluate(tuple, instruction_named(row[5].get<std::string>()));
      EXPECT_NEAR(y, row[6].get<double>(), 1e-12) << file << row;
      if (watch.tied()) continue;
      EXPECT_LE(relative_error(model.conductance(lane.a(0, 0)), row[7]), model.tolerance) << file << row;
      EXPECT_LE(relative_error(model.conductance(lane.b(0, 0)), row[8]), model.tolerance) << file << row;
    }
  }
}

/// y, within what its cancellation of Ga - Gb allows; bytes are exact.
void expect_y(double got, double wanted, const internal::EmulatedModel& model, const std::string& where) {
  EXPECT_LE(std::abs(got - wanted), model.tolerance) << where << ": " << got << " for " << wanted;
}

/// Snapshots of instr_seq: [space, address, Ga, Gb] of what was touched.
void expect_touched(const KtramLane& lane, const internal::EmulatedModel& model, const json& touched,
                    const std::string& where) {
  for (const json& row : touched) {
    const std::size_t space = row[0], address = row[1];
    EXPECT_LE(relative_error(model.conductance(lane.a(space, address)), row[2]), model.tolerance) << where << row;
    EXPECT_LE(relative_error(model.conductance(lane.b(space, address)), row[3]), model.tolerance) << where << row;
  }
}

TEST(KtramGolden, SequencesOfInstructionsEndWhereTheEmulatorEnds) {
  FOR_EACH_FILE("instr_seq", file) {
    for (const json& run : golden_json(file)["cases"]) {
      const auto model = emulated_model(run["params"]["model"]);
      KtramLane lane = emulated_lane(run["params"], model);
      internal::set_conductances(lane, model, run["init_ga"], run["init_gb"]);
      internal::TieWatch watch(lane, model, internal::emulated_settings(run["params"], model));
      const json& steps = run["steps"];
      for (std::size_t t = 0; t < steps.size() && !watch.tied() && !HasFailure(); ++t) {
        const std::string where = fmt::format("{}, {} at step {}: ", file.string(), run["params"].dump(), t);
        const auto tuple = internal::tuple_of(steps[t], 1, lane.spaces());
        const double y = watch.evaluate(tuple, instruction_named(steps[t][0].get<std::string>()));
        expect_y(y, run["y"][t], model, where);
        if (t % 10 == 9) expect_touched(lane, model, run["snapshots"][t / 10], where);
      }
      if (watch.tied()) continue;
      EXPECT_LE(internal::conductance_error(lane, model, run["final_ga"], run["final_gb"]), model.tolerance) << file;
    }
  }
}

TEST(KtramGolden, NoisyReadsDriveTheMemristorsAsTheEmulatorsDo) {
  FOR_EACH_FILE("noisy_injected", file) {
    for (const json& run : golden_json(file)["cases"]) {
      const auto model = emulated_model(run["params"]["model"]);
      KtramLane lane = emulated_lane(run["params"], model, run.value("comparator_code", 10));
      internal::set_conductances(lane, model, run["init_ga"], run["init_gb"]);
      internal::ListedDraws draws(run["z"]);
      const json& steps = run["steps"];
      for (std::size_t t = 0; t < steps.size() && !HasFailure(); ++t) {
        const std::string where = fmt::format("{}, {} at step {}: ", file.string(), run["params"].dump(), t);
        const bool dial_in_step = steps[t].size() == lane.spaces() + 2;
        const double dial = dial_in_step ? steps[t].back().get<double>() : run.value("noise_dial", 0.0);
        const double y = lane.evaluate(internal::tuple_of(steps[t], 1, lane.spaces()),
                                       instruction_named(steps[t][0].get<std::string>()), draws, dial);
        EXPECT_NEAR(y, run["y"][t].get<double>(), 1e-12) << where;
        if (t % 10 != 9) continue;
        const json& snapshot = run["snapshots"][t / 10];
        EXPECT_LE(internal::conductance_error(lane, model, snapshot[0], snapshot[1]), model.tolerance) << where;
      }
      EXPECT_EQ(draws.used(), run["z"].size()) << file;
    }
  }
}

TEST(KtramGolden, MemristorsMoveByOnePulseAsTheEmulatorsDo) {
  FOR_EACH_FILE("device_tables", file) {
    for (const json& row : golden_json(file)["drive"]) {
      const auto model = emulated_model(row[0]);
      MeanDraws draws;
      MemristorState state = model.state(row[2]);
      const bool ignores_width = model.name == "float" || model.name == "byte";
      model.law->pulse(state, {row[3], ignores_width ? 1e-6 : row[1].get<double>()}, {}, draws);
      EXPECT_LE(relative_error(model.law->conductance(state) / model.unit, row[4]), model.tolerance) << file << row;
    }
  }
}

TEST(KtramGolden, MemristorsStartWhereTheEmulatorsDo) {
  FOR_EACH_FILE("device_tables", file) {
    const json data = golden_json(file);
    for (const json& row : data["init"]) {
      const auto model = emulated_model(row[0]);
      const json& type = data["init_types"][row[1].get<std::string>()];
      const double lowest = model.law->lowest(), range = model.law->highest() - lowest;
      const double wanted = lowest + range * (type[0].get<double>() + type[1].get<double>() * row[2].get<double>());
      const double start = grained(*model.law, wanted, model.drawn_grain);
      EXPECT_LE(relative_error(start / model.unit, row[4]), 1e-12) << file << row;
      // The state of an mss is x; it is a difference of conductances, so its error is one of its range.
      if (model.name != "mss") continue;
      EXPECT_NEAR(model.law->at(start).x, row[3].get<double>(), 1e-12) << file << row;
    }
    for (const json& row : data["set_g"]) {
      const auto model = emulated_model(row[0]);
      const double start = grained(*model.law, row[1].get<double>() * model.unit, model.grain);
      EXPECT_LE(relative_error(start / model.unit, row[3]), 1e-12) << file << row;
      EXPECT_LE(relative_error(model.law->conductance(model.law->at(start)) / model.unit, row[3]), 1e-12) << row;
    }
    for (const auto& [name, range] : data["ranges"].items()) {
      const auto model = emulated_model(name);
      EXPECT_LE(relative_error(model.law->lowest() / model.unit, range[0]), 1e-15) << file << name;
      EXPECT_LE(relative_error(model.law->highest() / model.unit, range[1]), 1e-15) << file << name;
    }
    for (const auto& [name, defaults] : data["model_defaults"].items()) {
      const auto model = emulated_model(name);
      const KtramSettings settings = KtramSettings::of(name, *model.law);
      EXPECT_EQ(settings.rails, (Rails{defaults["fwd"], defaults["rev"], defaults["fwd_lv"], defaults["rev_lv"]}))
          << name;
      EXPECT_EQ(settings.pulse_width, defaults["pw"].get<double>()) << name;
    }
  }
}

TEST(KtramGolden, HalvesRoundUpAsTheEmulators) {
  // The byte memristor is the rounding: one pulse of so many volts moves it by so many steps.
  FOR_EACH_FILE("device_tables", file) {
    const auto model = emulated_model("byte");
    for (const json& row : golden_json(file)["round"]) {
      if (std::abs(row[0].get<double>()) > 100) continue;
      MeanDraws draws;
      MemristorState state = model.state(128);
      model.law->pulse(state, {row[0], 1e-6}, {}, draws);
      EXPECT_EQ(model.law->conductance(state) / model.unit, 128 + row[1].get<double>()) << file << row;
    }
  }
}

TEST(KtramGolden, ComparatorsHaveTheSameCodes) {
  FOR_EACH_FILE("device_tables", file) {
    const json data = golden_json(file);
    for (const json& row : data["comparator"]) {
      const auto code = [&] { return comparator_code(row[0].get<double>(), row[1].get<bool>()); };
      if (row[2].is_number()) {
        EXPECT_EQ(code(), row[2].get<int>()) << file << row;
      } else {
        EXPECT_THROW(static_cast<void>(code()), Error) << file << row;
      }
    }
    for (const json& row : data["comparator_volts"])
      EXPECT_EQ(comparator_volts(row[0].get<int>()), row[1].get<double>()) << file << row;
  }
}

/// A sigma of the emulator, to 1e-12.
void expect_sigma(double got, const json& wanted, const std::string& where) {
  EXPECT_LE(relative_error(got, wanted.get<double>()), 1e-12) << where << ": " << got;
}

TEST(KtramGolden, ReadNoiseFollowsTheSameLaw) {
  FOR_EACH_FILE("read_noise_law", file) {
    const json data = golden_json(file);
    for (const json& row : data["rows"]) {
      const auto model = emulated_model(row[0]);
      const EmulatorNoise noise{.reference_sum = model.law->highest(),
                                .reference_width = KtramSettings::of(model.name, *model.law).pulse_width,
                                .comparator = row[5].get<int>()};
      const double y = row[3];
      const ReadSigma sigma = noise.sigma(y, row[2].get<double>() * model.unit, {.voltage = row[1], .width = row[4]});
      const std::string where = file.string() + row.dump();
      expect_sigma(sigma.thermal, row[6], where);
      expect_sigma(sigma.flicker, row[7], where);
      expect_sigma(sigma.total(), row[8], where);
      EXPECT_NEAR(std::clamp(y + sigma.total(), -1.0, 1.0), row[9].get<double>(), 1e-12) << where;
      EXPECT_NEAR(std::clamp(y - 3 * sigma.total(), -1.0, 1.0), row[10].get<double>(), 1e-12) << where;
    }
    for (const json& row : data["changed"]) {
      EmulatorNoise noise{.reference_sum = 255, .reference_width = 1e-6};
      ReadSettings read{.voltage = row[3]};
      for (const auto& [name, value] : row[0].items()) {
        const double number = value;
        if (name == "read_noise")
          noise.gain = number;
        else if (name == "temperature")
          read.temperature = number;
        else if (name == "noise_thermal")
          noise.thermal = number;
        else if (name == "noise_flicker")
          noise.flicker = number;
        else if (name == "flicker_decades")
          noise.decades = number;
        else if (name == "read_noise_ref_m")
          noise.reference_sum = number;
        else if (name == "read_noise_ref_pw")
          noise.reference_width = number;
        else
          ADD_FAILURE() << file << ": no setting " << name;
      }
      const ReadSigma sigma = noise.sigma(row[1], row[2], read);
      const std::string where = file.string() + row.dump();
      expect_sigma(sigma.thermal, row[4], where);
      expect_sigma(sigma.flicker, row[5], where);
      expect_sigma(sigma.comparator, row[6], where);
      expect_sigma(sigma.total(), row[7], where);
    }
  }
}

/// Put a synapse at y0 with Ga + Gb = 2 level G_hi, as the emulator's set_start_y does.
void start_at(KtramLane& lane, const internal::EmulatedModel& model, double y0, double level) {
  const double middle = level * model.law->highest();
  const auto state = [&](double g) { return model.law->at(grained(*model.law, g, model.grain)); };
  lane.set(0, 0, state(middle * (1 + y0)), state(middle * (1 - y0)));
}

/// float and rs to 1e-9, bytes exactly.
double late_tolerance(const internal::EmulatedModel& model) { return 1000 * model.tolerance; }

/// Whether one trace of (read, feedback) cycles is that of the file, up to where a last bit decides.
bool follows_trace(const json& cycles, const json& row) {
  const auto model = emulated_model(row[0]);
  KtramLane lane = emulated_lane(json::object(), model);
  internal::TieWatch watch(lane, model, internal::emulated_settings(json::object(), model));
  start_at(lane, model, row[3], row[4]);
  std::size_t done = 0;
  for (std::size_t i = 0; i < row[5].size(); ++i) {
    double y = 0;
    for (const std::size_t k = cycles[i]; done < k; ++done) {
      y = watch.evaluate({0}, instruction_named(row[1].get<std::string>()));
      if (!row[2].is_null()) watch.evaluate({0}, instruction_named(row[2].get<std::string>()));
    }
    const double tolerance = late_tolerance(model);
    const bool same = std::abs(y - row[5][i][0].get<double>()) <= tolerance &&
                      relative_error(model.conductance(lane.a(0, 0)), row[5][i][1]) <= tolerance &&
                      relative_error(model.conductance(lane.b(0, 0)), row[5][i][2]) <= tolerance;
    if (!same) return watch.tied();
  }
  return true;
}

TEST(KtramGolden, AttractorsAreThoseOfTheEmulator) {
  FOR_EACH_FILE("ahah_attractors", file) {
    const json data = golden_json(file);
    for (const json& row : data["rows"]) EXPECT_TRUE(follows_trace(data["k"], row)) << file << row;
  }
}

TEST(KtramGolden, NodesOfTwoSynapsesSettleInTheSamePartition) {
  FOR_EACH_FILE("ahah_attractors", file) {
    const std::vector<std::vector<std::int32_t>> patterns{{0, -1}, {-1, 0}, {0, 0}};
    for (const json& row : golden_json(file)["nodes"]) {
      const auto model = emulated_model(row[0]);
      const json params{{"spaces_per_lane", 2}};
      KtramLane lane = emulated_lane(params, model);
      internal::TieWatch watch(lane, model, internal::emulated_settings(params, model));
      for (std::size_t space = 0; space < 2; ++space)
        lane.set(space, 0, model.state(row[1][2 * space]), model.state(row[1][2 * space + 1]));
      for (const char digit : row[2].get<std::string>())
        for (const auto instruction : {Instruction::FF, Instruction::RU})
          watch.evaluate(patterns[static_cast<std::size_t>(digit - '0')], instruction);
      if (watch.tied()) continue;
      const std::string where = file.string() + ": " + row[0].dump() + row[1].dump();
      const double tolerance = late_tolerance(model);
      for (std::size_t space = 0; space < 2; ++space) {
        EXPECT_LE(relative_error(model.conductance(lane.a(space, 0)), row[3][2 * space]), tolerance) << where;
        EXPECT_LE(relative_error(model.conductance(lane.b(space, 0)), row[3][2 * space + 1]), tolerance) << where;
      }
      for (std::size_t p = 0; p < patterns.size(); ++p)
        EXPECT_NEAR(lane.evaluate(patterns[p], Instruction::FFLV), row[4][p].get<double>(), tolerance) << where;
    }
  }
}

}  // namespace
}  // namespace assimilaate
