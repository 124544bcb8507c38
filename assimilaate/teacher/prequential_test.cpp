#include "assimilaate/teacher/prequential.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

struct Records {
  std::vector<CodecPtr> codecs;
  std::vector<AatBlock> blocks;
};

/// n records of y = W x, 12 inputs of rank 3 and 20 outputs; or, when `related` is false, y of other records.
Records records(std::size_t n, bool related) {
  const Random random(4, 0);
  Matrix<float> x(n, 12), y(n, 20);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      const double z = random.normal(Purpose::Init, i, k), other = random.normal(Purpose::Init, i, 7 + k);
      for (std::size_t d = 0; d < 12; ++d) x(i, d) += static_cast<float>(z * random.normal(Purpose::Codec, d, k));
      for (std::size_t o = 0; o < 20; ++o)
        y(i, o) += static_cast<float>((related ? z : other) * random.normal(Purpose::Dither, o, k));
    }
  Records r;
  for (const auto* values : {&x, &y}) {
    r.codecs.push_back(fit_codec("grid", values->view(), {{"bits", 5}}, 1));
    r.blocks.emplace_back(r.codecs.back()->shape(), n);
    r.codecs.back()->encode(values->view(), r.blocks.back().entries.view());
  }
  return r;
}

TEST(Prequential, AStudentWhoKnowsTheTransformLeavesLittleToSay) {
  const Records r = records(300, true);
  const std::vector<std::vector<std::function<float(float)>>> glue(1);
  const auto bits = record_bits(r.blocks, r.codecs, glue);
  EXPECT_EQ(bits.packed[0], 300 * 12 * 5);
  EXPECT_EQ(bits.packed[1], 300 * 20 * 5);
  // Lloyd's levels are used almost evenly: nothing to gain, and some per cent to learn that.
  EXPECT_LT(bits.adaptive[1], 1.03 * bits.packed[1]);
  EXPECT_EQ(bits.prequential[0], bits.adaptive[0]);
  EXPECT_LT(bits.prequential[1], 0.5 * bits.adaptive[1]);
}

TEST(Prequential, NothingIsSavedWhereNothingCanBeExpected) {
  const Records r = records(300, false);
  const std::vector<std::vector<std::function<float(float)>>> glue(1);
  const auto bits = record_bits(r.blocks, r.codecs, glue);
  EXPECT_GT(bits.prequential[1], 0.95 * bits.adaptive[1]);
}

TEST(Prequential, RefusesBoundariesWithoutCodecs) {
  const Records r = records(20, true);
  const std::vector<std::vector<std::function<float(float)>>> none;
  EXPECT_THROW(static_cast<void>(record_bits(r.blocks, r.codecs, none)), Error);
}

}  // namespace
}  // namespace assimilaate
