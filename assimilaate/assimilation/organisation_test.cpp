#include "assimilaate/assimilation/organisation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 5, .outputs = 2, .examples = 50, .held_out = 1, .bits_in = 3});
  return shared;
}

std::unique_ptr<Organisation> make(std::string_view text, const Glue& glue = {}) {
  return make_organisation(text, {map().input->shape(), map().input, glue});
}

class EveryOrganisation : public testing::TestWithParam<const OrganisationKind*> {
 protected:
  [[nodiscard]] std::unique_ptr<Organisation> organisation(int copies = 1) const {
    return make(fmt::format("{}:{}", GetParam()->name, copies));
  }
};

TEST_P(EveryOrganisation, DrivesItsRowsWithinMinusOneAndOne) {
  for (const bool centred : {false, true}) {
    const auto o = organisation();
    if (centred) o->centre(map().examples.input);
    std::vector<float> drives(o->rows());
    double energy = 0;
    for (std::size_t i = 0; i < map().examples.size(); ++i) {
      if (o->selects())
        for (std::vector<std::uint32_t> rows; rows.empty();) {
          o->select(map().examples.input[i], rows);
          ASSERT_EQ(rows.size(), map().input->shape().spaces());
          for (const auto r : rows) ASSERT_LT(r, o->rows());
        }
      o->drive(map().examples.input[i], drives);
      for (const float g : drives) {
        ASSERT_LE(std::abs(g), 1.0F);
        energy += g * g;
      }
    }
    EXPECT_GT(energy, 0);
  }
}

TEST_P(EveryOrganisation, LeavesTheRowsOfASilentSpaceAlone) {
  const auto o = organisation(2);
  o->centre(map().examples.input);
  std::vector<Address> aat(map().input->shape().spaces(), 3);
  aat[2] = None;
  std::vector<float> drives(o->rows(), 9);
  o->drive(aat, drives);
  const auto [first, last] = o->rows_of(2);
  EXPECT_LT(first, last);
  for (std::uint32_t r = first; r < last; ++r) EXPECT_EQ(drives[r], 0);
  if (!o->selects()) return;
  std::vector<std::uint32_t> rows;
  o->select(aat, rows);
  for (const auto r : rows) EXPECT_TRUE(r < first || r >= last);
}

TEST_P(EveryOrganisation, GivesEverySpaceItsOwnRowsInOrder) {
  const auto o = organisation(3);
  std::uint32_t next = 0;
  for (std::size_t m = 0; m < map().input->shape().spaces(); ++m) {
    EXPECT_EQ(o->rows_of(m).first, next);
    next = o->rows_of(m).second;
  }
  EXPECT_LE(next, o->rows());
}

TEST_P(EveryOrganisation, PutsTheCopiesOfASynapseNextToEachOther) {
  const auto one = organisation(1), three = organisation(3);
  EXPECT_EQ(three->copies(), 3U);
  ASSERT_EQ(three->rows(), 3 * one->rows());
  for (const auto* o : {&one, &three}) (*o)->centre(map().examples.input);
  std::vector<float> drives(one->rows()), copied(three->rows());
  one->drive(map().examples.input[4], drives);
  three->drive(map().examples.input[4], copied);
  for (std::size_t r = 0; r < copied.size(); ++r) EXPECT_EQ(copied[r], drives[r / 3]) << r;
}

TEST_P(EveryOrganisation, ComesBackFromItsTuning) {
  const auto tuned = organisation(), other = organisation();
  tuned->centre(map().examples.input);
  other->set_tuning(tuned->tuning());
  EXPECT_EQ(other->tuning(), tuned->tuning());
  std::vector<float> a(tuned->rows()), b(tuned->rows());
  tuned->drive(map().examples.input[7], a);
  other->drive(map().examples.input[7], b);
  EXPECT_EQ(a, b);
}

TEST_P(EveryOrganisation, RefusesATuningOfAnotherLength) {
  const auto o = organisation();
  auto numbers = o->tuning();
  numbers.push_back(0);
  EXPECT_THROW(o->set_tuning(numbers), Error);
}

TEST_P(EveryOrganisation, RefusesCopiesOutOfRangeOrNotWhole) {
  for (const std::string_view number : {"0", "17", "-1", "two", "", "1.5", "2x", "99999999999999999999"}) try {
      static_cast<void>(make(fmt::format("{}:{}", GetParam()->name, number)));
      ADD_FAILURE() << "accepted " << number;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Usage) << e.what();
    }
}

INSTANTIATE_TEST_SUITE_P(Organisations, EveryOrganisation,
                         testing::ValuesIn(organisation_catalogue().begin(), organisation_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(Organisation, OfAnUnknownNameIsRefused) { EXPECT_THROW(static_cast<void>(make("spiral:2")), Error); }

TEST(OneHot, SelectsTheRowOfEachAddress) {
  const auto o = make("one_hot");
  std::vector<std::uint32_t> rows;
  o->select(std::vector<Address>{0, 7, None, 1, 2}, rows);
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{0, 8 + 7, 24 + 1, 32 + 2}));
}

}  // namespace
}  // namespace assimilaate
