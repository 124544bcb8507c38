#include "assimilaate/core/digest.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace assimilaate {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// Expected values: Python's hashlib.blake2b(b"abc", digest_size=32 or 16) and the xxhsum tool.
TEST(Digest, KnowsTheHashOfAbc) {
  EXPECT_EQ(hex(blake2b_256(bytes_of("abc"))), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(hex(blake2b_128(bytes_of("abc"))), "cf4ab791c62b8d2b2109c90275287816");
  EXPECT_EQ(xxh32(bytes_of("abc")), 0x32d153ffU);
  EXPECT_EQ(xxh3(bytes_of("abc")), 0x78af5f94892f3950U);
}

TEST(Digest, KnowsTheHashOfNothing) {
  EXPECT_EQ(hex(blake2b_256({})), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(xxh32({}), 0x02cc5d05U);
  EXPECT_EQ(xxh3({}), 0x2d06800538d394c2U);
}

}  // namespace
}  // namespace assimilaate
