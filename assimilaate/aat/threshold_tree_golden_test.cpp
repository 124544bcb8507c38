/// The emulator's threshold trees (ktram-neural-core, A2D), file by file, to the last bit.

#include <gtest/gtest.h>

#include "assimilaate/aat/threshold_tree.hpp"
#include "assimilaate/core/internal/golden_files.hpp"

namespace assimilaate {
namespace {

using nlohmann::json;

/// A tree per dimension.
struct Trees {
  std::vector<ThresholdTree> trees;

  explicit Trees(const json& run, std::size_t dimensions) {
    const auto end = [&](const json& value, std::size_t d) {
      return value.is_array() ? value[d].get<double>() : value.get<double>();
    };
    for (std::size_t d = 0; d < dimensions; ++d)
      trees.emplace_back(run["bits"].get<unsigned>(), end(run["init_min"], d), end(run["init_max"], d));
  }
  [[nodiscard]] json thresholds() const {
    json all = json::array();
    for (const auto& tree : trees) all.push_back(tree.thresholds());
    return all;
  }
  [[nodiscard]] json codes(const json& data) const {
    json all = json::array();
    for (const json& row : data) {
      json codes = json::array();
      for (std::size_t d = 0; d < trees.size(); ++d) codes.push_back(trees[d].encode(row[d]));
      all.push_back(codes);
    }
    return all;
  }
  /// One pass in that order. @return codes as they were decided
  json adapt(const json& data, const json& order, double rate) {
    json all = json::array();
    for (const std::size_t i : order.get<std::vector<std::size_t>>()) {
      json codes = json::array();
      for (std::size_t d = 0; d < trees.size(); ++d) codes.push_back(trees[d].adapt(data[i][d], rate));
      all.push_back(codes);
    }
    return all;
  }
};

TEST(ThresholdTreeGolden, DecidesAndAdaptsAsTheEmulator) {
  const auto files = internal::golden_files("a2d");
  if (files.empty()) GTEST_SKIP() << "no a2d files in " << internal::golden_folder();
  for (const auto& file : files) {
    const json read = internal::golden_json(file), &data = read["data"];
    for (const json& run : read["cases"]) {
      Trees trees(run, data[0].size());
      EXPECT_EQ(trees.thresholds(), run["thresholds_initial"]) << file;
      EXPECT_EQ(trees.codes(data), run["codes_initial"]) << file;
      EXPECT_EQ(trees.adapt(data, run["order"], run["l"]), run["adapt_codes_first_pass"]) << file;
      EXPECT_EQ(trees.thresholds(), run["thresholds_after_1_pass"]) << file;
      for (int pass = 1; pass < 5; ++pass) trees.adapt(data, run["order"], run["l"]);
      EXPECT_EQ(trees.thresholds(), run["thresholds_after_5_passes"]) << file;
      EXPECT_EQ(trees.codes(data), run["codes_after_5_passes"]) << file;
    }
    const ThresholdTree edge(3, 0, 1);
    for (const json& row : read["edge"]) EXPECT_EQ(edge.encode(row[0]), row[1].get<Address>()) << file << row;
  }
}

}  // namespace
}  // namespace assimilaate
