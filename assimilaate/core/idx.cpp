#include <zlib.h>

#include <algorithm>

#include "assimilaate/core/internal/array_formats.hpp"

namespace assimilaate::internal {

// LeCun's format: two zero bytes, the element type, the number of dimensions, big-endian sizes, elements in C order.
Matrix<float> parse_idx(std::span<const std::byte> bytes, std::string_view what) {
  ByteReader in(bytes, what);
  const auto magic = in.get<std::array<std::uint8_t, 4>>();
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != 8)
    fail(Errc::Unsupported, "{}: idx element type {} (8, unsigned bytes, is known)", what, magic[2]);
  if (magic[3] == 0) fail(Errc::Format, "{}: an idx file without dimensions", what);
  std::vector<std::uint64_t> shape(magic[3]);
  for (auto& size : shape) {
    const auto b = in.get<std::array<std::uint8_t, 4>>();
    size = std::uint64_t{b[0]} << 24 | std::uint64_t{b[1]} << 16 | std::uint64_t{b[2]} << 8 | b[3];
  }
  return to_matrix(in.rest(), ElementType::U8, shape, what);
}

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() > 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

std::vector<std::byte> gunzip(std::span<const std::byte> bytes, std::string_view what) {
  constexpr std::size_t largest = std::size_t{1} << 32, step = std::size_t{1} << 20;
  if (bytes.size() >= largest) fail(Errc::Format, "{}: {} bytes are too many to unpack", what, bytes.size());
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) fail(Errc::Io, "{}: zlib cannot start (out of memory?)", what);
  const struct Ending {
    z_stream* stream;
    ~Ending() { inflateEnd(stream); }
  } ending{&stream};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));  // zlib reads only
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::vector<std::byte> out;
  for (;;) {
    const std::size_t have = out.size();
    if (have > largest) fail(Errc::Format, "{}: unpacks to more than 4 GiB", what);
    out.resize(have + std::max(step, have));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size() - have, largest - 1));
    const auto room = stream.avail_out;
    const int code = inflate(&stream, Z_NO_FLUSH);
    out.resize(have + (room - stream.avail_out));
    if (code == Z_STREAM_END && stream.avail_in > 0) {
      fail(Errc::Format, "{}: {} bytes after the end of the gzip data", what, stream.avail_in);
    } else if (code == Z_STREAM_END) {
      return out;
    } else if (code != Z_OK || room == stream.avail_out) {
      fail(Errc::Format, "{}: its gzip data is damaged or cut short (fetch the file again)", what);
    }
  }
}

}  // namespace assimilaate::internal
