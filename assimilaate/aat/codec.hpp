#pragma once
/// Dense vector <-> AAT. Codecs are a catalogue: `codecs/<name>.cpp` is one of them, whole.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/core/catalogue.hpp"
#include "assimilaate/core/digest.hpp"

namespace assimilaate {

/// A fitted quantiser of vectors of `dims()` numbers. Immutable, hence safe to use from many threads.
class Codec {
 public:
  virtual ~Codec() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual const Shape& shape() const = 0;
  [[nodiscard]] virtual std::size_t dims() const = 0;
  /// Each row of `vectors` [n x dims] to the nearest centroid of every space [n x spaces]; ties go to the lower
  /// address.
  virtual void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const = 0;
  /// Each AAT to the vector it stands for; `None` stands for zeros in the space's own coordinates.
  virtual void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const = 0;

  /// What address a of a space stands for, [addresses x width], in the codec's own coordinates, side by side over the
  /// spaces. Empty when addresses have no metric, or none of their own: where spaces add up or multiply.
  [[nodiscard]] virtual MatrixView<const float> centroids(std::size_t space) const = 0;
  /// The mean of the fitted vectors in the codec's own coordinates, a number each; empty when
  /// addresses stand for no vector.
  [[nodiscard]] virtual std::span<const float> mean() const = 0;
  /// Share of the variance that coding loses (mean squared error / variance over the fitted vectors), in [0, 1]; 0
  /// when addresses stand for no vector.
  [[nodiscard]] virtual double distortion() const = 0;
  /// True when the codec's coordinates are the vector's own, in order (no rotation): an elementwise function of the
  /// vector is then a function of each centroid.
  [[nodiscard]] virtual bool axis_aligned() const = 0;

  /// The codec's own fields, without name and hash: what `load_codec` gives back to the catalogue.
  [[nodiscard]] virtual std::vector<std::byte> body() const = 0;
  /// Bits that carry the codebook: centroids at 16 bits each, offsets and seeds as stored.
  [[nodiscard]] virtual std::size_t codebook_bits() const = 0;
};

/// Shared, because every bank and boundary that speaks one code looks at the same book.
using CodecPtr = std::shared_ptr<const Codec>;

/// One entry of the catalogue.
struct CodecKind {
  std::string_view name, about, reference;
  std::span<const Field> fields;
  /// Fit to vectors, a row each [n x dims].
  CodecPtr (*fit)(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed);
  /// Rebuild from `body()`; @throws Error{Format} when the bytes do not hold together.
  CodecPtr (*restore)(std::span<const std::byte> body);
};

/// All codecs, in alphabetical order.
[[nodiscard]] std::span<const CodecKind* const> codec_catalogue();

/// Fit the codec called `name`. @throws Error{Usage} for an unknown name, setting or value, Error{Format} for NaN or no
/// vectors.
[[nodiscard]] CodecPtr fit_codec(std::string_view name, MatrixView<const float> vectors, const Settings& settings,
                                 std::uint64_t seed);

/// The file of a codec: "AATC", version (u16, 1), name, body, XXH3-64 of all before; its content hash is the
/// BLAKE2b-256 of these bytes.
[[nodiscard]] std::vector<std::byte> codec_bytes(const Codec& codec);
/// @throws Error{Format} for bytes that do not hold together, Error{Integrity} for a checksum that does not hold,
///         Error{Unsupported} for another version or a codec this build does not know
[[nodiscard]] CodecPtr codec_from_bytes(std::span<const std::byte> bytes);
[[nodiscard]] Digest codec_hash(const Codec& codec);
void save_codec(const Codec& codec, const std::filesystem::path& file);
[[nodiscard]] CodecPtr load_codec(const std::filesystem::path& file);

}  // namespace assimilaate
