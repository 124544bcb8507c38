#pragma once
/// The name of a stream: the BLAKE2b-128 of its descriptor's bytes, written as 32 lower-case hexadecimal digits.

#include <optional>
#include <string_view>

#include "assimilaate/core/digest.hpp"

namespace assimilaate {

using StreamId = ShortDigest;

/// The id that `text` writes, or nothing when it is not 32 lower-case hexadecimal digits.
[[nodiscard]] std::optional<StreamId> parse_stream_id(std::string_view text);

}  // namespace assimilaate
