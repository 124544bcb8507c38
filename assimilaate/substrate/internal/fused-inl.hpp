// Included once per SIMD target, after highway.h: no #pragma once.
#if defined(ASSIMILAATE_FUSED_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ASSIMILAATE_FUSED_INL
#undef ASSIMILAATE_FUSED_INL
#else
#define ASSIMILAATE_FUSED_INL
#endif

#include <hwy/highway.h>

#include <array>
#include <cmath>

#include "assimilaate/substrate/synapses.hpp"

HWY_BEFORE_NAMESPACE();
namespace assimilaate {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, tile_lanes>;
using Di = hn::RebindToSigned<D>;
using V = hn::Vec<D>;

/// a * b + c, rounded once on every target.
HWY_INLINE V fused(V a, V b, V c) {
#if HWY_NATIVE_FMA
  return hn::MulAdd(a, b, c);
#else
  const D d;
  HWY_ALIGN std::array<float, tile_lanes> x, y, z;
  hn::Store(a, d, x.data());
  hn::Store(b, d, y.data());
  hn::Store(c, d, z.data());
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) z[i] = std::fma(x[i], y[i], z[i]);
  return hn::Load(d, z.data());
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace assimilaate
HWY_AFTER_NAMESPACE();

#endif
