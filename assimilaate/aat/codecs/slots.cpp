/// Two-dimensional slots of a rotated vector, divided by its norm. A signed Hadamard rotation makes coordinates nearly
/// normal whatever the vector was, so that one compander serves all: level k of L is the scale times the normal
/// quantile of (k + 1/2) / L (Panter & Dite 1951: density of levels by the density of what is coded). A slot takes its
/// scale from a book that all share. The two axes of a slot are searched apart. The last space is the norm, on a log
/// scale.
///
/// The norm multiplies what the slots say, so that no address stands for coordinates of its own: `centroids` is empty.
/// Organisations that read levels (`graded`) refuse such a code, those that select by address (`one_hot`) take it.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/grid_encode.hpp"
#include "assimilaate/aat/internal/lloyd.hpp"
#include "assimilaate/aat/internal/slot_book.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

using internal::SlotBook;

constexpr std::array fields{
    Field{"bits", "1", 3, 1, 6, "bits of an axis: a slot has 4^bits addresses"},
    Field{"norm_bits", "1", 8, 1, 12, "bits of the norm"},
    Field{"books", "1", 4, 1, 256, "scales that slots choose from"},
};

class Slots final : public Codec {
 public:
  explicit Slots(SlotBook book)
      : book_(std::move(book)), frame_(book_), shape_(shape_of(book_)), levels_(book_.slots(), book_.axis_levels) {
    const auto steps = internal::compander(book_.axis_levels);
    borders_ = Matrix<float>(steps.size() - 1, 2 * book_.slots());
    for (std::size_t m = 0; m < book_.slots(); ++m)
      for (std::size_t k = 0; k < steps.size(); ++k) {
        levels_(m, k) = book_.scales[book_.choice[m]] * steps[k];
        if (k > 0) borders_(k - 1, 2 * m) = borders_(k - 1, 2 * m + 1) = 0.5F * (levels_(m, k - 1) + levels_(m, k));
      }
  }

  [[nodiscard]] std::string_view name() const override { return "slots"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return book_.dims; }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      Matrix<float> unit(count, book_.mean.size());
      Matrix<Address> axes(count, book_.mean.size());
      for (std::size_t i = 0; i < count; ++i)
        aats(first + i, book_.slots()) = frame_.enter(vectors.row(first + i), unit.row(i));
      grid_encode(unit.view(), borders_.view(), axes.view());
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t m = 0; m < book_.slots(); ++m)
          aats(first + i, m) = axes(i, 2 * m) * static_cast<Address>(levels_.cols()) + axes(i, 2 * m + 1);
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      std::vector<float> unit(book_.mean.size());
      for (std::size_t i = first; i < first + count; ++i) {
        for (std::size_t m = 0; m < book_.slots(); ++m) {
          const auto a = static_cast<std::size_t>(std::max(aats(i, m), 0));
          unit[2 * m] = levels_(m, a / levels_.cols());
          unit[2 * m + 1] = levels_(m, a % levels_.cols());
        }
        frame_.leave(aats.row(i), unit, vectors.row(i));
      }
    });
  }
  [[nodiscard]] MatrixView<const float> centroids(std::size_t) const override { return {}; }
  [[nodiscard]] std::span<const float> mean() const override { return book_.mean; }
  [[nodiscard]] double distortion() const override { return book_.distortion; }
  void set_distortion(double distortion) { book_.distortion = distortion; }
  [[nodiscard]] bool axis_aligned() const override { return false; }
  [[nodiscard]] std::vector<std::byte> body() const override { return book_.bytes(); }
  [[nodiscard]] std::size_t codebook_bits() const override {
    const auto choice = static_cast<std::size_t>(std::bit_width(book_.scales.size() - 1));
    return 16 * (book_.mean.size() + book_.scales.size() + 2) + choice * book_.slots() + 64;
  }

 private:
  static Shape shape_of(const SlotBook& book) {
    std::vector<std::uint32_t> addresses(book.slots(), book.axis_levels * book.axis_levels);
    addresses.push_back(book.norms);
    return Shape(std::move(addresses));
  }

  SlotBook book_;
  internal::SlotFrame frame_;
  Shape shape_;
  Matrix<float> levels_;   // [slots x levels of an axis]
  Matrix<float> borders_;  // [levels of an axis - 1 x coordinates]
};

/// What to multiply the spread by for the least squared error of the compander on numbers of spread 1.
float best_width(std::span<const float> numbers, std::span<const float> steps) {
  double least = std::numeric_limits<double>::infinity();
  float best = 1;
  for (float width = 0.8F; width < 2.0F; width += 0.05F) {
    double error = 0;
    for (const float x : numbers) {
      const auto above = std::ranges::lower_bound(steps, x / width);
      float distance = std::numeric_limits<float>::infinity();
      if (above != steps.end()) distance = *above * width - x;
      if (above != steps.begin()) distance = std::min(distance, x - *(above - 1) * width);
      error += double{distance} * distance;
    }
    if (error < least) {
      least = error;
      best = width;
    }
  }
  return best;
}

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed) {
  const auto value = [&](std::string_view name) {
    return static_cast<unsigned>(field_value("slots", fields, settings, name));
  };
  SlotBook book{
      .dims = vectors.cols(), .seed = seed, .axis_levels = 1U << value("bits"), .norms = 1U << value("norm_bits")};
  internal::fit_frame(book, vectors);
  const internal::SlotFrame frame(book);
  const std::size_t n = vectors.rows(), width = book.mean.size();
  Matrix<float> unit(n, width);
  internal::for_blocks(n, [&](std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) (void)frame.enter(vectors.row(i), unit.row(i));
  });

  std::vector<double> square(book.slots());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < width; ++c) square[c / 2] += unit(i, c) * unit(i, c) / static_cast<double>(2 * n);
  std::vector<float> spread;
  for (const double s : square) spread.push_back(std::max(static_cast<float>(std::sqrt(s)), 0x1p-10F));

  std::vector<float> pool, sorted = spread, scales(std::min<std::size_t>(value("books"), spread.size()));
  const std::size_t stride = 1 + unit.size() / 16'384;
  for (std::size_t i = 0; i < unit.size(); i += stride) pool.push_back(unit.values()[i] / spread[i % width / 2]);
  const float stretch = best_width(pool, internal::compander(book.axis_levels));
  std::ranges::sort(sorted);
  internal::fit_lloyd(sorted, scales);
  for (const float s : spread) {
    const auto distance = [&](float scale) { return std::abs(scale - s); };
    book.choice.push_back(static_cast<std::uint8_t>(std::ranges::min_element(scales, {}, distance) - scales.begin()));
  }
  for (const float s : scales) book.scales.push_back(round_to_half(s * stretch));

  auto codec = std::make_shared<Slots>(std::move(book));
  codec->set_distortion(internal::share_lost(*codec, vectors));
  return codec;
}

CodecPtr restore(std::span<const std::byte> body) { return std::make_shared<Slots>(SlotBook::from_bytes(body)); }

}  // namespace

extern const CodecKind slots_codec;
const CodecKind slots_codec{"slots",
                            "the norm, and pairs of rotated coordinates on companded grids of shared scales; no metric",
                            "Panter & Dite 1951",
                            fields,
                            fit,
                            restore};

}  // namespace assimilaate
