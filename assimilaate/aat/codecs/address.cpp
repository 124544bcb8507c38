/// Tensors that already are addresses: token numbers, classes, codes of another model. One space per dimension, no
/// metric.

#include <array>
#include <cmath>
#include <memory>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"addresses", "1", 256, 2, Shape::max_addresses, "numbers there are: 0 to addresses - 1"},
};

class AddressCodec final : public Codec {
 public:
  explicit AddressCodec(Shape shape) : shape_(std::move(shape)) {}

  [[nodiscard]] std::string_view name() const override { return "address"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return shape_.spaces(); }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    const auto last = static_cast<float>(shape_.addresses(0) - 1);
    for (std::size_t i = 0; i < vectors.rows(); ++i)
      for (std::size_t m = 0; m < vectors.cols(); ++m) {
        const float value = vectors(i, m);
        if (!(value >= 0 && value <= last) || value != std::floor(value))
          fail(Errc::Format, "codec address: vector {} has {} in dimension {}, whole numbers from 0 to {} are wanted",
               i, value, m, last);
        aats(i, m) = static_cast<Address>(value);
      }
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    for (std::size_t i = 0; i < aats.rows(); ++i)
      for (std::size_t m = 0; m < aats.cols(); ++m)
        vectors(i, m) = aats(i, m) == None ? 0.0F : static_cast<float>(aats(i, m));
  }

  [[nodiscard]] MatrixView<const float> centroids(std::size_t) const override { return {}; }
  [[nodiscard]] std::span<const float> mean() const override { return {}; }
  [[nodiscard]] double distortion() const override { return 0; }
  [[nodiscard]] bool axis_aligned() const override { return true; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint32_t>(shape_.spaces()));
    out.put(shape_.addresses(0));
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override { return 0; }

 private:
  Shape shape_;
};

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t) {
  const auto addresses = static_cast<std::uint32_t>(field_value("address", fields, settings, "addresses"));
  auto codec = std::make_shared<AddressCodec>(Shape(vectors.cols(), addresses));
  AatBlock checked(codec->shape(), vectors.rows());
  codec->encode(vectors, checked.entries.view());
  return codec;
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec address");
  const auto spaces = in.get<std::uint32_t>();
  const auto addresses = in.get<std::uint32_t>();
  in.expect_end();
  if (spaces == 0 || spaces > Shape::max_spaces || addresses < 2 || addresses > Shape::max_addresses)
    fail(Errc::Format, "codec address: {} spaces of {} addresses: no codebook (corrupt file)", spaces, addresses);
  return std::make_shared<AddressCodec>(Shape(spaces, addresses));
}

}  // namespace

extern const CodecKind address_codec;
const CodecKind address_codec{"address", "the numbers are the addresses", "", fields, fit, restore};

}  // namespace assimilaate
