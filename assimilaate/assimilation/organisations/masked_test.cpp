#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 6, .outputs = 2, .examples = 100, .held_out = 1, .bits_in = 3});
  return shared;
}

/// Inputs whose spaces 1 and 4 never move, and whose space 2 moves between neighbours only.
AatBlock still() {
  AatBlock inputs = map().examples.input;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs.entries(i, 1) = inputs.entries(i, 4) = 6;
    inputs.entries(i, 2) = i % 2 == 0 ? 3 : 4;
  }
  return inputs;
}

std::unique_ptr<Organisation> make(std::string_view text) {
  auto o = make_organisation(text, {map().input->shape(), map().input, {}});
  o->centre(still());
  return o;
}

TEST(Masked, LeavesOpenTheLinesThatMoveLeast) {
  const auto o = make("masked:0.7/graded"), whole = make("graded");
  EXPECT_EQ(whole->rows(), 7U);
  ASSERT_EQ(o->rows(), 5U);  // .7 of 7, and what it takes to make it whole
  std::vector<float> drives(5), all(7);
  for (std::size_t i = 0; i < 20; ++i) {
    o->drive(map().examples.input[i], drives);
    whole->drive(map().examples.input[i], all);
    EXPECT_EQ(drives, (std::vector<float>{all[0], all[2], all[3], all[5], all[6]}));
  }
}

TEST(Masked, KeepsTheLineThatIsAlwaysDrivenToTheEnd) {
  const auto o = make("masked:0.01/graded");
  ASSERT_EQ(o->rows(), 1U);
  std::vector<float> drives(1);
  o->drive(map().examples.input[0], drives);
  EXPECT_GT(drives[0], 0);
  for (std::size_t m = 0; m < 6; ++m) EXPECT_EQ(o->rows_of(m).first, o->rows_of(m).second);
}

TEST(Masked, KeepsTheCopiesOfALineTogether) {
  const auto o = make("masked:0.5/graded:2");
  EXPECT_EQ(o->rows(), 8U);  // four lines of seven
  EXPECT_EQ(o->copies(), 2U);
  std::vector<float> drives(8);
  o->drive(map().examples.input[3], drives);
  for (std::size_t r = 0; r < 8; r += 2) EXPECT_EQ(drives[r], drives[r + 1]);
}

TEST(Masked, DoesNotSelectWhatItLeavesOpen) {
  const auto o = make("masked:0.55/one_hot");
  ASSERT_EQ(o->rows(), 27U);  // the 26 addresses that come and go, and one that does not
  std::vector<std::uint32_t> rows;
  o->select(std::vector<Address>{0, 5, 3, 0, 6, 0}, rows);
  EXPECT_EQ(rows.size(), 4U);  // an address that is never or always there says nothing
  for (const auto r : rows) EXPECT_LT(r, 27U);
}

TEST(Masked, OfAllRowsIsTheOrganisationInside) {
  const auto o = make("masked:1/gram"), whole = make("gram");
  ASSERT_EQ(o->rows(), whole->rows());
  std::vector<float> one(o->rows()), other(o->rows());
  o->teach(map().examples.input[5], one);
  whole->teach(map().examples.input[5], other);
  EXPECT_EQ(one, other);
}

TEST(Masked, RefusesSharesOutOfRange) {
  for (const std::string_view share : {"0", "-0.5", "1.1", "nan"})
    EXPECT_THROW(static_cast<void>(make(fmt::format("masked:{}/graded", share))), Error) << share;
}

TEST(Masked, RefusesLinesThatAreNotThereOrNotInOrder) {
  const auto good = make("masked:0.5/graded")->tuning();
  for (const auto& [place, line] :
       {std::pair{0U, -1.0F}, {3U, 7.0F}, {1U, good[0]}, {1U, good[2]}, {0U, 0.5F}, {3U, 1e30F}}) {
    auto hostile = good;
    hostile[place] = line;
    const auto o = make("masked:0.5/graded");
    EXPECT_THROW(o->set_tuning(hostile), Error) << place << ' ' << line;
    EXPECT_EQ(o->tuning(), good);  // as it was
  }
}

TEST(Masked, MakesTheRatioOfWhatIsLeftLarger) {
  // Half of the lines never move. Without them the same weights make up twice the part of the conductance at the node.
  test::LinearMap half = map();
  half.examples.input = still();
  for (std::size_t i = 0; i < half.examples.size(); ++i) half.examples.input.entries(i, 2) = 6;
  const auto swing = [&](std::string_view organisation) {
    Profile profile = test::profile_of("float");
    profile.organisation = organisation;
    LaneBank bank({"map", map().input, map().output, {}, 0}, profile);
    StoredExamples source(half.examples);
    static_cast<void>(assimilate(bank, source, {}, {.passes = 20}));
    Events events;
    const auto said = bank.outputs(half.examples.input.entries.view(), 0, events);
    double square = 0;
    for (std::size_t i = 0; i < said.size(); ++i)
      square += std::pow((said.values()[i] - 1) / bank.full_scale(), 2) / static_cast<double>(said.size());
    return std::sqrt(square);
  };
  // Seven lines, four of them kept: the same weights, hence 7/4; what the three said of the mean goes to the last.
  EXPECT_NEAR(swing("masked:0.57/graded") / swing("graded"), 7.0 / 4, 0.1);
}

}  // namespace
}  // namespace assimilaate
