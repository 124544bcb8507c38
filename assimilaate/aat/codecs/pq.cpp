/// Product quantisation (Jegou, Douze & Schmid 2011): the vector is cut into runs of dimensions, each run is one space,
/// and its addresses are the centroids of k-means. FAISS clusters; our kernel encodes.

#include <faiss/Clustering.h>
#include <faiss/Index.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/halves.hpp"
#include "assimilaate/aat/internal/vectors.hpp"
#include "assimilaate/aat/pq_encode.hpp"
#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"sub", "1", 4, 1, 256, "dimensions of a space; the last space takes what is left"},
    Field{"bits", "1", 4, 1, 12, "bits of an address: 2^bits centroids"},
    Field{"iterations", "1", 25, 1, 200, "rounds of k-means"},
};

struct Book {
  std::size_t dims = 0, sub = 0, addresses = 0;
  double distortion = 0;
  std::vector<float> mean{};       // [dims]
  std::vector<float> centroids{};  // space after space, [addresses x width] each

  [[nodiscard]] std::size_t spaces() const { return (dims + sub - 1) / sub; }
  [[nodiscard]] std::size_t width(std::size_t space) const { return std::min(sub, dims - space * sub); }
  [[nodiscard]] std::span<float> of(std::size_t space) {
    return std::span(centroids).subspan(space * sub * addresses, width(space) * addresses);
  }
  /// Views of `centroids`, for as long as the book stays where it is.
  [[nodiscard]] std::vector<PqSpace> views() const {
    std::vector<PqSpace> spaces_(spaces());
    for (std::size_t s = 0; s < spaces_.size(); ++s)
      spaces_[s] = {s * sub, {centroids.data() + s * sub * addresses, addresses, width(s)}};
    return spaces_;
  }
};

class Pq final : public Codec {
 public:
  explicit Pq(Book book)
      : book_(std::move(book)),
        shape_(book_.spaces(), static_cast<std::uint32_t>(book_.addresses)),
        spaces_(book_.views()) {}

  [[nodiscard]] std::string_view name() const override { return "pq"; }
  [[nodiscard]] const Shape& shape() const override { return shape_; }
  [[nodiscard]] std::size_t dims() const override { return book_.dims; }
  void encode(MatrixView<const float> vectors, MatrixView<Address> aats) const override {
    internal::check_encode(*this, vectors, aats);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      pq_encode(vectors.slice(first, count), spaces_, aats.slice(first, count));
    });
  }
  void decode(MatrixView<const Address> aats, MatrixView<float> vectors) const override {
    internal::check_decode(*this, aats, vectors);
    internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
      for (std::size_t i = first; i < first + count; ++i)
        for (std::size_t s = 0; s < spaces_.size(); ++s) {
          const Address a = aats(i, s);
          const auto run = vectors.row(i).subspan(spaces_[s].first, spaces_[s].centroids.cols());
          if (a == None)
            std::ranges::fill(run, 0.0F);
          else
            std::ranges::copy(spaces_[s].centroids.row(static_cast<std::size_t>(a)), run.begin());
        }
    });
  }

  [[nodiscard]] MatrixView<const float> centroids(std::size_t space) const override { return spaces_[space].centroids; }
  [[nodiscard]] std::span<const float> mean() const override { return book_.mean; }
  [[nodiscard]] double distortion() const override { return book_.distortion; }
  [[nodiscard]] bool axis_aligned() const override { return true; }
  [[nodiscard]] std::vector<std::byte> body() const override {
    ByteWriter out;
    out.put(static_cast<std::uint32_t>(book_.dims));
    out.put(static_cast<std::uint16_t>(book_.sub));
    out.put(static_cast<std::uint16_t>(book_.addresses));
    out.put(book_.distortion);
    internal::put_halves(out, book_.mean);
    internal::put_halves(out, book_.centroids);
    return std::move(out).take();
  }
  [[nodiscard]] std::size_t codebook_bits() const override { return 16 * (book_.mean.size() + book_.centroids.size()); }

 private:
  Book book_;
  Shape shape_;
  std::vector<PqSpace> spaces_;
};

/// How FAISS's k-means asks for the nearest centroid: our kernel, so that a codebook depends on no BLAS and no thread
/// count.
class Assignment final : public faiss::Index {
 public:
  explicit Assignment(std::size_t width) : Index(static_cast<idx_t>(width)) {}
  void add(idx_t n, const float* x) override {
    centroids_.insert(centroids_.end(), x, x + n * d);
    ntotal += n;
  }
  void reset() override {
    centroids_.clear();
    ntotal = 0;
  }
  void search(idx_t n, const float* x, idx_t, float* distances, idx_t* labels,
              const faiss::SearchParameters*) const override {
    const auto rows = static_cast<std::size_t>(n), width = static_cast<std::size_t>(d);
    const std::array spaces{PqSpace{0, {centroids_.data(), static_cast<std::size_t>(ntotal), width}}};
    Matrix<Address> aats(rows, 1);
    pq_encode({x, rows, width}, spaces, aats.view(), {distances, rows, 1});
    std::ranges::copy(aats.values(), labels);
  }

 private:
  std::vector<float> centroids_;
};

/// One thread for OpenMP in this scope: spaces are clustered in parallel already.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  ~OneThread() { omp_set_num_threads(before_); }

 private:
  int before_;
};

void cluster(MatrixView<const float> runs, std::span<float> centroids, int iterations, std::uint64_t seed) {
  const OneThread one_thread;
  const auto width = static_cast<int>(runs.cols()), addresses = static_cast<int>(centroids.size() / runs.cols());
  faiss::ClusteringParameters parameters;
  parameters.niter = iterations;
  parameters.seed = static_cast<int>(seed & 0x7fffffffU);
  parameters.min_points_per_centroid = 1;
  parameters.max_points_per_centroid = 1024;
  faiss::Clustering clustering(width, addresses, parameters);
  Assignment assignment(runs.cols());
  clustering.train(static_cast<faiss::Index::idx_t>(runs.rows()), runs.data(), assignment);
  std::ranges::transform(clustering.centroids, centroids.begin(), round_to_half);
}

/// Mean squared error of coding over the variance.
double distortion_of(MatrixView<const float> vectors, const Book& book, std::span<const double> mean) {
  const auto spaces = book.views();
  Matrix<Address> aats(vectors.rows(), spaces.size());
  Matrix<float> errors(vectors.rows(), spaces.size());
  internal::for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
    pq_encode(vectors.slice(first, count), spaces, aats.slice(first, count), errors.slice(first, count));
  });
  double lost = 0, all = 0;
  for (const float e : errors.values()) lost += e;
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    for (std::size_t d = 0; d < book.dims; ++d) all += (vectors(i, d) - mean[d]) * (vectors(i, d) - mean[d]);
  return all > 0 ? std::min(1.0, lost / all) : 0.0;
}

CodecPtr fit(MatrixView<const float> vectors, const Settings& settings, std::uint64_t seed) {
  const auto value = [&](std::string_view name) {
    return static_cast<std::size_t>(field_value("pq", fields, settings, name));
  };
  Book book{.dims = vectors.cols(),
            .sub = std::min(value("sub"), vectors.cols()),
            .addresses = std::size_t{1} << value("bits")};
  const std::size_t n = vectors.rows();
  if (n < book.addresses)
    fail(Errc::Usage, "codec pq: {} vectors are too few for {} centroids (give more vectors or fewer bits)", n,
         book.addresses);
  book.centroids.resize(book.dims * book.addresses);
  std::vector<double> mean(book.dims);
  parallel_for(book.spaces(), [&](std::size_t s) {
    Matrix<float> runs(n, book.width(s));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t d = 0; d < runs.cols(); ++d) {
        runs(i, d) = vectors(i, s * book.sub + d);
        mean[s * book.sub + d] += runs(i, d);
      }
    cluster(runs.view(), book.of(s), static_cast<int>(value("iterations")), seed + s);
  });
  for (double& m : mean) m /= static_cast<double>(n);
  for (const double m : mean) book.mean.push_back(round_to_half(static_cast<float>(m)));
  book.distortion = distortion_of(vectors, book, mean);
  return std::make_shared<Pq>(std::move(book));
}

CodecPtr restore(std::span<const std::byte> body) {
  ByteReader in(body, "codec pq");
  Book book;
  book.dims = in.get<std::uint32_t>();
  book.sub = in.get<std::uint16_t>();
  book.addresses = in.get<std::uint16_t>();
  book.distortion = in.get<double>();
  if (book.dims == 0 || book.dims > Shape::max_spaces || book.sub == 0 || book.sub > book.dims || book.addresses < 2 ||
      book.addresses > 4096 || !(book.distortion >= 0 && book.distortion <= 1))
    fail(Errc::Format, "codec pq: {} dimensions by {}, {} addresses, distortion {}: no codebook (corrupt file)",
         book.dims, book.sub, book.addresses, book.distortion);
  book.mean = internal::get_halves(in, book.dims);
  book.centroids = internal::get_halves(in, book.dims * book.addresses);
  in.expect_end();
  return std::make_shared<Pq>(std::move(book));
}

}  // namespace

extern const CodecKind pq_codec;
const CodecKind pq_codec{"pq",
                         "a codebook of k-means per run of dimensions",
                         "Jegou, Douze & Schmid 2011; clustered with FAISS",
                         fields,
                         fit,
                         restore};

}  // namespace assimilaate
