#include <charconv>
#include <optional>
#include <string>

#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/internal/array_formats.hpp"

namespace assimilaate {
namespace internal {
namespace {

/// The text of a header entry after `'key':`, up to the end of the header.
std::string_view entry(std::string_view header, std::string_view key, std::string_view what) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = quote + std::string(key) + quote;
    const auto at = header.find(quoted);
    if (at == std::string_view::npos) continue;
    header.remove_prefix(at + quoted.size());
    const auto value = header.find_first_not_of(" :");
    if (value != std::string_view::npos) return header.substr(value);
  }
  fail(Errc::Format, "{}: the NumPy header has no '{}'", what, key);
}

ElementType element_type(std::string_view descr, std::string_view what) {
  const auto text = descr.substr(1, descr.find(descr[0], 1) - 1);  // between its quotes
  const auto is = [&](std::string_view code) { return text.substr(text.find_first_not_of("<|=")) == code; };
  if (!text.empty() && text.find_first_not_of("<|=") != std::string_view::npos) {
    if (is("f2")) return ElementType::F16;
    if (is("f4")) return ElementType::F32;
    if (is("f8")) return ElementType::F64;
    if (is("u1") || is("b1")) return ElementType::U8;
    if (is("i1")) return ElementType::I8;
    if (is("i4")) return ElementType::I32;
    if (is("i8")) return ElementType::I64;
  }
  fail(Errc::Unsupported, "{}: NumPy element type '{}' (save it as float32: array.astype('<f4'))", what,
       text.substr(0, 20));
}

std::vector<std::uint64_t> shape_of(std::string_view text, std::string_view what) {
  const auto end = text.find(')');
  if (text.empty() || text[0] != '(' || end == std::string_view::npos)
    fail(Errc::Format, "{}: the NumPy header has no shape in brackets", what);
  text = text.substr(1, end - 1);
  std::vector<std::uint64_t> shape;
  while (true) {
    const auto start = text.find_first_not_of(" ,");
    if (start == std::string_view::npos) return shape;
    text.remove_prefix(start);
    std::uint64_t size = 0;
    const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (code != std::errc()) fail(Errc::Format, "{}: '{}' in the NumPy shape is no size", what, text.substr(0, 20));
    shape.push_back(size);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
}

}  // namespace

Matrix<float> parse_npy(std::span<const std::byte> bytes, std::string_view what) {
  ByteReader in(bytes, what);
  (void)in.take(npy_magic.size());
  const auto major = in.get<std::uint8_t>();
  (void)in.get<std::uint8_t>();
  if (major < 1 || major > 3) fail(Errc::Unsupported, "{}: NumPy format version {} (1 to 3 are known)", what, major);
  const std::size_t length = major == 1 ? in.get<std::uint16_t>() : in.get<std::uint32_t>();
  const auto header_bytes = in.take(length);
  const std::string_view header(reinterpret_cast<const char*>(header_bytes.data()), header_bytes.size());
  if (!entry(header, "fortran_order", what).starts_with("False"))
    fail(Errc::Format, "{}: the array lies in Fortran order (save numpy.ascontiguousarray(array))", what);
  const auto descr = entry(header, "descr", what);
  if (descr[0] != '\'' && descr[0] != '"')
    fail(Errc::Unsupported, "{}: an array of records (save one plain array)", what);
  return to_matrix(in.rest(), element_type(descr, what), shape_of(entry(header, "shape", what), what), what);
}

}  // namespace internal

void write_npy(const std::filesystem::path& file, MatrixView<const float> values) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", values.rows(), values.cols());
  constexpr std::size_t before = 10, alignment = 64;
  header.append(alignment - 1 - (before + header.size()) % alignment, ' ');
  header += '\n';
  ByteWriter out;
  out.put_bytes(std::as_bytes(std::span(internal::npy_magic)));
  out.put<std::uint16_t>(1);  // version 1.0
  out.put(static_cast<std::uint16_t>(header.size()));
  out.put_bytes(std::as_bytes(std::span(header)));
  out.put_bytes(std::as_bytes(std::span(values.data(), values.size())));
  write_file_atomic(file, out.bytes());
}

}  // namespace assimilaate
