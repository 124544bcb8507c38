/// The emulator's analogue-to-digital trees, one per dimension: every bit of an address is the answer of one threshold,
/// and the bits so far choose the next. Thresholds are the means of what reaches them, where the emulator's adaptation
/// settles; Lloyd's levels (`grid`) lose less, a tree needs one comparator. An address stands for the mean of its leaf,
/// which need not be the nearest of the means.

#include "assimilaate/aat/threshold_tree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/grid_encode.hpp"
#include "assimilaate/aat/internal/halves.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"bits", "1", 4, 1, 8, "bits of an address: 2^bits leaves"}};

/// What the codebook carries, every number a half.
struct Book {
  std::size_t addresses = 0;
  double distortion = 0;
  std::vector<float> mean{};   // [dims]
  Matrix<float> thresholds{};  // [dims x addresses - 1], rising: the tree from left to right
  Matrix<float> levels{};      // [dims x addresses], each within its leaf
};

class Trees final : public Codec {
 public:
  explicit Trees(Book book)
      : book_(std::move(book)),
        shape_(book_.mean.size(), static_cast<std::uint32_t>(book_.addresses)),
        borders_(book_.addresses - 1, book_.mean.size()) {
    // A number on a threshold goes up, one on a border of the kernel down.
    for (std::size_t d = 0; d < book_.mean.size(); ++d)
      for (std::size_t a = 0; a < borders_.rows(); ++a)
        borders_(a, d) = std::nextafter(book_.thresholds(d, a), -std::numeric_limits<float>::infinity());
  }

  [[nodiscard]] std::string_view name() const override { return "threshold_tree"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return book_.mean.size(); }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      grid_encode(vectors.slice(first, count), borders_.view(), aats.slice(first, count));
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      for (std::size_t i = first; i < first + count; ++i)
        for (std::size_t d = 0; d < dims(); ++d)
          vectors(i, d) = aats(i, d) == None ? 0.0F : book_.levels(d, static_cast<std::size_t>(aats(i, d)));
    });
  }

  [[nodiscard]] MatrixView<const float> centroids(std::size_t space) const override {
    return {book_.levels.row(space).data(), book_.addresses, 1};
  }
  [[nodiscard]] std::span<const float> mean() const override { return book_.mean; }
  [[nodiscard]] double distortion() const override { return book_.distortion; }
  void set_distortion(double distortion) { book_.distortion = distortion; }
  [[nodiscard]] bool axis_aligned() const override { return true; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint32_t>(dims()));
    out.put(static_cast<std::uint16_t>(book_.addresses));
    out.put(book_.distortion);
    internal::put_halves(out, book_.mean);
    internal::put_halves(out, book_.thresholds.values());
    internal::put_halves(out, book_.levels.values());
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override {
    return 16 * (book_.mean.size() + book_.thresholds.size() + book_.levels.size());
  }

 private:
  Book book_;
  Shape shape_;
  Matrix<float> borders_;  // [addresses - 1 x dims]
};

/// The tree of one dimension and the means of its leaves.
void fit_tree(std::span<const float> sorted, std::span<float> thresholds, std::span<float> levels) {
  const auto bits = static_cast<unsigned>(std::bit_width(levels.size()) - 1);
  // The smallest number goes first, so that there is a half below the first threshold.
  std::vector<float> edges{sorted.front()};
  for (const double border : ThresholdTree::settled(bits, sorted).borders())
    edges.push_back(static_cast<float>(border));
  internal::separate(edges);
  std::copy(edges.begin() + 1, edges.end(), thresholds.begin());
  auto first = sorted.begin();
  for (std::size_t a = 0; a < levels.size(); ++a) {
    const auto last = a + 1 < levels.size() ? std::lower_bound(first, sorted.end(), thresholds[a]) : sorted.end();
    double sum = 0;
    for (auto x = first; x != last; ++x) sum += *x;
    levels[a] = last > first ? round_to_half(static_cast<float>(sum / static_cast<double>(last - first))) : edges[a];
    if (a > 0) levels[a] = std::max(levels[a], thresholds[a - 1]);
    if (a + 1 < levels.size()) levels[a] = std::min(levels[a], internal::previous_half(thresholds[a]));
    first = last;
  }
}

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t) {
  const std::size_t n = vectors.rows(), dims = vectors.cols();
  Book book{.addresses =
                std::size_t{1} << static_cast<unsigned>(field_value("threshold_tree", fields, settings, "bits"))};
  book.mean.resize(dims);
  book.thresholds = Matrix<float>(dims, book.addresses - 1);
  book.levels = Matrix<float>(dims, book.addresses);
  parallel_for(dims, [&](std::size_t d) {
    std::vector<float> column(n);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += column[i] = vectors(i, d);
    book.mean[d] = round_to_half(static_cast<float>(sum / static_cast<double>(n)));
    std::ranges::sort(column);
    fit_tree(column, book.thresholds.row(d), book.levels.row(d));
  });
  auto codec = std::make_shared<Trees>(std::move(book));
  codec->set_distortion(internal::share_lost(*codec, vectors));
  return codec;
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec threshold_tree");
  const std::size_t dims = in.get<std::uint32_t>();
  Book book{.addresses = in.get<std::uint16_t>(), .distortion = in.get<double>()};
  if (dims == 0 || dims > Shape::max_spaces || book.addresses < 2 || book.addresses > 256 ||
      !std::has_single_bit(book.addresses) || !(book.distortion >= 0 && book.distortion <= 1))
    fail(Errc::Format, "codec threshold_tree: {} dimensions of {} leaves, distortion {}: no codebook (corrupt file)",
         dims, book.addresses, book.distortion);
  book.mean = internal::get_halves(in, dims);
  const auto thresholds = internal::get_halves(in, dims * (book.addresses - 1));
  const auto levels = internal::get_halves(in, dims * book.addresses);
  in.expect_end();
  book.thresholds = Matrix<float>(dims, book.addresses - 1);
  book.levels = Matrix<float>(dims, book.addresses);
  std::ranges::copy(thresholds, book.thresholds.values().begin());
  std::ranges::copy(levels, book.levels.values().begin());
  for (std::size_t d = 0; d < dims; ++d)
    for (std::size_t a = 0; a + 1 < book.addresses; ++a) {
      const float threshold = book.thresholds(d, a);
      if (!(book.levels(d, a) < threshold && threshold <= book.levels(d, a + 1)))
        fail(Errc::Format, "codec threshold_tree: threshold {} of dimension {} does not part its leaves (corrupt file)",
             a, d);
    }
  return std::make_shared<Trees>(std::move(book));
}

}  // namespace

extern const CodecKind threshold_tree_codec;
const CodecKind threshold_tree_codec{"threshold_tree",
                                     "a tree of thresholds per dimension, as an analogue-to-digital lane asks them",
                                     "ktram-neural-core, A2D",
                                     fields,
                                     fit,
                                     restore};

}  // namespace assimilaate
