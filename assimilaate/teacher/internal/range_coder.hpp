#pragma once
/// An adaptive binary range coder, the arithmetic of LZMA's (Pavlov; public domain) with finer probabilities.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assimilaate::internal {

/// Chance that the next bit is 0, learnt fast at first and slowly later.
struct BitModel {
  static constexpr unsigned digits = 15;
  static constexpr std::uint32_t least = 32;  // of 2^15: no bit costs more than 10 bits
  std::uint32_t zero = 1U << (digits - 1);
  std::uint32_t seen = 0;

  void learn(bool bit) {
    constexpr std::uint32_t slowest = 126;
    const std::uint32_t aim = bit ? least : (1U << digits) - least;
    const auto step = (static_cast<std::int32_t>(aim) - static_cast<std::int32_t>(zero)) * 2 /
                      static_cast<std::int32_t>(2 * seen + 3);
    zero = static_cast<std::uint32_t>(static_cast<std::int32_t>(zero) + step);
    if (seen < slowest) ++seen;
  }
};

class RangeEncoder {
 public:
  void put(bool bit, BitModel& model) {
    const std::uint32_t border = (range_ >> BitModel::digits) * model.zero;
    narrow(bit, border);
    model.learn(bit);
  }
  /// A bit of chance 1/2.
  void put_even(bool bit) { narrow(bit, range_ >> 1); }
  [[nodiscard]] std::vector<std::byte> finish() && {
    for (int i = 0; i < 5; ++i) shift();
    bytes_.erase(bytes_.begin());  // nothing is carried into the byte before the first: it is 0
    // Trailing zeros are what a reader finds behind the end.
    while (!bytes_.empty() && bytes_.back() == std::byte{0}) bytes_.pop_back();
    return std::move(bytes_);
  }

 private:
  void narrow(bool bit, std::uint32_t border) {
    if (bit) {
      low_ += border;
      range_ -= border;
    } else {
      range_ = border;
    }
    while (range_ < (1U << 24)) {
      range_ <<= 8;
      shift();
    }
  }
  void shift() {
    if (low_ < 0xFF000000U || low_ > 0xFFFFFFFFU) {
      const auto carry = static_cast<std::uint8_t>(low_ >> 32);
      for (bool first = true; pending_ > 0; --pending_, first = false)
        bytes_.push_back(static_cast<std::byte>((first ? cache_ : 0xFF) + carry));
      cache_ = static_cast<std::uint8_t>(low_ >> 24);
    }
    ++pending_;
    low_ = (low_ & 0x00FFFFFFU) << 8;
  }

  std::uint64_t low_ = 0, pending_ = 1;
  std::uint32_t range_ = 0xFFFFFFFFU;
  std::uint8_t cache_ = 0;
  std::vector<std::byte> bytes_;
};

class RangeDecoder {
 public:
  explicit RangeDecoder(std::span<const std::byte> bytes) : bytes_(bytes) {
    for (int i = 0; i < 4; ++i) code_ = (code_ << 8) | next();
  }
  [[nodiscard]] bool get(BitModel& model) {
    const bool bit = narrow((range_ >> BitModel::digits) * model.zero);
    model.learn(bit);
    return bit;
  }
  [[nodiscard]] bool get_even() { return narrow(range_ >> 1); }
  /// Bytes of the code that were not needed.
  [[nodiscard]] std::size_t left() const { return at_ < bytes_.size() ? bytes_.size() - at_ : 0; }

 private:
  bool narrow(std::uint32_t border) {
    const bool bit = code_ >= border;
    if (bit) {
      code_ -= border;
      range_ -= border;
    } else {
      range_ = border;
    }
    while (range_ < (1U << 24)) {
      range_ <<= 8;
      code_ = (code_ << 8) | next();
    }
    return bit;
  }
  std::uint8_t next() {
    const std::size_t at = at_++;
    return at < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at]) : std::uint8_t{0};
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::uint32_t range_ = 0xFFFFFFFFU, code_ = 0;
};

}  // namespace assimilaate::internal
