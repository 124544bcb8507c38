#include "assimilaate/substrate/lanes.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "assimilaate/substrate/lanes_reference.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "assimilaate/substrate/lanes.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "assimilaate/substrate/internal/fused-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace assimilaate {
namespace HWY_NAMESPACE {

/// Four examples by two vectors of lanes at a time: eight sums in registers, every loaded number used twice or more.
void read_tile(MatrixView<const float> difference, MatrixView<const float> drives, MatrixView<float> numerator,
               std::size_t first) {
  const D d;
  const std::size_t n = hn::Lanes(d), rows = difference.rows();
  const float* plane = difference.data();
  for (std::size_t b = 0; b < drives.rows(); b += 4) {
    const std::size_t count = std::min<std::size_t>(4, drives.rows() - b);
    // A short block reads its last example again and does not store it.
    const float* g[4];
    for (std::size_t i = 0; i < 4; ++i) g[i] = drives.row(b + std::min(i, count - 1)).data() + first;
    for (std::size_t l = 0; l < tile_lanes; l += 2 * n) {
      const bool two = l + n < tile_lanes;
      V s00 = hn::Zero(d), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      for (std::size_t r = 0; r < rows; ++r) {
        const float* p = plane + r * tile_lanes + l;
        const V d0 = hn::LoadU(d, p), d1 = two ? hn::LoadU(d, p + n) : d0;
        const V g0 = hn::Set(d, g[0][r]), g1 = hn::Set(d, g[1][r]);
        s00 = fused(g0, d0, s00);
        s01 = fused(g0, d1, s01);
        s10 = fused(g1, d0, s10);
        s11 = fused(g1, d1, s11);
        const V g2 = hn::Set(d, g[2][r]), g3 = hn::Set(d, g[3][r]);
        s20 = fused(g2, d0, s20);
        s21 = fused(g2, d1, s21);
        s30 = fused(g3, d0, s30);
        s31 = fused(g3, d1, s31);
      }
      const V low[4] = {s00, s10, s20, s30}, high[4] = {s01, s11, s21, s31};
      for (std::size_t i = 0; i < count; ++i) {
        float* out = numerator.row(b + i).data() + l;
        hn::StoreU(low[i], d, out);
        if (two) hn::StoreU(high[i], d, out + n);
      }
    }
  }
}

void read_rows(MatrixView<const float> difference, MatrixView<const float> sum, std::span<const std::uint32_t> rows,
               std::span<float> numerator, std::span<float> denominator) {
  const D d;
  for (std::size_t l = 0; l < tile_lanes; l += hn::Lanes(d)) {
    V top = hn::Zero(d), bottom = hn::Zero(d);
    for (const auto r : rows) {
      top = hn::Add(top, hn::LoadU(d, difference.data() + r * tile_lanes + l));
      bottom = hn::Add(bottom, hn::LoadU(d, sum.data() + r * tile_lanes + l));
    }
    hn::StoreU(top, d, numerator.data() + l);
    hn::StoreU(bottom, d, denominator.data() + l);
  }
}

void accumulate_row(MatrixView<const float> drives, MatrixView<const float> signals, std::size_t row,
                    std::span<float> change) {
  const D d;
  for (std::size_t l = 0; l < tile_lanes; l += hn::Lanes(d)) {
    V s = hn::Zero(d);
    for (std::size_t b = 0; b < drives.rows(); ++b)
      s = fused(hn::Set(d, drives.data()[b * drives.cols() + row]), hn::LoadU(d, signals.data() + b * tile_lanes + l),
                s);
    hn::StoreU(s, d, change.data() + l);
  }
}

/// Signals of `kBlock` examples stay in registers while the rows go by; a lane vector is one pass over the rows.
template <std::size_t kBlock>
HWY_INLINE V demand(const float* drives, std::size_t stride, const V* signals, std::size_t block) {
  const D d;
  V s = hn::Zero(d);
  const std::size_t count = kBlock > 0 ? kBlock : block;
  for (std::size_t b = 0; b < count; ++b) s = fused(hn::Set(d, drives[b * stride]), signals[b], s);
  return s;
}

template <std::size_t kBlock>
HWY_INLINE void accumulate_lanes(MatrixView<const float> drives, MatrixView<const float> signals, int limit,
                                 std::uint64_t event, std::size_t first_lane, MatrixView<std::int8_t> counters,
                                 std::vector<Fire>& fires) {
  const D d;
  const Di di;
  const hn::RebindToUnsigned<D> du;
  const hn::Rebind<std::int8_t, D> d8;
  const std::size_t n = hn::Lanes(d), block = drives.rows(), rows = drives.cols();
  HWY_ALIGN std::array<std::uint32_t, tile_lanes> seeds;
  for (std::size_t i = 0; i < n; ++i) seeds[i] = reference::lane_seed(event, first_lane + i);
  const auto lane_seeds = hn::Load(du, seeds.data());
  HWY_ALIGN std::array<std::int32_t, tile_lanes> counted;
  const auto high = hn::Set(di, limit - 1), low = hn::Set(di, 1 - limit);
  const auto most = hn::Set(d, 16384.0F), least = hn::Set(d, -16384.0F);
  V asked[kBlock > 0 ? kBlock : most_examples];
  for (std::size_t b = 0; b < block; ++b) asked[b] = hn::LoadU(d, signals.data() + b * tile_lanes + first_lane);
  for (std::size_t r = 0; r < rows; ++r) {
    const V s = hn::Min(hn::Max(demand<kBlock>(drives.data() + r, rows, asked, block), least), most);
    auto x = hn::Mul(hn::Xor(lane_seeds, hn::Set(du, reference::row_seed(event, r))), hn::Set(du, 0x9E3779B1U));
    x = hn::Mul(hn::Xor(x, hn::ShiftRight<15>(x)), hn::Set(du, 0x85EBCA77U));
    x = hn::ShiftRight<8>(hn::Xor(x, hn::ShiftRight<13>(x)));
    const V dither = hn::Mul(hn::ConvertTo(d, hn::BitCast(di, x)), hn::Set(d, 0x1p-24F));
    const auto more = hn::ConvertTo(di, hn::Floor(hn::Add(s, dither)));
    std::int8_t* counter = counters.data() + r * tile_lanes + first_lane;
    auto now = hn::Add(hn::PromoteTo(di, hn::LoadU(d8, counter)), more);
    if (!hn::AllFalse(di, hn::Or(hn::Gt(now, high), hn::Lt(now, low)))) {
      hn::Store(now, di, counted.data());
      for (std::size_t i = 0; i < n; ++i) {
        const int count = counted[i] / limit;
        if (count == 0) continue;
        counted[i] -= count * limit;
        fires.push_back({static_cast<std::uint32_t>(r), static_cast<std::uint16_t>(first_lane + i),
                         static_cast<std::int16_t>(count)});
      }
      now = hn::Load(di, counted.data());
    }
    hn::StoreU(hn::DemoteTo(d8, now), d8, counter);
  }
}

void accumulate_tile(MatrixView<const float> drives, MatrixView<const float> signals, int limit, std::uint64_t event,
                     MatrixView<std::int8_t> counters, std::vector<Fire>& fires) {
  const D d;
  for (std::size_t l = 0; l < tile_lanes; l += hn::Lanes(d)) {
    if (drives.rows() == 8)
      accumulate_lanes<8>(drives, signals, limit, event, l, counters, fires);
    else
      accumulate_lanes<0>(drives, signals, limit, event, l, counters, fires);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace assimilaate
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assimilaate {

HWY_EXPORT(read_tile);
HWY_EXPORT(read_rows);
HWY_EXPORT(accumulate_row);
HWY_EXPORT(accumulate_tile);

void read_tile(MatrixView<const float> difference, MatrixView<const float> drives, MatrixView<float> numerator,
               std::size_t first) {
  ASSIMILAATE_EXPECTS(difference.cols() == tile_lanes && first + difference.rows() <= drives.cols());
  ASSIMILAATE_EXPECTS(numerator.rows() == drives.rows() && numerator.cols() == tile_lanes);
  HWY_DYNAMIC_DISPATCH(read_tile)(difference, drives, numerator, first);
}

void read_rows(MatrixView<const float> difference, MatrixView<const float> sum, std::span<const std::uint32_t> rows,
               std::span<float> numerator, std::span<float> denominator) {
  ASSIMILAATE_EXPECTS(numerator.size() == tile_lanes && denominator.size() == tile_lanes);
  HWY_DYNAMIC_DISPATCH(read_rows)(difference, sum, rows, numerator, denominator);
}

void accumulate_row(MatrixView<const float> drives, MatrixView<const float> signals, std::size_t row,
                    std::span<float> change) {
  ASSIMILAATE_EXPECTS(change.size() == tile_lanes && signals.cols() == tile_lanes && row < drives.cols());
  HWY_DYNAMIC_DISPATCH(accumulate_row)(drives, signals, row, change);
}

void accumulate_tile(MatrixView<const float> drives, MatrixView<const float> signals, int limit, std::uint64_t event,
                     MatrixView<std::int8_t> counters, std::vector<Fire>& fires) {
  ASSIMILAATE_EXPECTS(signals.cols() == tile_lanes && signals.rows() == drives.rows());
  ASSIMILAATE_EXPECTS(counters.rows() == drives.cols() && limit >= 1 && limit <= 127);
  ASSIMILAATE_EXPECTS(drives.rows() <= most_examples);
  const std::size_t before = fires.size();
  std::vector<Fire> found;
  HWY_DYNAMIC_DISPATCH(accumulate_tile)(drives, signals, limit, event, counters, found);
  // Passes over lane vectors gave them in row order one after the other: a counting sort by row keeps the lanes in
  // order.
  std::vector<std::uint32_t> place(drives.cols() + 1);
  for (const Fire& fire : found) ++place[fire.row + 1];
  for (std::size_t r = 1; r < place.size(); ++r) place[r] += place[r - 1];
  fires.resize(before + found.size());
  for (const Fire& fire : found) fires[before + place[fire.row]++] = fire;
}

std::vector<std::string> lane_targets() {
  std::vector<std::string> names;
  for (const auto target : hwy::SupportedAndGeneratedTargets())
    names.emplace_back(hwy::TargetName(static_cast<std::uint32_t>(target)));
  return names;
}

void force_lane_target(std::string_view name) {
  hwy::SetSupportedTargetsForTest(0);
  for (const auto target : hwy::SupportedAndGeneratedTargets())
    if (name == hwy::TargetName(static_cast<std::uint32_t>(target)))
      hwy::SetSupportedTargetsForTest(static_cast<std::uint32_t>(target));
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace assimilaate
#endif
