#pragma once
/// Numbers of a few bits in a row of bytes, least significant bit first.

#include <cstdint>
#include <span>
#include <vector>

namespace assimilaate::internal {

[[nodiscard]] constexpr std::size_t bytes_of(std::size_t bits) { return (bits + 7) / 8; }

/// Appends values of a few bits, at most 32.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) : out_(out) {}
  void put(std::uint32_t value, unsigned bits) {
    pending_ |= std::uint64_t{value} << count_;
    for (count_ += bits; count_ >= 8; count_ -= 8, pending_ >>= 8) out_.push_back(static_cast<std::byte>(pending_));
  }
  void pad() {
    if (count_ > 0) out_.push_back(static_cast<std::byte>(pending_));
    pending_ = 0;
    count_ = 0;
  }

 private:
  std::vector<std::byte>& out_;
  std::uint64_t pending_ = 0;
  unsigned count_ = 0;
};

/// Takes them back; the bytes must be long enough.
class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint32_t get(unsigned bits) {
    for (; count_ < bits; count_ += 8) pending_ |= std::to_integer<std::uint64_t>(bytes_[next_++]) << count_;
    const auto value = static_cast<std::uint32_t>(pending_ & ((std::uint64_t{1} << bits) - 1));
    pending_ >>= bits;
    count_ -= bits;
    return value;
  }
  [[nodiscard]] bool padding_is_zero() const { return pending_ == 0; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t next_ = 0;
  std::uint64_t pending_ = 0;
  unsigned count_ = 0;
};

}  // namespace assimilaate::internal
