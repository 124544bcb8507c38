/// Residual quantisation (Juang & Gray 1982): a product quantiser codes the vector, a second one what the first left,
/// and so on. Space (stage s, block m), at s * blocks + m, is block m of stage s.
///
/// The stages of a block add up, so that no address stands for coordinates of its own: `centroids` is empty.
/// Organisations that read levels (`graded`) refuse such a code, those that select by address (`one_hot`) take it.

#include <algorithm>
#include <array>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t most_stages = 8;
constexpr std::array fields{
    Field{"sub", "1", 4, 1, 256, "dimensions of a block; the last block takes what is left"},
    Field{"bits", "1", 4, 1, 12, "bits of an address: 2^bits centroids"},
    Field{"stages", "1", 2, 1, most_stages, "quantisers one after another"},
};

/// What a stage leaves of `left`.
void code_stage(const Codec& stage, Matrix<float>& left, Matrix<Address>& aats) {
  stage.encode(left.view(), aats.view());
  Matrix<float> decoded(left.rows(), left.cols());
  stage.decode(aats.view(), decoded.view());
  for (std::size_t i = 0; i < left.size(); ++i) left.values()[i] -= decoded.values()[i];
}

Matrix<float> copied(MatrixView<const float> vectors) {
  Matrix<float> copy(vectors.rows(), vectors.cols());
  std::copy_n(vectors.data(), vectors.size(), copy.data());
  return copy;
}

class Residual final : public Codec {
 public:
  explicit Residual(std::vector<CodecPtr> stages)
      : stages_(std::move(stages)),
        blocks_(stages_[0]->shape().spaces()),
        shape_(stages_.size() * blocks_, stages_[0]->shape().addresses(0)) {}

  [[nodiscard]] std::string_view name() const override { return "residual"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return stages_[0]->dims(); }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      Matrix<float> left = copied(vectors.slice(first, count));
      Matrix<Address> said(count, blocks_);
      for (std::size_t s = 0; s < stages_.size(); ++s) {
        code_stage(*stages_[s], left, said);
        for (std::size_t i = 0; i < count; ++i)
          std::ranges::copy(said.row(i), aats.row(first + i).subspan(s * blocks_).begin());
      }
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      Matrix<Address> said(count, blocks_);
      Matrix<float> part(count, dims());
      const auto sum = vectors.slice(first, count);
      std::fill_n(sum.data(), sum.size(), 0.0F);
      for (std::size_t s = 0; s < stages_.size(); ++s) {
        for (std::size_t i = 0; i < count; ++i)
          std::ranges::copy(aats.row(first + i).subspan(s * blocks_, blocks_), said.row(i).begin());
        stages_[s]->decode(said.view(), part.view());
        for (std::size_t i = 0; i < part.size(); ++i) sum.data()[i] += part.data()[i];
      }
    });
  }
  [[nodiscard]] MatrixView<const float> centroids(std::size_t) const override { return {}; }
  [[nodiscard]] std::span<const float> mean() const override { return stages_[0]->mean(); }
  [[nodiscard]] double distortion() const override { return distortion_; }
  void set_distortion(double distortion) { distortion_ = distortion; }
  [[nodiscard]] bool axis_aligned() const override { return stages_.size() == 1; }  // f(a + b) is not f(a) + f(b)
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint8_t>(stages_.size()));
    out.put(distortion_);
    for (const auto& stage : stages_) {
      const auto inner = stage->body();
      out.put_array(std::span<const std::byte>(inner));
    }
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override {
    std::size_t bits = 0;
    for (const auto& stage : stages_) bits += stage->codebook_bits();
    return bits;
  }

 private:
  std::vector<CodecPtr> stages_;  // pq, of one shape
  std::size_t blocks_;
  Shape shape_;
  double distortion_ = 0;
};

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed) {
  const auto value = [&](std::string_view name) { return field_value("residual", fields, settings, name); };
  Matrix<float> left = copied(vectors);
  std::vector<CodecPtr> stages;
  const auto count = static_cast<std::uint64_t>(value("stages"));
  for (std::uint64_t s = 0; s < count; ++s) {
    stages.push_back(
        fit_codec("pq", left.view(), {{"sub", value("sub")}, {"bits", value("bits")}}, seed + s * Shape::max_spaces));
    Matrix<Address> said(left.rows(), stages.back()->shape().spaces());
    code_stage(*stages.back(), left, said);
  }
  auto codec = std::make_shared<Residual>(std::move(stages));
  codec->set_distortion(internal::share_lost(*codec, vectors));
  return codec;
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec residual");
  const std::size_t count = in.get<std::uint8_t>();
  const auto distortion = in.get<double>();
  if (count == 0 || count > most_stages || !(distortion >= 0 && distortion <= 1))
    fail(Errc::Format, "codec residual: {} stages, distortion {}: no codebook (corrupt file)", count, distortion);
  const CodecKind& pq = find_entry("codec", codec_catalogue(), "pq");
  std::vector<CodecPtr> stages;
  for (std::size_t s = 0; s < count; ++s) {
    stages.push_back(pq.restore(in.get_array<std::byte>()));
    if (stages[s]->dims() != stages[0]->dims() || stages[s]->shape() != stages[0]->shape())
      fail(Errc::Format, "codec residual: stage {} is {} of {} dimensions, the first {} of {} (corrupt file)", s,
           stages[s]->shape().text(), stages[s]->dims(), stages[0]->shape().text(), stages[0]->dims());
  }
  in.expect_end();
  if (count * stages[0]->shape().spaces() > Shape::max_spaces)
    fail(Errc::Format, "codec residual: {} stages of {} blocks are too many spaces (corrupt file)", count,
         stages[0]->shape().spaces());
  auto codec = std::make_shared<Residual>(std::move(stages));
  codec->set_distortion(distortion);
  return codec;
}

}  // namespace

extern const CodecKind residual_codec;
const CodecKind residual_codec{"residual",
                               "product quantisers one after another, each of what the others left; no metric",
                               "Juang & Gray 1982; Jegou, Douze & Schmid 2011",
                               fields,
                               fit,
                               restore};

}  // namespace assimilaate
