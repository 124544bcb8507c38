#include "assimilaate/aat/aat.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace assimilaate {
namespace {

std::string refusal(const auto& action, Errc code) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code);
    return e.what();
  }
  ADD_FAILURE() << "was accepted";
  return {};
}

TEST(Shape, IsWrittenInRuns) {
  EXPECT_EQ(Shape(64, 16).text(), "64x16");
  EXPECT_EQ(Shape({16, 16, 10}).text(), "2x16,1x10");
  EXPECT_EQ(Shape::parse("2x16,1x10"), Shape({16, 16, 10}));
  EXPECT_EQ(Shape::parse("1x16,1x16"), Shape(2, 16));
}

RC_GTEST_PROP(Shape, SurvivesTheWayThroughText, ()) {
  const auto addresses = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(2, Shape::max_addresses + 1)));
  const Shape shape(addresses);
  RC_ASSERT(Shape::parse(shape.text()) == shape);
}

RC_GTEST_PROP(Shape, ParsesOrRefusesAnyText, (const std::string& text)) {
  try {
    const Shape shape = Shape::parse(text);
    RC_ASSERT(Shape::parse(shape.text()) == shape);
  } catch (const Error& e) {
    RC_ASSERT(e.code() == Errc::Usage);
  }
}

TEST(Shape, RefusesTextThatIsNoShape) {
  for (const std::string_view text :
       {"", "x", "64", "64x", "x16", "64x16,", ",64x16", "64x16,,1x10", "0x16", "64x1", "64x65537", "65537x2",
        "40000x2,40000x2", "-1x16", "64x16 ", "64X16", "6 4x16", "99999999999999999999x2", "2x99999999999999999999"})
    EXPECT_NE(refusal([&] { (void)Shape::parse(text); }, Errc::Usage), "") << text;
}

TEST(Shape, RefusesSizesOutOfRangeAndNamesThem) {
  EXPECT_EQ(refusal([] { (void)Shape({4, 1, 4}); }, Errc::Usage), "space 1 has 1 addresses (2 to 65536 are possible)");
  EXPECT_EQ(refusal([] { (void)Shape(0, 4); }, Errc::Usage), "a shape of 0 spaces (1 to 65536 are possible)");
  EXPECT_NE(refusal([] { (void)Shape(std::size_t{1} << 40, 4); }, Errc::Usage), "");
}

TEST(Shape, CountsTheBitsOfAPackedTuple) {
  EXPECT_EQ(address_bits(2), 1U);
  EXPECT_EQ(address_bits(3), 2U);
  EXPECT_EQ(address_bits(16), 4U);
  EXPECT_EQ(address_bits(17), 5U);
  EXPECT_EQ(address_bits(65'536), 16U);
  EXPECT_EQ(Shape::parse("64x16,1x10").bits(), 64U * 4 + 4);
}

TEST(AatBlock, BeginsSilent) {
  const AatBlock block(Shape(3, 4), 2);
  EXPECT_EQ(block.size(), 2U);
  for (const Address a : block[1]) EXPECT_EQ(a, None);
}

TEST(CheckAddresses, RefusesAnAddressOutsideItsCodebookAndSaysWhere) {
  AatBlock block(Shape::parse("1x4,1x8"), 2);
  block.entries(0, 0) = 3;
  block.entries(1, 1) = 7;
  check_addresses(block.shape, block.entries.view());
  block.entries(1, 0) = 4;
  const auto check = [&] { check_addresses(block.shape, block.entries.view()); };
  EXPECT_EQ(refusal(check, Errc::Format), "tuple 1: address 4 in space 0, codebook has 4 (wrong stream?)");
  block.entries(1, 0) = -2;
  EXPECT_NE(refusal(check, Errc::Format), "");
  EXPECT_NE(refusal([&] { check_addresses(Shape(3, 4), block.entries.view()); }, Errc::Mismatch), "");
}

}  // namespace
}  // namespace assimilaate
