#pragma once
/// Little-endian bytes, written and read with every length checked.

#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

static_assert(std::endian::native == std::endian::little,
              "file formats are little-endian; add byte swaps to bytes.hpp");

/// Appends values to a growing buffer.
class ByteWriter {
 public:
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& value) { put_bytes(std::as_bytes(std::span(&value, 1))); }
  void put_bytes(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  /// Length (u64) and elements.
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  void put_array(std::span<const T> values) {
    put<std::uint64_t>(values.size());
    put_bytes(std::as_bytes(values));
  }
  void put_text(std::string_view text) { put_array(std::span(text.data(), text.size())); }
  [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// Takes values from a buffer. @throws Error{Format} naming `what` when the bytes end too soon.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::string_view what) : bytes_(bytes), what_(what) {}

  template <typename T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T get() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] std::vector<T> get_array() {
    const auto count = get<std::uint64_t>();
    if (count > bytes_.size() / sizeof(T))
      fail(Errc::Format, "{}: {} elements announced, {} bytes left (truncated or corrupt file)", what_, count,
           bytes_.size());
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), take(count * sizeof(T)).data(), count * sizeof(T));
    return values;
  }
  [[nodiscard]] std::string get_text() {
    const auto chars = get_array<char>();
    return {chars.begin(), chars.end()};
  }
  [[nodiscard]] std::span<const std::byte> take(std::size_t count) {
    if (count > bytes_.size())
      fail(Errc::Format, "{}: {} bytes wanted, {} left (truncated file)", what_, count, bytes_.size());
    const auto head = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return head;
  }
  [[nodiscard]] std::span<const std::byte> rest() const noexcept { return bytes_; }
  /// @throws Error{Format} when bytes are left over.
  void expect_end() const {
    if (!bytes_.empty()) fail(Errc::Format, "{}: {} bytes too many (corrupt file)", what_, bytes_.size());
  }

 private:
  std::span<const std::byte> bytes_;
  std::string what_;
};

}  // namespace assimilaate
