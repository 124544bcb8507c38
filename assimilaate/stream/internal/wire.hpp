#pragma once
/// Protobuf messages of plain fields, written and read by one list of them. `stream.proto` says what they are.
///
/// A message names its fields in `template <typename Visit> void fields(Visit visit)`, `visit(number, member)` for each
/// in the order of their numbers. Members are bool, unsigned and enumerations (varint), std::int32_t (sint32),
/// std::int64_t (int64), arrays of 4 bytes (fixed32), bytes, and vectors of unsigned (packed) or of bytes. Values of
/// zero are not written.

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace assimilaate::internal {

template <typename T>
inline constexpr bool is_vector = false;
template <typename T>
inline constexpr bool is_vector<std::vector<T>> = true;

class WireWriter {
 public:
  template <typename T>
  void operator()(std::uint32_t number, const T& value) {
    if constexpr (std::is_same_v<T, std::vector<std::byte>>) {
      if (!value.empty()) put_bytes(number, value);
    } else if constexpr (std::is_same_v<T, std::vector<std::vector<std::byte>>>) {
      for (const auto& item : value) put_bytes(number, item);
    } else if constexpr (std::is_same_v<T, std::array<std::byte, 4>>) {
      if (value == T{}) return;
      varint(number << 3U | 5U);
      bytes_.insert(bytes_.end(), value.begin(), value.end());
    } else if constexpr (is_vector<T>) {
      if (value.empty()) return;
      WireWriter list;
      for (const auto item : value) list.varint(item);
      put_bytes(number, list.bytes_);
    } else if (value != T{}) {
      varint(number << 3U);
      varint(encode(value));
    }
  }
  [[nodiscard]] std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  /// Signed 32-bit numbers are sint32: zigzag; 64-bit ones are int64.
  template <typename T>
  static std::uint64_t encode(T value) {
    if constexpr (std::is_same_v<T, std::int32_t>)
      return (static_cast<std::uint32_t>(value) << 1U) ^ static_cast<std::uint32_t>(value >> 31);
    else
      return static_cast<std::uint64_t>(value);
  }
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) bytes_.push_back(static_cast<std::byte>(value | 128U));
    bytes_.push_back(static_cast<std::byte>(value));
  }
  void put_bytes(std::uint32_t number, std::span<const std::byte> value) {
    varint(number << 3U | 2U);
    varint(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }

  std::vector<std::byte> bytes_;
};

/// Walks over a message's fields; false once something is no message.
class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  struct Field {
    std::uint32_t number = 0, type = 0;
    std::uint64_t value = 0;
    std::span<const std::byte> bytes{};
  };
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::optional<Field> next() {
    std::uint64_t key = 0, length = 0;
    if (!varint(key) || key >> 3U == 0 || key >> 3U > 0x1fffffffU) return std::nullopt;
    Field field{.number = static_cast<std::uint32_t>(key >> 3U), .type = static_cast<std::uint32_t>(key & 7U)};
    if (field.type == 0) return varint(field.value) ? std::optional(field) : std::nullopt;
    if (field.type == 1)
      length = 8;
    else if (field.type == 5)
      length = 4;
    else if (field.type != 2 || !varint(length))
      return std::nullopt;
    if (length > rest_.size()) return std::nullopt;
    field.bytes = rest_.first(length);
    rest_ = rest_.subspan(length);
    return field;
  }
  [[nodiscard]] bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(rest_.front());
      rest_ = rest_.subspan(1);
      if (shift == 63 && byte > 1) return false;
      value |= (byte & 127U) << shift;
      if (byte < 128) return true;
    }
    return false;
  }

 private:
  std::span<const std::byte> rest_;
};

/// Put a field into the member it belongs to; false when it is no value of that kind.
template <typename T>
bool take_field(const WireReader::Field& field, T& member) {
  if constexpr (std::is_same_v<T, std::vector<std::byte>>) {
    member.assign(field.bytes.begin(), field.bytes.end());
    return field.type == 2;
  } else if constexpr (std::is_same_v<T, std::vector<std::vector<std::byte>>>) {
    member.emplace_back(field.bytes.begin(), field.bytes.end());
    return field.type == 2;
  } else if constexpr (std::is_same_v<T, std::array<std::byte, 4>>) {
    if (field.type == 5) std::memcpy(member.data(), field.bytes.data(), member.size());
    return field.type == 5;
  } else if constexpr (is_vector<T>) {
    using Item = typename T::value_type;
    const auto add = [&](std::uint64_t value) {
      member.push_back(static_cast<Item>(value));
      return value <= std::numeric_limits<Item>::max();
    };
    if (field.type == 0) return add(field.value);
    WireReader list(field.bytes);
    for (std::uint64_t value = 0; !list.at_end();)
      if (!list.varint(value) || !add(value)) return false;
    return field.type == 2;
  } else {
    if constexpr (std::is_same_v<T, std::int32_t>)
      member = static_cast<std::int32_t>(static_cast<std::uint32_t>(field.value >> 1U) ^
                                         (0U - static_cast<std::uint32_t>(field.value & 1U)));
    else
      member = static_cast<T>(field.value);
    if constexpr (std::is_same_v<T, std::int64_t>) return field.type == 0;
    return field.type == 0 && field.value <= (std::is_same_v<T, bool> ? 1U
                                              : sizeof(T) == 4        ? std::uint64_t{0xffffffffU}
                                                                      : UINT64_MAX);
  }
}

template <typename Message>
std::vector<std::byte> to_wire(Message message) {
  WireWriter writer;
  message.fields([&](std::uint32_t number, const auto& member) { writer(number, member); });
  return std::move(writer).take();
}

/// False when the bytes are no such message; unknown fields are ignored.
template <typename Message>
bool from_wire(std::span<const std::byte> bytes, Message& message) {
  WireReader reader(bytes);
  while (!reader.at_end()) {
    const auto field = reader.next();
    if (!field) return false;
    bool good = true;
    message.fields([&](std::uint32_t number, auto& member) {
      if (number == field->number) good = take_field(*field, member);
    });
    if (!good) return false;
  }
  return true;
}

}  // namespace assimilaate::internal
