/// The numbers of the emulator (ktram-neural-core), file by file: the routines made of instructions on banks of lanes.

#include <gtest/gtest.h>

#include <limits>

#include "assimilaate/assimilation/ktram/basis_encoder.hpp"
#include "assimilaate/assimilation/ktram/lane_classifier.hpp"
#include "assimilaate/core/internal/golden_files.hpp"
#include "assimilaate/substrate/internal/golden_lanes.hpp"

namespace assimilaate {
namespace {

using internal::emulated_model;
using internal::EmulatedModel;
using internal::golden_files;
using internal::golden_json;
using nlohmann::json;

#define FOR_EACH_FILE(kind, file)                                                                \
  const auto files = golden_files(kind);                                                         \
  if (files.empty()) GTEST_SKIP() << "no " << kind << " files in " << internal::golden_folder(); \
  for (const auto& file : files)

/// A bank of lanes in a state, [lane][space][address] of a and of b.
std::vector<KtramLane> bank_of(const json& params, const EmulatedModel& model, const json& a, const json& b) {
  std::vector<KtramLane> lanes;
  for (std::uint32_t lane = 0; lane < a.size(); ++lane) {
    lanes.push_back(internal::emulated_lane(params, model, 10, 1, lane));
    internal::set_conductances(lanes.back(), model, a[lane], b[lane]);
  }
  return lanes;
}

void expect_bank(const std::vector<KtramLane>& lanes, const EmulatedModel& model, const json& a, const json& b,
                 const std::string& where) {
  for (std::size_t lane = 0; lane < lanes.size(); ++lane)
    EXPECT_LE(internal::conductance_error(lanes[lane], model, a[lane], b[lane]), model.tolerance)
        << where << ", lane " << lane;
}

std::vector<std::uint32_t> lanes_of(const json& list) { return list.get<std::vector<std::uint32_t>>(); }

double threshold_of(const json& value) {
  return value.is_string() ? -std::numeric_limits<double>::infinity() : value.get<double>();
}
std::optional<std::size_t> most_of(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::size_t>());
}

TEST(KtramRoutinesGolden, RankCutCutsAtTheSameLanes) {
  FOR_EACH_FILE("rank_cut_policy", file) {
    const json data = golden_json(file);
    for (const json& row : data["rows"]) {
      const std::vector<double> y = data["vectors"][row[0].get<std::size_t>()];
      EXPECT_EQ(rank_cut(y, threshold_of(row[1]), most_of(row[2])), lanes_of(row[3])) << file << row;
    }
    for (const json& row : data["recode"]) {
      const std::vector<double> y = data["vectors"][row[0].get<std::size_t>()];
      if (row[1].is_null()) {
        EXPECT_THROW(static_cast<void>(winner_of(y)), Error) << file << row;
      } else {
        EXPECT_EQ(std::vector{winner_of(y)}, lanes_of(row[1])) << file << row;
      }
      EXPECT_EQ(lanes_above_zero(y), lanes_of(row[2])) << file << row;
      EXPECT_EQ(winner_above_zero(y), lanes_of(row[3])) << file << row;
    }
  }
}

/// One example of rankcut_adapt: [tuple, teach, y of FF, instructions, y after, output of adapt, output of read].
void expect_example(RankCut& recoder, std::span<KtramLane> lanes, const EmulatedModel& model, const json& example,
                    const std::string& where) {
  const auto tuple = internal::tuple_of(example[0], 0, example[0].size());
  const RankCut::Step step = recoder.adapt(tuple, lanes_of(example[1]));
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    EXPECT_LE(std::abs(step.y[lane] - example[2][lane].get<double>()), model.tolerance) << where << ", lane " << lane;
    EXPECT_EQ(name_of(step.feedback[lane]), example[3][lane].get<std::string>()) << where << ", lane " << lane;
    if (example[4].is_null()) continue;
    EXPECT_LE(std::abs(lanes[lane].y() - example[4][lane].get<double>()), model.tolerance)
        << where << ", lane " << lane;
  }
  EXPECT_EQ(step.output, lanes_of(example[5])) << where;
  if (example[6].is_null()) return;
  EXPECT_EQ(recoder.read(tuple), lanes_of(example[6])) << where;
}

TEST(KtramRoutinesGolden, RankCutLearnsTheSame) {
  FOR_EACH_FILE("rankcut_adapt", file) {
    for (const json& run : golden_json(file)["cases"]) {
      const auto model = emulated_model(run["params"]["model"]);
      auto lanes = bank_of(run["params"], model, run["init_ga"], run["init_gb"]);
      RankCut recoder(lanes, {threshold_of(run["Vt"]), most_of(run["N"]), run["feedback"] == "hard"});
      const std::string name = fmt::format("{}, {}, seed {}", file.string(), model.name, run["seed"].dump());
      for (std::size_t t = 0; t < run["examples"].size() && !HasFailure(); ++t)
        expect_example(recoder, lanes, model, run["examples"][t], fmt::format("{}, example {}", name, t));
      expect_bank(lanes, model, run["final_ga"], run["final_gb"], name);
    }
  }
}

BasisGroup::Options options_of(const json& options) {
  return {.exclusion = options.value("exclusion", true),
          .recruitment = options.value("recruitment", true),
          .reset = options.value("abandon_action", "") == "reset",
          .patience = options.contains("gather_abandon") ? most_of(options["gather_abandon"]) : std::nullopt};
}

/// One step of basis_adapt: [tuple, winner, corrections, throttled, recruited, steps of the cycle, lanes that won,
/// scores].
void expect_step(BasisGroup& group, const EmulatedModel& model, const json& wanted, const std::string& where) {
  const BasisGroup::Step step = group.adapt(internal::tuple_of(wanted[0], 0, wanted[0].size()));
  EXPECT_EQ(step.winner, wanted[1].get<std::uint32_t>()) << where;
  json corrections = json::array();
  for (const auto& [feedback, lane] : step.corrections) corrections.push_back({std::string(name_of(feedback)), lane});
  EXPECT_EQ(corrections, wanted[2]) << where;
  EXPECT_EQ(group.tally().throttled, wanted[3].get<std::size_t>()) << where;
  EXPECT_EQ(group.tally().recruited, wanted[4].get<std::size_t>()) << where;
  EXPECT_EQ(group.steps(), wanted[5].get<std::size_t>()) << where;
  EXPECT_EQ(group.won(), lanes_of(wanted[6])) << where;
  if (wanted.size() <= 7 || wanted[7].is_null()) return;
  for (std::size_t lane = 0; lane < step.scores.size(); ++lane)
    EXPECT_LE(std::abs(step.scores[lane] - wanted[7][lane].get<double>()), model.tolerance) << where;
}

TEST(KtramRoutinesGolden, BasisGroupsSettleAlike) {
  FOR_EACH_FILE("basis_adapt", file) {
    for (const json& run : golden_json(file)["cases"]) {
      const auto model = emulated_model(run["params"]["model"]);
      auto lanes = bank_of(run["params"], model, run["init_ga"], run["init_gb"]);
      BasisGroup group(lanes, options_of(run["options"]));
      const std::string name = fmt::format("{}, {} {}", file.string(), model.name, run["options"].dump());
      for (std::size_t t = 0; t < run["steps"].size() && !HasFailure(); ++t)
        expect_step(group, model, run["steps"][t], fmt::format("{}, step {}", name, t));
      expect_bank(lanes, model, run["final_ga"], run["final_gb"], name);
      const BasisGroup::Tally& tally = group.tally();
      EXPECT_EQ(tally.wins, run["win_counts"].get<std::vector<std::size_t>>()) << name;
      EXPECT_EQ(tally.cycle_lengths, run["cycle_lengths"].get<std::vector<std::size_t>>()) << name;
      EXPECT_EQ(tally.cycle_lengths.size(), run["cycles"].get<std::size_t>()) << name;
      EXPECT_EQ(tally.corrections, run["n_instructions"].get<std::size_t>()) << name;
      EXPECT_EQ(tally.utilization(), run["utilization"].get<double>()) << name;
      EXPECT_NEAR(tally.winner_entropy(), run["winner_entropy"].get<double>(), 1e-12) << name;
    }
  }
}

TEST(KtramRoutinesGolden, BasisEncodersEmitTheSameTuples) {
  FOR_EACH_FILE("basis_adapt", file) {
    const json data = golden_json(file);
    if (!data.contains("bank")) continue;
    const json& bank = data["bank"];
    const auto model = emulated_model(bank["model"]);
    json params = bank;
    params["spaces_per_lane"] = bank["space_sizes"].size();
    std::vector<std::vector<KtramLane>> lanes;
    std::vector<BasisGroup> groups;
    for (const json& state : bank["init_state"]) lanes.push_back(bank_of(params, model, state[0], state[1]));
    for (auto& group : lanes) groups.emplace_back(group, BasisGroup::Options{});
    BasisEncoder encoder(std::move(groups));
    for (std::size_t t = 0; t < bank["aats"].size() && !HasFailure(); ++t)
      EXPECT_EQ(encoder.adapt(internal::tuple_of(bank["aats"][t], 0, bank["space_sizes"].size())),
                bank["adapt_out"][t].get<std::vector<Address>>())
          << file << " tuple " << t;
    for (std::size_t t = 0; t < bank["read_out_first20"].size(); ++t)
      EXPECT_EQ(encoder.read(internal::tuple_of(bank["aats"][t], 0, bank["space_sizes"].size())),
                bank["read_out_first20"][t].get<std::vector<Address>>())
          << file << " tuple " << t;
    for (std::size_t g = 0; g < lanes.size(); ++g)
      expect_bank(lanes[g], model, bank["final_state"][g][0], bank["final_state"][g][1], file.string());
  }
}

/// The tuple of a string of digits.
std::vector<Address> tuple_of_digits(const std::string& digits) {
  std::vector<Address> tuple;
  for (const char digit : digits) tuple.push_back(digit - '0');
  return tuple;
}

/// CRC-32 (ISO 3309) of all bytes of a bank: lane, space, the addresses of a, those of b.
std::uint32_t checksum_of(const std::vector<KtramLane>& lanes, const EmulatedModel& model) {
  std::uint32_t crc = 0xFFFFFFFF;
  const auto add = [&](const Specimen& memristor) {
    crc ^= static_cast<std::uint8_t>(std::lround(model.conductance(memristor)));
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  };
  for (const KtramLane& lane : lanes)
    for (std::size_t space = 0; space < lane.spaces(); ++space) {
      for (std::size_t k = 0; k < lane.addresses(); ++k) add(lane.a(space, k));
      for (std::size_t k = 0; k < lane.addresses(); ++k) add(lane.b(space, k));
    }
  return ~crc;
}

/// States written as hexadecimal bytes, [lane * spaces + space] of the addresses.
json bytes_of(const json& hex, std::size_t lanes, std::size_t spaces) {
  json state = json::array();
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    json rows = json::array();
    for (std::size_t space = 0; space < spaces; ++space) {
      const std::string text = hex[lane * spaces + space];
      json row = json::array();
      for (std::size_t i = 0; i + 1 < text.size(); i += 2) row.push_back(std::stoi(text.substr(i, 2), nullptr, 16));
      rows.push_back(row);
    }
    state.push_back(rows);
  }
  return state;
}

/// How a test set is answered by a bank.
std::vector<std::uint32_t> answers(std::span<KtramLane> lanes, const json& tuples) {
  std::vector<std::uint32_t> predicted;
  for (const json& tuple : tuples) predicted.push_back(winner_of(class_scores(lanes, tuple_of_digits(tuple))));
  return predicted;
}

TEST(KtramRoutinesGolden, LaneClassifierLearnsTheSameWeightsEpochByEpoch) {
  FOR_EACH_FILE("digits_lane_classifier", file) {
    const json data = golden_json(file);
    const auto model = emulated_model(data["params"]["model"]);
    const std::size_t count = data["params"]["num_lanes"], spaces = data["params"]["spaces_per_lane"];
    auto lanes = bank_of(data["params"], model, bytes_of(data["init_ga_hex"], count, spaces),
                         bytes_of(data["init_gb_hex"], count, spaces));
    EXPECT_EQ(checksum_of(lanes, model), data["crc_init"].get<std::uint32_t>()) << file;
    const std::string labels = data["train_labels"], test_labels = data["test_labels"];
    std::vector<std::uint32_t> predicted;
    for (std::size_t epoch = 0; epoch < data["orders"].size(); ++epoch) {
      for (const std::size_t i : data["orders"][epoch].get<std::vector<std::size_t>>())
        classify_and_correct(lanes, tuple_of_digits(data["train_aats"][i]),
                             static_cast<std::uint32_t>(labels[i] - '0'));
      EXPECT_EQ(checksum_of(lanes, model), data["crc_after_epoch"][epoch].get<std::uint32_t>()) << file << epoch;
      predicted = answers(lanes, data["test_aats"]);
      std::size_t right = 0;
      for (std::size_t i = 0; i < predicted.size(); ++i)
        right += predicted[i] == static_cast<std::uint32_t>(test_labels[i] - '0') ? 1 : 0;
      EXPECT_EQ(static_cast<double>(right) / static_cast<double>(predicted.size()),
                data["test_accuracy_after_epoch"][epoch].get<double>())
          << file << epoch;
    }
    EXPECT_EQ(predicted, lanes_of(data["predictions"])) << file;
    for (std::size_t i = 0; i < data["scores_first20"].size(); ++i)
      EXPECT_EQ(class_scores(lanes, tuple_of_digits(data["test_aats"][i])),
                data["scores_first20"][i].get<std::vector<double>>())
          << file << i;
  }
}

}  // namespace
}  // namespace assimilaate
