/// Codec files: what is accepted is written to the same bytes and decodes any AAT of its shape. The first byte says
/// which codec, its body follows.

#include <cstdlib>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    static_cast<void>(codec_from_bytes(bytes));
  } catch (const Error&) {
  }
  if (size < 1) return 0;
  const auto kinds = codec_catalogue();
  CodecPtr codec;
  try {
    codec = kinds[data[0] % kinds.size()]->restore(bytes.subspan(1));
  } catch (const Error&) {
    return 0;
  }
  const auto file = codec_bytes(*codec);
  if (codec_bytes(*codec_from_bytes(file)) != file) std::abort();
  if (codec->dims() > 4096 || codec->shape().spaces() > 4096) return 0;
  AatBlock aats(codec->shape(), 2);
  for (std::size_t s = 0; s < codec->shape().spaces(); ++s)
    aats.entries(1, s) = static_cast<Address>(codec->shape().addresses(s) - 1);
  Matrix<float> vectors(2, codec->dims());
  codec->decode(aats.entries.view(), vectors.view());
  return 0;
}
