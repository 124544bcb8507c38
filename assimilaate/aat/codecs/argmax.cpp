/// The class a vector of scores votes for: one space, whose address is the place of the largest number; ties go to the
/// lower. An address stands for a one-hot vector and has no metric.

#include <algorithm>
#include <memory>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

class Argmax final : public Codec {
 public:
  explicit Argmax(std::uint32_t dims) : shape_(1, dims) {}

  [[nodiscard]] std::string_view name() const override { return "argmax"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return shape_.addresses(0); }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      const auto scores = vectors.row(i);
      aats(i, 0) = static_cast<Address>(std::ranges::max_element(scores) - scores.begin());
    }
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    for (std::size_t i = 0; i < aats.rows(); ++i) {
      std::ranges::fill(vectors.row(i), 0.0F);
      if (aats(i, 0) != None) vectors(i, static_cast<std::size_t>(aats(i, 0))) = 1;
    }
  }
  [[nodiscard]] MatrixView<const float> centroids(std::size_t) const override { return {}; }
  [[nodiscard]] std::span<const float> mean() const override { return {}; }
  [[nodiscard]] double distortion() const override { return 0; }
  [[nodiscard]] bool axis_aligned() const override { return true; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(shape_.addresses(0));
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override { return 0; }

 private:
  Shape shape_;
};

CodecPtr fit(MatrixView<const float> vectors, const Settings&, std::uint64_t) {
  if (vectors.cols() < 2 || vectors.cols() > Shape::max_addresses)
    fail(Errc::Usage, "codec argmax: {} scores; 2 … {} are possible", vectors.cols(), Shape::max_addresses);
  return std::make_shared<Argmax>(static_cast<std::uint32_t>(vectors.cols()));
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec argmax");
  const auto dims = in.get<std::uint32_t>();
  in.expect_end();
  if (dims < 2 || dims > Shape::max_addresses)
    fail(Errc::Format, "codec argmax: {} scores: no codebook (corrupt file)", dims);
  return std::make_shared<Argmax>(dims);
}

}  // namespace

extern const CodecKind argmax_codec;
const CodecKind argmax_codec{"argmax", "the class that scores vote for", "", {}, fit, restore};

}  // namespace assimilaate
