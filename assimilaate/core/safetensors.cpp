#include <nlohmann/json.hpp>

#include "assimilaate/core/internal/array_formats.hpp"

namespace assimilaate::internal {
namespace {

constexpr std::string_view metadata = "__metadata__";

std::string names_of(const nlohmann::json& header) {
  std::string names;
  for (const auto& [name, value] : header.items())
    if (name != metadata && names.size() < 500) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

std::string the_only_tensor(const nlohmann::json& header, std::string_view what) {
  std::string only;
  std::size_t count = 0;
  for (const auto& [name, value] : header.items())
    if (name != metadata) only = name, ++count;
  if (count != 1) fail(Errc::Usage, "{}: holds {} tensors, name one (there are: {})", what, count, names_of(header));
  return only;
}

ElementType element_type(const std::string& dtype, std::string_view what) {
  if (dtype == "F32") return ElementType::F32;
  if (dtype == "F16") return ElementType::F16;
  if (dtype == "BF16") return ElementType::BF16;
  if (dtype == "F64") return ElementType::F64;
  fail(Errc::Unsupported, "{}: safetensors element type '{}' (F32, F16, BF16 and F64 are known)", what, dtype);
}

}  // namespace

Matrix<float> parse_safetensors(std::span<const std::byte> bytes, std::string_view tensor, std::string_view what) {
  ByteReader in(bytes, what);
  const auto length = in.get<std::uint64_t>();
  const auto text = in.take(length);
  const auto data = in.rest();
  try {
    const auto header = nlohmann::json::parse(reinterpret_cast<const char*>(text.data()),
                                              reinterpret_cast<const char*>(text.data() + text.size()));
    const std::string name = tensor.empty() ? the_only_tensor(header, what) : std::string(tensor);
    if (name == metadata || !header.contains(name))
      fail(Errc::Usage, "{}: has no tensor '{}' (there are: {})", what, name, names_of(header));
    const auto& entry = header.at(name);
    const auto shape = entry.at("shape").get<std::vector<std::uint64_t>>();
    const auto [first, last] = entry.at("data_offsets").get<std::array<std::uint64_t, 2>>();
    if (first > last || last > data.size())
      fail(Errc::Format, "{}: tensor '{}' lies at bytes {} to {} of {} (truncated or corrupt file)", what, name, first,
           last, data.size());
    return to_matrix(data.subspan(first, last - first), element_type(entry.at("dtype").get<std::string>(), what), shape,
                     what);
  } catch (const nlohmann::json::exception& e) {
    fail(Errc::Format, "{}: its safetensors header does not hold together ({})", what, e.what());
  }
}

}  // namespace assimilaate::internal
