/// What every organisation owes a bank, alone and inside every wrapper.
#include "assimilaate/assimilation/organisation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 5, .outputs = 2, .examples = 50, .held_out = 1, .bits_in = 3});
  return shared;
}

std::unique_ptr<Organisation> make(std::string_view text, const Settings& settings = {}) {
  return make_organisation(text, {map().input->shape(), map().input, {}}, settings);
}

/// The error that making `text` ends in.
Error refusal(std::string_view text, const Settings& settings = {}) {
  try {
    static_cast<void>(make(text, settings));
  } catch (const Error& e) {
    return e;
  }
  ADD_FAILURE() << "accepted " << text;
  return Error(Errc::Io, "");
}

class EveryOrganisation : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static std::unique_ptr<Organisation> organisation() { return make(GetParam()); }
  [[nodiscard]] static std::unique_ptr<Organisation> centred() {
    auto o = organisation();
    o->centre(map().examples.input);
    return o;
  }
};

TEST_P(EveryOrganisation, ReadsAndWritesItsRowsWithinMinusOneAndOne) {
  for (const bool learnt : {false, true}) {
    const auto o = learnt ? centred() : organisation();
    std::vector<float> drives(o->rows()), writes(o->rows());
    double energy = 0;
    for (std::size_t i = 0; i < map().examples.size(); ++i) {
      o->drive(map().examples.input[i], drives);
      o->teach(map().examples.input[i], writes);
      for (std::size_t r = 0; r < drives.size(); ++r) {
        ASSERT_LE(std::abs(drives[r]), 1.0F);
        ASSERT_LE(std::abs(writes[r]), 1.0F);
        energy += drives[r] * writes[r];
      }
    }
    EXPECT_GT(energy, 0);
  }
}

TEST_P(EveryOrganisation, SelectsTheRowsThatItDrives) {
  const auto o = centred();
  if (!o->selects()) return;
  std::vector<float> drives(o->rows());
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < map().examples.size(); ++i) {
    rows.clear();
    o->select(map().examples.input[i], rows);
    ASSERT_LE(rows.size(), map().input->shape().spaces() * o->copies());
    std::vector<float> selected(o->rows());
    for (const auto r : rows) selected.at(r) += 1;
    o->drive(map().examples.input[i], drives);
    ASSERT_EQ(drives, selected);
  }
}

TEST_P(EveryOrganisation, WritesWhatItReadsUnlessItSaysSo) {
  const auto o = centred();
  std::vector<float> drives(o->rows()), writes(o->rows());
  bool same = true;
  for (std::size_t i = 0; i < map().examples.size(); ++i) {
    o->drive(map().examples.input[i], drives);
    o->teach(map().examples.input[i], writes);
    same = same && drives == writes;
  }
  EXPECT_EQ(same, !o->spreads());
}

TEST_P(EveryOrganisation, LeavesTheRowsOfASilentSpaceAlone) {
  const auto o = centred();
  std::vector<Address> aat(map().input->shape().spaces(), 3);
  aat[2] = None;
  const auto [first, last] = o->rows_of(2);
  EXPECT_LT(first, last);
  for (const bool writes : {false, true}) {
    std::vector<float> drives(o->rows(), 9);
    if (writes)
      o->teach(aat, drives);
    else
      o->drive(aat, drives);
    for (std::uint32_t r = first; r < last; ++r) EXPECT_EQ(drives[r], 0);
  }
  if (!o->selects()) return;
  std::vector<std::uint32_t> rows;
  o->select(aat, rows);
  for (const auto r : rows) EXPECT_TRUE(r < first || r >= last);
}

TEST_P(EveryOrganisation, GivesEverySpaceItsOwnRowsInOrder) {
  const auto o = centred();
  std::uint32_t next = 0;
  for (std::size_t m = 0; m < map().input->shape().spaces(); ++m) {
    EXPECT_EQ(o->rows_of(m).first, next);
    next = o->rows_of(m).second;
  }
  EXPECT_LE(next, o->rows());
}

TEST_P(EveryOrganisation, PutsTheCopiesOfASynapseNextToEachOther) {
  const auto one = centred();
  const auto three = make("redundant:3/" + GetParam());
  three->centre(map().examples.input);
  EXPECT_EQ(three->copies(), 3 * one->copies());
  ASSERT_EQ(three->rows(), 3 * one->rows());
  std::vector<float> drives(one->rows()), copied(three->rows());
  for (const bool writes : {false, true}) {
    if (writes) {
      one->teach(map().examples.input[4], drives);
      three->teach(map().examples.input[4], copied);
    } else {
      one->drive(map().examples.input[4], drives);
      three->drive(map().examples.input[4], copied);
    }
    for (std::size_t r = 0; r < copied.size(); ++r) EXPECT_EQ(copied[r], drives[r / 3]) << r;
  }
}

TEST_P(EveryOrganisation, ComesBackFromItsTuning) {
  const auto tuned = centred(), other = organisation();
  other->set_tuning(tuned->tuning());
  EXPECT_EQ(other->tuning(), tuned->tuning());
  std::vector<float> a(tuned->rows()), b(tuned->rows());
  for (std::size_t i = 0; i < map().examples.size(); ++i) {
    tuned->drive(map().examples.input[i], a);
    other->drive(map().examples.input[i], b);
    EXPECT_EQ(a, b);
    tuned->teach(map().examples.input[i], a);
    other->teach(map().examples.input[i], b);
    EXPECT_EQ(a, b);
  }
}

TEST_P(EveryOrganisation, RefusesATuningThatItCannotHaveLearnt) {
  const auto refuses = [&](const std::vector<float>& numbers) {
    const auto o = organisation();
    try {
      o->set_tuning(numbers);
      ADD_FAILURE() << "accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Format) << e.what();
    }
  };
  const auto numbers = centred()->tuning();
  auto longer = numbers;
  longer.push_back(0);
  refuses(longer);
  if (numbers.empty()) return;
  refuses({numbers.begin(), numbers.end() - 1});
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      auto hostile = numbers;
      hostile[i] = bad;
      refuses(hostile);
    }
}

/// Every organisation alone, and every wrapper around every organisation.
std::vector<std::string> texts() {
  std::vector<std::string> all;
  for (const auto* kind : organisation_catalogue())
    if (kind->make != nullptr) all.emplace_back(kind->name);
  const std::size_t alone = all.size();
  for (const auto* kind : organisation_catalogue())
    if (kind->wrap != nullptr)
      for (std::size_t i = 0; i < alone; ++i) all.push_back(fmt::format("{}/{}", kind->name, all[i]));
  return all;
}

std::string test_name(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(Organisations, EveryOrganisation, testing::ValuesIn(texts()),
                         [](const auto& text) { return test_name(text.param); });

class EveryPlainOrganisation : public testing::TestWithParam<const OrganisationKind*> {};

TEST_P(EveryPlainOrganisation, TakesTheNumberOfItsCopiesBehindAColonOrAsASetting) {
  const std::string name(GetParam()->name);
  const auto one = make(name), colon = make(name + ":3"), setting = make(name, {{"copies", 3}});
  EXPECT_EQ(colon->copies(), 3U);
  EXPECT_EQ(setting->copies(), 3U);
  EXPECT_EQ(colon->rows(), 3 * one->rows());
  EXPECT_EQ(setting->rows(), 3 * one->rows());
  EXPECT_EQ(refusal(name + ":3", {{"copies", 3}}).code(), Errc::Usage);
}

TEST_P(EveryPlainOrganisation, RefusesCopiesOutOfRangeOrNotWhole) {
  for (const std::string_view number : {"0", "17", "-1", "two", "", "1.5", "2x", "nan", "inf", "99999999999999999999"})
    EXPECT_EQ(refusal(fmt::format("{}:{}", GetParam()->name, number)).code(), Errc::Usage) << number;
}

INSTANTIATE_TEST_SUITE_P(Organisations, EveryPlainOrganisation, testing::ValuesIn([] {
                           std::vector<const OrganisationKind*> plain;
                           for (const auto* kind : organisation_catalogue())
                             if (kind->make != nullptr) plain.push_back(kind);
                           return plain;
                         }()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(Organisation, IsNamedByWrappersEachBeforeASlash) {
  const auto o = make("redundant:3/redundant:2/graded:2", {});
  EXPECT_EQ(o->copies(), 12U);
  EXPECT_EQ(make("redundant/one_hot")->copies(), 2U);
  EXPECT_EQ(make("redundant:3/graded", {{"copies", 2}})->copies(), 6U);  // a setting is the organisation's own
}

TEST(Organisation, OfATextThatMeansNothingIsRefusedWithAWayOut) {
  for (const auto& [text, part] : {std::pair{"spiral:2", "unknown organisation 'spiral'"},
                                   {"", "unknown organisation ''"},
                                   {"redundant:2/", "unknown organisation ''"},
                                   {"/graded", "unknown organisation ''"},
                                   {"redundant:2", "name it behind a slash"},
                                   {"graded/one_hot", "wraps nothing"},
                                   {"redundant:two/graded", "'two' is not a number"},
                                   {"redundant:2.5/graded", "whole numbers"},
                                   {"redundant:2/graded:0.5", "copies = 0.5"}}) {
    const Error e = refusal(text);
    EXPECT_EQ(e.code(), Errc::Usage) << text;
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << text << ": " << e.what();
  }
  EXPECT_NE(std::string(refusal("redundant:2/one_hot", {{"spin", 1}}).what()).find("unknown setting 'spin'"),
            std::string::npos);
}

TEST(OneHot, SelectsTheRowOfEachAddress) {
  const auto o = make("one_hot");
  std::vector<std::uint32_t> rows;
  o->select(std::vector<Address>{0, 7, None, 1, 2}, rows);
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{0, 8 + 7, 24 + 1, 32 + 2}));
}

}  // namespace
}  // namespace assimilaate
