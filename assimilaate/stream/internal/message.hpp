#pragma once
/// Bytes <-> protobuf messages.

#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "assimilaate/core/error.hpp"

namespace assimilaate::internal {

inline std::vector<std::byte> to_bytes(const google::protobuf::MessageLite& message) {
  std::vector<std::byte> bytes(message.ByteSizeLong());
  message.SerializeToArray(bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

/// False when the bytes are no such message. They must be fewer than 2 GiB, as every body is.
inline bool from_bytes(std::span<const std::byte> bytes, google::protobuf::MessageLite& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

inline std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

inline std::string as_string(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Copies a hash out of a bytes field; false when it is not as long as one.
template <std::size_t N>
bool take_hash(const std::string& field, std::array<std::byte, N>& hash) {
  if (field.size() != N) return false;
  std::ranges::copy(as_bytes(field), hash.begin());
  return true;
}

}  // namespace assimilaate::internal
