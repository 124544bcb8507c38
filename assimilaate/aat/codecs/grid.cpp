/// Scalar grids: one space per dimension, its addresses the levels of a quantiser fitted to that dimension (Lloyd 1957;
/// Max 1960) or evenly spaced. One grid may serve all dimensions, after mean and standard deviation; a signed Hadamard
/// rotation may come first.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/grid_encode.hpp"
#include "assimilaate/aat/internal/halves.hpp"
#include "assimilaate/aat/internal/lloyd.hpp"
#include "assimilaate/aat/internal/rotation.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/half.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"bits", "1", 4, 1, 8, "bits of an address: 2^bits levels"},
    Field{"uniform", "1", 0, 0, 1, "1: evenly spaced levels instead of Lloyd's"},
    Field{"hadamard", "1", 0, 0, 1, "1: a signed Hadamard rotation first, over the next power of two"},
    Field{"shared", "1", 0, 0, 1, "1: one grid for all dimensions, after their mean and standard deviation"},
};
constexpr std::size_t fitted_rows = 16'384;  // of more vectors, as many at equal distances are looked at

/// What the codebook carries, every number a half.
struct Book {
  std::size_t dims = 0;
  bool rotated = false, shared = false;
  std::uint64_t seed = 0;
  double distortion = 0;
  std::vector<float> mean{};   // [spaces]
  std::vector<float> scale{};  // [spaces] when shared
  Matrix<float> levels{};      // [spaces or 1 x addresses], rising

  /// The levels of a space in its own units. Products and sums are exact in double, so that nothing depends on the
  /// target.
  [[nodiscard]] float level(std::size_t space, std::size_t address) const {
    if (!shared) return levels(space, address);
    return static_cast<float>(double{mean[space]} + double{scale[space]} * double{levels(0, address)});
  }
};

class Grid final : public Codec {
 public:
  explicit Grid(Book book)
      : book_(std::move(book)),
        shape_(book_.mean.size(), static_cast<std::uint32_t>(book_.levels.cols())),
        rotation_(book_.rotated ? internal::Rotation(book_.dims, book_.seed) : internal::Rotation()),
        levels_(shape_.spaces(), book_.levels.cols()),
        borders_(book_.levels.cols() - 1, shape_.spaces()) {
    for (std::size_t m = 0; m < levels_.rows(); ++m)
      for (std::size_t a = 0; a < levels_.cols(); ++a) {
        levels_(m, a) = book_.level(m, a);
        if (a > 0) borders_(a - 1, m) = 0.5F * levels_(m, a - 1) + 0.5F * levels_(m, a);
      }
  }

  [[nodiscard]] std::string_view name() const override { return "grid"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return book_.dims; }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      if (!book_.rotated) return grid_encode(vectors.slice(first, count), borders_.view(), aats.slice(first, count));
      Matrix<float> turned(count, rotation_.size());
      for (std::size_t i = 0; i < count; ++i) rotation_.forward(vectors.row(first + i), turned.row(i));
      grid_encode(turned.view(), borders_.view(), aats.slice(first, count));
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      std::vector<float> turned(rotation_.size());
      for (std::size_t i = first; i < first + count; ++i) {
        const std::span<float> y = book_.rotated ? std::span<float>(turned) : vectors.row(i);
        const Aat aat = aats.row(i);
        const float* level = levels_.data();
        for (std::size_t m = 0; m < aat.size(); ++m, level += levels_.cols())
          y[m] = aat[m] == None ? 0.0F : level[aat[m]];
        if (book_.rotated) rotation_.backward(y, vectors.row(i));
      }
    });
  }

  [[nodiscard]] MatrixView<const float> centroids(std::size_t space) const override {
    return {levels_.data() + space * levels_.cols(), levels_.cols(), 1};
  }
  [[nodiscard]] std::span<const float> mean() const override { return book_.mean; }
  [[nodiscard]] double distortion() const override { return book_.distortion; }
  [[nodiscard]] bool axis_aligned() const override { return !book_.rotated; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint32_t>(book_.dims));
    out.put(static_cast<std::uint16_t>(book_.levels.cols()));
    out.put(static_cast<std::uint8_t>((book_.rotated ? 1 : 0) | (book_.shared ? 2 : 0)));
    out.put(book_.seed);
    out.put(book_.distortion);
    internal::put_halves(out, book_.mean);
    internal::put_halves(out, book_.scale);
    internal::put_halves(out, book_.levels.values());
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override {
    return 16 * (book_.mean.size() + book_.scale.size() + book_.levels.size()) + (book_.rotated ? 64 : 0);
  }

 private:
  Book book_;
  Shape shape_;
  internal::Rotation rotation_;
  Matrix<float> levels_;   // [spaces x addresses]
  Matrix<float> borders_;  // [addresses - 1 x spaces]
};

/// The sample in the codec's own coordinates, sorted, a row per space.
Matrix<float> sorted_columns(MatrixView<const float> vectors, const internal::Rotation& rotation, bool rotated) {
  const std::size_t n = std::min(vectors.rows(), fitted_rows);
  Matrix<float> columns(rotated ? rotation.size() : vectors.cols(), n);
  internal::for_blocks(n, [&](std::size_t first, std::size_t count) {
    std::vector<float> turned(rotation.size());
    for (std::size_t i = first; i < first + count; ++i) {
      std::span<const float> x = vectors.row(i * vectors.rows() / n);
      if (rotated) {
        rotation.forward(x, turned);
        x = turned;
      }
      for (std::size_t m = 0; m < x.size(); ++m) columns(m, i) = x[m];
    }
  });
  parallel_for(columns.rows(), [&](std::size_t m) { std::ranges::sort(columns.row(m)); });
  return columns;
}

struct Moments {
  double mean, variance;
};

Moments moments_of(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v;
  const double mean = sum / static_cast<double>(values.size());
  for (const float v : values) squares += (v - mean) * (v - mean);
  return {mean, squares / static_cast<double>(values.size())};
}

/// One grid for all spaces, from their pooled standardised values.
void fit_shared(Book& book, const Matrix<float>& columns, std::span<const Moments> moments, bool uniform) {
  book.scale.resize(columns.rows());
  for (std::size_t m = 0; m < columns.rows(); ++m) {
    // At least a thousandth of the mean, so that the levels of a constant dimension differ.
    const double least = std::max(std::abs(double{book.mean[m]}) * 0x1p-10, 0x1p-14);
    book.scale[m] = round_to_half(static_cast<float>(std::max(std::sqrt(moments[m].variance), least)));
  }
  constexpr std::size_t pool = std::size_t{1} << 20;
  const std::size_t stride = (columns.size() + pool - 1) / pool;
  std::vector<float> values;
  for (std::size_t i = 0; i < columns.size(); i += stride) {
    const std::size_t m = i / columns.cols();
    values.push_back((columns.data()[i] - book.mean[m]) / book.scale[m]);
  }
  std::ranges::sort(values);
  auto levels = book.levels.row(0);
  uniform ? internal::fit_uniform(values, levels) : internal::fit_lloyd(values, levels);
  internal::separate(levels);
  constexpr float gap = 0x1p-10F;
  for (std::size_t a = 1; a < levels.size(); ++a)
    if (levels[a] - levels[a - 1] < gap)
      levels[a] = std::max(internal::next_half(levels[a - 1]), round_to_half(levels[a - 1] + gap));
}

/// Mean squared error of coding a sorted column.
double error_of(std::span<const float> sorted, const Book& book, std::size_t space) {
  double sum = 0;
  std::size_t a = 0;
  float level = book.level(space, 0);
  for (const float v : sorted) {
    while (a + 1 < book.levels.cols() && v > 0.5F * level + 0.5F * book.level(space, a + 1))
      level = book.level(space, ++a);
    sum += (double{v} - level) * (double{v} - level);
  }
  return sum / static_cast<double>(sorted.size());
}

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed) {
  const auto value = [&](std::string_view name) { return field_value("grid", fields, settings, name); };
  const auto on = [&](std::string_view name) { return value(name) >= 0.5; };
  const auto addresses = std::size_t{1} << static_cast<unsigned>(value("bits"));
  Book book{.dims = vectors.cols(), .rotated = on("hadamard"), .shared = on("shared")};
  if (book.rotated) book.seed = seed;
  const internal::Rotation rotation = book.rotated ? internal::Rotation(book.dims, seed) : internal::Rotation();
  const Matrix<float> columns = sorted_columns(vectors, rotation, book.rotated);
  const std::size_t spaces = columns.rows();

  std::vector<Moments> moments(spaces);
  parallel_for(spaces, [&](std::size_t m) { moments[m] = moments_of(columns.row(m)); });
  for (const auto& m : moments) book.mean.push_back(round_to_half(static_cast<float>(m.mean)));
  book.levels = Matrix<float>(book.shared ? 1 : spaces, addresses);
  if (book.shared) {
    fit_shared(book, columns, moments, on("uniform"));
  } else {
    parallel_for(spaces, [&](std::size_t m) {
      auto levels = book.levels.row(m);
      on("uniform") ? internal::fit_uniform(columns.row(m), levels) : internal::fit_lloyd(columns.row(m), levels);
      internal::separate(levels);
    });
  }

  std::vector<double> errors(spaces);
  parallel_for(spaces, [&](std::size_t m) { errors[m] = error_of(columns.row(m), book, m); });
  double lost = 0, all = 0;
  for (std::size_t m = 0; m < spaces; ++m) {
    lost += errors[m];
    all += moments[m].variance;
  }
  book.distortion = all > 0 ? std::min(1.0, lost / all) : 0.0;
  return std::make_shared<Grid>(std::move(book));
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec grid");
  Book book;
  book.dims = in.get<std::uint32_t>();
  const std::size_t addresses = in.get<std::uint16_t>();
  const auto flags = in.get<std::uint8_t>();
  book.rotated = (flags & 1U) != 0;
  book.shared = (flags & 2U) != 0;
  book.seed = in.get<std::uint64_t>();
  book.distortion = in.get<double>();
  if (book.dims == 0 || book.dims > Shape::max_spaces || addresses < 2 || addresses > 256 || flags > 3 ||
      !(book.distortion >= 0 && book.distortion <= 1))
    fail(Errc::Format, "codec grid: {} dimensions of {} addresses, flags {}, distortion {}: no codebook (corrupt file)",
         book.dims, addresses, flags, book.distortion);
  const std::size_t spaces = book.rotated ? std::bit_ceil(book.dims) : book.dims, grids = book.shared ? 1 : spaces;
  book.mean = internal::get_halves(in, spaces);
  if (book.shared) book.scale = internal::get_halves(in, spaces);
  const auto levels = internal::get_halves(in, grids * addresses);
  in.expect_end();
  book.levels = Matrix<float>(grids, addresses);
  std::ranges::copy(levels, book.levels.values().begin());
  for (std::size_t m = 0; m < spaces; ++m)
    for (std::size_t a = 1; a < addresses; ++a)
      if (!(book.level(m, a) > book.level(m, a - 1)))
        fail(Errc::Format, "codec grid: the levels of space {} do not rise (corrupt file)", m);
  return std::make_shared<Grid>(std::move(book));
}

}  // namespace

extern const CodecKind grid_codec;
const CodecKind grid_codec{
    "grid",
    "a scalar quantiser per dimension, or one for all; a signed Hadamard rotation may come first",
    "Lloyd 1957; Max 1960",
    fields,
    fit,
    restore};

}  // namespace assimilaate
