#include "assimilaate/aat/grid_encode.hpp"

#include "assimilaate/aat/grid_encode_reference.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "assimilaate/aat/grid_encode.cpp"
#include <hwy/foreach_target.h>  // compiles this file once more for every target
// after foreach_target.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace assimilaate::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void GridEncode(MatrixView<const float> vectors, MatrixView<const float> borders, MatrixView<Address> aats) {
  const hn::ScalableTag<float> df;
  const hn::RebindToSigned<decltype(df)> di;
  const std::size_t lanes = hn::Lanes(df), spaces = vectors.cols();
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    const float* HWY_RESTRICT x = vectors.data() + i * spaces;
    Address* HWY_RESTRICT aat = aats.data() + i * spaces;
    std::size_t m = 0;
    for (; m + lanes <= spaces; m += lanes) {
      const auto value = hn::LoadU(df, x + m);
      auto address = hn::Zero(di);
      const float* HWY_RESTRICT border = borders.data() + m;
      for (std::size_t k = 0; k < borders.rows(); ++k, border += spaces) {
        const auto above = hn::RebindMask(di, hn::Gt(value, hn::LoadU(df, border)));
        address = hn::Sub(address, hn::VecFromMask(di, above));  // a set mask is -1
      }
      hn::StoreU(address, di, aat + m);
    }
    for (; m < spaces; ++m) aat[m] = grid_encode_reference(x[m], borders, m);
  }
}

}  // namespace assimilaate::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assimilaate {

HWY_EXPORT(GridEncode);

void grid_encode(MatrixView<const float> vectors, MatrixView<const float> borders, MatrixView<Address> aats) {
  ASSIMILAATE_EXPECTS(vectors.cols() == borders.cols() && vectors.cols() == aats.cols());
  ASSIMILAATE_EXPECTS(vectors.rows() == aats.rows());
  HWY_DYNAMIC_DISPATCH(GridEncode)(vectors, borders, aats);
}

}  // namespace assimilaate
#endif
