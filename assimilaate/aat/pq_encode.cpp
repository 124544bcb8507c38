#include "assimilaate/aat/pq_encode.hpp"

#include <algorithm>
#include <array>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "assimilaate/aat/pq_encode.cpp"
#include <hwy/foreach_target.h>  // compiles this file once more for every target
// after foreach_target.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace assimilaate::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// @param columns  [width x stride], a column per vector; stride is a multiple of the lanes
/// @param best     [stride]
/// @param least    [stride]
void PqNearest(const float* HWY_RESTRICT columns, std::size_t stride, MatrixView<const float> centroids,
               Address* HWY_RESTRICT best, float* HWY_RESTRICT least) {
  const hn::ScalableTag<float> df;
  const hn::RebindToSigned<decltype(df)> di;
  const std::size_t width = centroids.cols();
  for (std::size_t i = 0; i < stride; i += hn::Lanes(df)) {
    auto address = hn::Zero(di);
    auto distance = hn::Zero(df);
    const float* HWY_RESTRICT centroid = centroids.data();
    for (std::size_t a = 0; a < centroids.rows(); ++a) {
      auto sum = hn::Zero(df);
      for (std::size_t d = 0; d < width; ++d) {
        const auto gap = hn::Sub(hn::LoadU(df, columns + d * stride + i), hn::Set(df, *centroid++));
        sum = hn::Add(sum, hn::Mul(gap, gap));
      }
      if (a == 0) {
        distance = sum;
        continue;
      }
      const auto nearer = hn::Lt(sum, distance);
      distance = hn::IfThenElse(nearer, sum, distance);
      address = hn::IfThenElse(hn::RebindMask(di, nearer), hn::Set(di, static_cast<Address>(a)), address);
    }
    hn::StoreU(address, di, best + i);
    hn::StoreU(distance, df, least + i);
  }
}

}  // namespace assimilaate::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assimilaate {
namespace {

HWY_EXPORT(PqNearest);

constexpr std::size_t block = 64;  // vectors that are turned into columns at a time; a multiple of every target's lanes

}  // namespace

void pq_encode(MatrixView<const float> vectors, std::span<const PqSpace> spaces, MatrixView<Address> aats,
               MatrixView<float> errors) {
  ASSIMILAATE_EXPECTS(aats.rows() == vectors.rows() && aats.cols() == spaces.size());
  ASSIMILAATE_EXPECTS(errors.size() == 0 || errors.size() == aats.size());
  std::vector<float> columns;
  std::array<Address, block> best;
  std::array<float, block> least;
  for (std::size_t first = 0; first < vectors.rows(); first += block) {
    const std::size_t count = std::min(block, vectors.rows() - first);
    for (std::size_t s = 0; s < spaces.size(); ++s) {
      const std::size_t width = spaces[s].centroids.cols();
      columns.assign(width * block, 0.0F);
      for (std::size_t i = 0; i < count; ++i) {
        const float* x = vectors.data() + (first + i) * vectors.cols() + spaces[s].first;
        for (std::size_t d = 0; d < width; ++d) columns[d * block + i] = x[d];
      }
      HWY_DYNAMIC_DISPATCH(PqNearest)(columns.data(), block, spaces[s].centroids, best.data(), least.data());
      for (std::size_t i = 0; i < count; ++i) aats(first + i, s) = best[i];
      if (errors.size() != 0)
        for (std::size_t i = 0; i < count; ++i) errors(first + i, s) = least[i];
    }
  }
}

}  // namespace assimilaate
#endif
