/// Product quantisation after a rotation, which optimised product quantisation learns (Ge, He, Ke & Sun 2013). Here it
/// is a signed Hadamard rotation, which costs a seed instead of a matrix and looks at no data: it makes all runs of
/// dimensions alike, so that no input is louder than others, but also spreads what neighbours had in common, and pads
/// to the next power of two. The rest is codec `pq`.

#include <array>
#include <bit>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/rotation.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"sub", "1", 4, 1, 256, "dimensions of a space; the last space takes what is left"},
    Field{"bits", "1", 4, 1, 12, "bits of an address: 2^bits centroids"},
    Field{"iterations", "1", 25, 1, 200, "rounds of k-means"},
};

Matrix<float> turned(MatrixView<const float> vectors, const internal::Rotation& rotation) {
  Matrix<float> y(vectors.rows(), rotation.size());
  internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) rotation.forward(vectors.row(i), y.row(i));
  });
  return y;
}

class Opq final : public Codec {
 public:
  Opq(std::size_t dims, std::uint64_t seed, CodecPtr inner)
      : dims_(dims), seed_(seed), inner_(std::move(inner)), rotation_(dims, seed) {}

  [[nodiscard]] std::string_view name() const override { return "opq"; }
  [[nodiscard]] const Shape& shape() const override { return inner_->shape(); }
  [[nodiscard]] std::size_t dims() const override { return dims_; }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      inner_->encode(turned(vectors.slice(first, count), rotation_).view(), aats.slice(first, count));
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      Matrix<float> y(count, rotation_.size());
      inner_->decode(aats.slice(first, count), y.view());
      for (std::size_t i = 0; i < count; ++i) rotation_.backward(y.row(i), vectors.row(first + i));
    });
  }
  [[nodiscard]] MatrixView<const float> centroids(std::size_t space) const override { return inner_->centroids(space); }
  [[nodiscard]] std::span<const float> mean() const override { return inner_->mean(); }
  [[nodiscard]] double distortion() const override { return distortion_; }
  void set_distortion(double distortion) { distortion_ = distortion; }
  [[nodiscard]] bool axis_aligned() const override { return false; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint32_t>(dims_));
    out.put(seed_);
    out.put(distortion_);
    out.put_bytes(inner_->body());
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override { return inner_->codebook_bits() + 64; }

 private:
  std::size_t dims_;
  std::uint64_t seed_;
  CodecPtr inner_;  // pq over the rotated coordinates
  internal::Rotation rotation_;
  double distortion_ = 0;
};

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed) {
  const internal::Rotation rotation(vectors.cols(), seed);
  Settings inner;
  for (const Field& field : fields) inner.emplace(field.name, field_value("opq", fields, settings, field.name));
  auto codec =
      std::make_shared<Opq>(vectors.cols(), seed, fit_codec("pq", turned(vectors, rotation).view(), inner, seed));
  codec->set_distortion(internal::share_lost(*codec, vectors));
  return codec;
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec opq");
  const auto dims = in.get<std::uint32_t>();
  const auto seed = in.get<std::uint64_t>();
  const auto distortion = in.get<double>();
  if (dims == 0 || dims > Shape::max_spaces || !(distortion >= 0 && distortion <= 1))
    fail(Errc::Format, "codec opq: {} dimensions, distortion {}: no codebook (corrupt file)", dims, distortion);
  auto inner = find_entry("codec", codec_catalogue(), "pq").restore(in.rest());
  if (inner->dims() != std::bit_ceil(dims))
    fail(Errc::Format, "codec opq: {} dimensions rotate to {}, its book has {} (corrupt file)", dims,
         std::bit_ceil(dims), inner->dims());
  auto codec = std::make_shared<Opq>(dims, seed, std::move(inner));
  codec->set_distortion(distortion);
  return codec;
}

}  // namespace

extern const CodecKind opq_codec;
const CodecKind opq_codec{"opq",
                          "a codebook of k-means per run of dimensions, after a signed Hadamard rotation",
                          "Ge, He, Ke & Sun 2013; Jegou, Douze & Schmid 2011",
                          fields,
                          fit,
                          restore};

}  // namespace assimilaate
