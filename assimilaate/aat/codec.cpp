#include "assimilaate/aat/codec.hpp"

#include <array>

#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

constexpr std::array<char, 4> magic{'A', 'A', 'T', 'C'};
constexpr std::uint16_t version = 1;

}  // namespace

CodecPtr fit_codec(std::string_view name, MatrixView<const float> vectors, const Settings& settings,
                   std::uint64_t seed) {
  const CodecKind& kind = find_entry("codec", codec_catalogue(), name);
  check_settings(name, kind.fields, settings);
  if (vectors.rows() == 0 || vectors.cols() == 0) fail(Errc::Format, "codec {}: there are no vectors to fit", name);
  check_finite(vectors, fmt::format("codec {}, vectors to fit", name));
  return kind.fit(vectors, settings, seed);
}

std::vector<std::byte> codec_bytes(const Codec& codec) {
  ByteWriter out;
  out.put(magic);
  out.put(version);
  out.put_text(codec.name());
  const auto body = codec.body();
  out.put_array(std::span<const std::byte>(body));
  out.put(xxh3(out.bytes()));
  return std::move(out).take();
}

CodecPtr codec_from_bytes(std::span<const std::byte> bytes) {
  ByteReader in(bytes, "codec");
  if (in.get<std::array<char, 4>>() != magic) fail(Errc::Format, "codec: no codec file (it does not begin with AATC)");
  if (const auto found = in.get<std::uint16_t>(); found != version)
    fail(Errc::Unsupported, "codec: version {}, this build reads {}", found, version);
  const auto name = in.get_text();
  const auto body = in.get_array<std::byte>();
  const auto sum = in.get<std::uint64_t>();
  in.expect_end();
  if (sum != xxh3(bytes.first(bytes.size() - sizeof sum)))
    fail(Errc::Integrity, "codec: its checksum does not hold (damaged file; fetch it again)");
  for (const CodecKind* kind : codec_catalogue())
    if (kind->name == name) return kind->restore(body);
  fail(Errc::Unsupported, "codec '{}' is not one this build knows", name);
}

Digest codec_hash(const Codec& codec) { return blake2b_256(codec_bytes(codec)); }

void save_codec(const Codec& codec, const std::filesystem::path& file) { write_file_atomic(file, codec_bytes(codec)); }

CodecPtr load_codec(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  try {
    return codec_from_bytes(bytes);
  } catch (const Error& e) {
    throw Error(e.code(), file.string() + ": " + e.what());
  }
}

}  // namespace assimilaate
