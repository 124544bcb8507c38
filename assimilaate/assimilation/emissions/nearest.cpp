/// Nearest centroid of every space, for regression lanes: ties go to the lower address. Where a space is one number, a
/// row of comparators finds it among S levels in ceil(log2 S) decisions; a wider space is counted alike.

#include <algorithm>
#include <limits>

#include "assimilaate/assimilation/emission.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

class Nearest final : public Emission {
 public:
  explicit Nearest(const CodecPtr& codec)
      : codec_(codec), layout_(LaneLayout::regression(codec->shape(), *codec)), borders_(codec->shape().spaces()) {
    for (std::size_t m = 0; m < borders_.size(); ++m) {
      const auto centroids = codec_->centroids(m);
      if (centroids.cols() != 1) continue;
      for (std::size_t a = 0; a + 1 < centroids.rows(); ++a) {
        if (centroids(a, 0) > centroids(a + 1, 0)) {
          borders_[m].clear();
          break;
        }
        borders_[m].push_back(0.5F * (centroids(a, 0) + centroids(a + 1, 0)));
      }
    }
  }
  [[nodiscard]] const LaneLayout& layout() const override { return layout_; }
  void emit(MatrixView<const float> outputs, MatrixView<Address> aats) const override {
    parallel_for(outputs.rows(), [&](std::size_t i) {
      const auto output = outputs.row(i);
      auto aat = aats.row(i);
      std::size_t first = 0;
      for (std::size_t m = 0; m < borders_.size(); ++m) {
        const auto centroids = codec_->centroids(m);
        aat[m] = borders_[m].empty()
                     ? closest(centroids, output.subspan(first, centroids.cols()))
                     : static_cast<Address>(std::ranges::lower_bound(borders_[m], output[first]) - borders_[m].begin());
        first += centroids.cols();
      }
    });
  }
  [[nodiscard]] std::vector<Address> ranked(std::span<const float>) const override { return {}; }
  [[nodiscard]] std::size_t decisions() const override { return codec_->shape().bits(); }

 private:
  static Address closest(MatrixView<const float> centroids, std::span<const float> point) {
    float best = std::numeric_limits<float>::infinity();
    Address address = 0;
    for (std::size_t a = 0; a < centroids.rows(); ++a) {
      float distance = 0;
      for (std::size_t k = 0; k < point.size(); ++k) {
        const float d = point[k] - centroids(a, k);
        distance += d * d;
      }
      if (distance < best) {
        best = distance;
        address = static_cast<Address>(a);
      }
    }
    return address;
  }

  CodecPtr codec_;
  LaneLayout layout_;
  std::vector<std::vector<float>> borders_;  // between neighbours, of spaces that are one number and rise
};

std::unique_ptr<Emission> make(const CodecPtr& output, const Settings&) { return std::make_unique<Nearest>(output); }

}  // namespace

extern const EmissionKind nearest_emission;
const EmissionKind nearest_emission{
    "nearest", "the centroid nearest to what regression lanes say", "docs/concepts.md", {}, make};

}  // namespace assimilaate
