#include "assimilaate/stream/stream_id.hpp"

namespace assimilaate {

std::optional<StreamId> parse_stream_id(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  StreamId id{};
  if (text.size() != 2 * id.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = digits.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    id[i / 2] = (id[i / 2] << 4) | static_cast<std::byte>(digit);
  }
  return id;
}

}  // namespace assimilaate
