#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 8, .outputs = 6, .examples = 60, .held_out = 100, .bits_in = 3});
  return shared;
}

std::unique_ptr<Organisation> make(std::string_view text) {
  auto o = make_organisation(text, {map().input->shape(), map().input, {}});
  o->centre(map().examples.input);
  return o;
}

TEST(Gram, LetsExamplesReachEachOtherAsFarAsGradedLinesDo) {
  const auto gram = make("gram"), graded = make("graded");
  std::vector<float> writes(gram->rows()), a(graded->rows()), b(graded->rows());
  std::vector<std::uint32_t> reads;
  double ratio = 0;
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j) {
      gram->teach(map().examples.input[i], writes);
      reads.clear();
      gram->select(map().examples.input[j], reads);
      double said = 0;
      for (const auto r : reads) said += writes[r];
      graded->drive(map().examples.input[i], a);
      graded->drive(map().examples.input[j], b);
      const double meant = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
      if (i == 0 && j == 0) ratio = said / meant;
      EXPECT_NEAR(said, ratio * meant, 1e-4) << i << ' ' << j;  // floats, sums of 8 numbers of at most 1
    }
}

TEST(Gram, WritesTheAddressThatFiredHardestAndAnUnlikeOneTheOtherWay) {
  const auto o = make("gram");
  std::vector<float> writes(o->rows());
  o->teach(std::vector<Address>(8, 7), writes);
  for (std::size_t m = 0; m < 8; ++m) {
    EXPECT_GT(writes[8 * m + 7], 0);
    EXPECT_LT(writes[8 * m], 0);
    for (std::size_t k = 0; k < 7; ++k) EXPECT_LT(writes[8 * m + k], writes[8 * m + k + 1]);
  }
}

TEST(Gram, LearnsWhatGradedLinesLearn) {
  // On ideal memristors the two are one algorithm.
  const auto learnt = [](std::string_view organisation) {
    Profile profile = test::profile_of("float");
    profile.organisation = organisation;
    LaneBank bank({"map", map().input, map().output, {}, 0}, profile);
    StoredExamples source(map().examples);
    static_cast<void>(assimilate(bank, source, {}, {.passes = 10}));
    Events events;
    return bank.outputs(map().held_out.inputs().entries.view(), 0, events);
  };
  const auto gram = learnt("gram"), graded = learnt("graded");
  double error = 0, square = 0;
  for (std::size_t i = 0; i < gram.size(); ++i) {
    error += std::pow(gram.values()[i] - graded.values()[i], 2);
    square += std::pow(graded.values()[i] - 1, 2);
  }
  // The eight synapses that an AAT selects have other sums Ga + Gb than the mean of all, by some hundredths: fresh ones
  // are spread so. The ratio of graded lines is over all of them.
  EXPECT_LT(error / square, 2e-3);
}

TEST(Gram, RefusesAddressesWithoutAMetric) {
  const auto codec = test::addresses(3, 4);
  EXPECT_THROW(static_cast<void>(make_organisation("gram", {codec->shape(), codec, {}})), Error);
}

}  // namespace
}  // namespace assimilaate
