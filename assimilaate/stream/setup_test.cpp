#include "assimilaate/stream/setup.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "assimilaate/stream/internal/drawn_hash.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;

Descriptor drawn_descriptor() {
  Descriptor d;
  d.name = "d" + *rc::gen::string<std::string>().as("name");
  std::erase_if(d.name,
                [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e; });
  d.name.resize(std::min<std::size_t>(d.name.size(), 256));
  d.teacher = internal::drawn_hash<Digest>();
  const auto count = *rc::gen::inRange<std::uint32_t>(2, 8);
  for (std::uint32_t b = 0; b < count; ++b) {
    const auto sizes =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(2, 65'537)));
    d.boundaries.push_back({"b" + std::to_string(b), Shape(sizes), internal::drawn_hash<Digest>()});
    if (b > 0) d.transforms.push_back({"t" + std::to_string(b), {b - 1, 0}, b});
  }
  return d;
}

RC_GTEST_PROP(Setup, ComesBackAsItWasWritten, ()) {
  const auto descriptor = drawn_descriptor();
  const auto setup = parse_setup(write_setup(descriptor));
  RC_ASSERT(setup.has_value());
  RC_ASSERT(setup->descriptor == descriptor);
  RC_ASSERT(setup->stream == stream_id(descriptor));
}

RC_GTEST_PROP(Setup, TakesAnyBytesWithoutHarm, ()) {
  auto body = write_setup(internal::small_descriptor());
  for (int i = 0; i < 3; ++i)
    body[*rc::gen::inRange<std::size_t>(0, body.size())] = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  const auto setup = parse_setup(body);
  if (!setup.has_value()) RC_ASSERT(setup.error().code() == Errc::Format);
}

TEST(Setup, RefusesToBeCutShort) {
  const auto body = write_setup(internal::small_descriptor());
  for (std::size_t length = 0; length < body.size(); ++length)
    EXPECT_FALSE(parse_setup(std::span(body).first(length)).has_value()) << length;
}

TEST(Setup, RefusesAShapeThatWouldNotFitIntoMemory) {
  auto descriptor = internal::small_descriptor();
  const auto good = write_descriptor(descriptor);
  const std::vector<std::byte> run{std::byte{0x12}, std::byte{0x04}, std::byte{0x08},
                                   std::byte{0x05}};  // spaces { n: 5 ...
  const auto at = std::ranges::search(good, run).begin() - good.begin();
  std::vector<std::byte> bad(good.begin(), good.begin() + at);
  // spaces { n: 4294967295 k: 16 } grows the boundary by four bytes
  for (const int b : {0x12, 0x08, 0x08, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x10, 0x10})
    bad.push_back(static_cast<std::byte>(b));
  bad.insert(bad.end(), good.begin() + at + 6, good.end());
  const auto length_at = bad.begin() + at - 1 - 7;  // behind it: the name "input" with tag and length
  *length_at = static_cast<std::byte>(std::to_integer<int>(*length_at) + 4);
  const auto parsed = parse_descriptor(bad);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_NE(std::string(parsed.error().what()).find("more than 65536 spaces"), std::string::npos)
      << parsed.error().what();
}

TEST(Descriptor, IsRefusedWithItsReason) {
  const auto refused = [](auto change) {
    auto descriptor = internal::small_descriptor();
    change(descriptor);
    return error_of([&] { (void)write_descriptor(descriptor); }, Errc::Usage);
  };
  EXPECT_NE(refused([](Descriptor& d) { d.boundaries.resize(1); }).find("1 boundaries"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.boundaries.resize(65, d.boundaries[0]); }).find("65 boundaries"),
            std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.boundaries[1].shape = {}; }).find("no spaces"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.boundaries[1].shape = Shape(65'531, 2); }).find("65536"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.name = ""; }).find("name of a stream"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.transforms[0].name = "a\nb"; }).find("name of a transform"),
            std::string::npos);
  for (const char* name : {"\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc2\x85"})
    EXPECT_NE(refused([&](Descriptor& d) { d.boundaries[0].name = name; }).find("name of a boundary"),
              std::string::npos);
  EXPECT_EQ(refused([](Descriptor& d) {
              d.name =
                  "M\xc3\xb6"
                  "bius \xe2\x86\x92 \xf0\x9f\xa7\xa0";
            }),
            "");
  EXPECT_NE(refused([](Descriptor& d) { d.transforms[0].inputs = {3}; }).find("'first'"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.transforms[0].inputs.clear(); }).find("'first'"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.transforms[1].output = 9; }).find("'second'"), std::string::npos);
  EXPECT_NE(refused([](Descriptor& d) { d.transforms.clear(); }).find("no transforms"), std::string::npos);
}

TEST(Descriptor, FindsATransformByItsName) {
  const auto descriptor = internal::small_descriptor();
  EXPECT_EQ(descriptor.transform("second"), 1U);
  EXPECT_NE(error_of([&] { (void)descriptor.transform("third"); }, Errc::Usage).find("first, second"),
            std::string::npos);
}

}  // namespace
}  // namespace assimilaate
