#include "assimilaate/aat/example.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace assimilaate {
namespace {

ExampleBlock block_of(std::size_t inputs, std::size_t outputs) {
  ExampleBlock block{AatBlock(Shape(2, 8), inputs), AatBlock(Shape(3, 8), outputs)};
  for (std::size_t i = 0; i < inputs; ++i) block.input.entries(i, 0) = static_cast<Address>(i);
  for (std::size_t i = 0; i < outputs; ++i) block.output.entries(i, 2) = static_cast<Address>(i);
  return block;
}

TEST(StoredExamples, YieldsAllInOrderAndThenNothing) {
  StoredExamples source(block_of(5, 5));
  Address expected = 0;
  for (const std::size_t size : {2U, 2U, 1U, 0U, 0U}) {
    const auto block = source.next(2);
    ASSERT_EQ(block.size(), size);
    for (std::size_t i = 0; i < size; ++i, ++expected) {
      EXPECT_EQ(block[i].input[0], expected);
      EXPECT_EQ(block[i].input[1], None);
      EXPECT_EQ(block[i].output[2], expected);
    }
  }
  EXPECT_EQ(source.input_shape(), Shape(2, 8));
  EXPECT_EQ(source.output_shape(), Shape(3, 8));
}

TEST(StoredExamples, RefusesInputsWithoutOutputs) { EXPECT_THROW(StoredExamples(block_of(2, 3)), Error); }

TEST(HeldOut, CannotBecomeTrainingMaterialByMistake) {
  static_assert(!std::is_convertible_v<HeldOut, ExampleBlock>);
  static_assert(!std::is_constructible_v<StoredExamples, HeldOut>);
  EXPECT_EQ(HeldOut(block_of(3, 3)).size(), 3U);
}

}  // namespace
}  // namespace assimilaate
