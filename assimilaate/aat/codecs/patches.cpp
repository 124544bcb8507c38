/// Product quantisation of square patches of an image: neighbours in two dimensions share a space. The image is read
/// patch by patch, the rest is codec `pq`.

#include <algorithm>
#include <array>
#include <numeric>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"image_width", "1", 0, 0, 4096, "pixels in a row of the image; 0: the vector is one row, cut into runs"},
    Field{"patch", "1", 2, 1, 16, "pixels along the side of a patch; runs of patch squared where there is no image"},
    Field{"bits", "1", 4, 1, 12, "bits of an address: 2^bits centroids"},
};

/// Which number of the vector comes at each place when the image is read patch by patch.
/// @throws Error{Usage} when patches do not tile the image.
std::vector<std::uint32_t> reading_order(std::size_t dims, std::size_t width, std::size_t patch) {
  std::vector<std::uint32_t> order(dims);
  std::iota(order.begin(), order.end(), 0U);
  if (width == 0) return order;
  const std::size_t height = dims / width;
  if (height * width != dims || width % patch != 0 || height % patch != 0)
    fail(Errc::Usage, "codec patches: patches of {}x{} do not tile {} pixels in rows of {} (set image_width and patch)",
         patch, patch, dims, width);
  std::size_t place = 0;
  for (std::size_t top = 0; top < height; top += patch)
    for (std::size_t left = 0; left < width; left += patch)
      for (std::size_t y = top; y < top + patch; ++y)
        for (std::size_t x = left; x < left + patch; ++x) order[place++] = static_cast<std::uint32_t>(y * width + x);
  return order;
}

Matrix<float> reorder(MatrixView<const float> vectors, std::span<const std::uint32_t> order) {
  Matrix<float> read(vectors.rows(), vectors.cols());
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    for (std::size_t d = 0; d < order.size(); ++d) read(i, d) = vectors(i, order[d]);
  return read;
}

class Patches final : public Codec {
 public:
  Patches(std::size_t width, std::size_t patch, CodecPtr inner)
      : width_(width), patch_(patch), inner_(std::move(inner)), order_(reading_order(inner_->dims(), width, patch)) {}

  [[nodiscard]] std::string_view name() const override { return "patches"; }
  [[nodiscard]] const Shape& shape() const override { return inner_->shape(); }
  [[nodiscard]] std::size_t dims() const override { return inner_->dims(); }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      inner_->encode(reorder(vectors.slice(first, count), order_).view(), aats.slice(first, count));
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    Matrix<float> read(vectors.rows(), vectors.cols());
    inner_->decode(aats, read.view());
    for (std::size_t i = 0; i < vectors.rows(); ++i)
      for (std::size_t d = 0; d < order_.size(); ++d) vectors(i, order_[d]) = read(i, d);
  }
  [[nodiscard]] MatrixView<const float> centroids(std::size_t space) const override { return inner_->centroids(space); }
  [[nodiscard]] std::span<const float> mean() const override { return inner_->mean(); }
  [[nodiscard]] double distortion() const override { return inner_->distortion(); }
  [[nodiscard]] bool axis_aligned() const override { return width_ == 0; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint16_t>(width_));
    out.put(static_cast<std::uint16_t>(patch_));
    out.put_bytes(inner_->body());
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override { return inner_->codebook_bits(); }

 private:
  std::size_t width_, patch_;
  CodecPtr inner_;  // pq over the patches
  std::vector<std::uint32_t> order_;
};

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed) {
  const auto value = [&](std::string_view name) { return field_value("patches", fields, settings, name); };
  const auto width = static_cast<std::size_t>(value("image_width")), patch = static_cast<std::size_t>(value("patch"));
  const auto order = reading_order(vectors.cols(), width, patch);
  const double sub = std::min(static_cast<double>(patch * patch), static_cast<double>(vectors.cols()));
  return std::make_shared<Patches>(
      width, patch, fit_codec("pq", reorder(vectors, order).view(), {{"sub", sub}, {"bits", value("bits")}}, seed));
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec patches");
  const auto width = in.get<std::uint16_t>();
  const auto patch = in.get<std::uint16_t>();
  if (width > 4096 || patch == 0 || patch > 16)
    fail(Errc::Format, "codec patches: rows of {} and patches of {}: no codebook (corrupt file)", width, patch);
  auto inner = find_entry("codec", codec_catalogue(), "pq").restore(in.rest());
  try {
    return std::make_shared<Patches>(width, patch, std::move(inner));
  } catch (const Error& problem) {
    fail(Errc::Format, "{} (corrupt file)", problem.what());
  }
}

}  // namespace

extern const CodecKind patches_codec;
const CodecKind patches_codec{
    "patches", "product quantisation of square patches of an image", "Jegou, Douze & Schmid 2011", fields, fit,
    restore};

}  // namespace assimilaate
