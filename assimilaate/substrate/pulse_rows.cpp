#include "assimilaate/substrate/pulse_rows.hpp"

#include <array>
#include <cstring>

#include "assimilaate/substrate/pulse_rows_reference.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "assimilaate/substrate/pulse_rows.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "assimilaate/substrate/internal/fused-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace assimilaate {
namespace HWY_NAMESPACE {

using Du = hn::RebindToUnsigned<D>;
using D8 = hn::Rebind<std::uint8_t, D>;
using Ds8 = hn::Rebind<std::int8_t, D>;
using I = hn::Vec<Di>;
using U = hn::Vec<Du>;

/// Directions of synapses as those of their memristors, a and b interleaved. @return the lanes that are not 0, a bit
/// each
std::uint64_t couple_row(const std::int8_t* directions, std::int8_t* memristors) {
  const hn::CappedTag<std::int8_t, tile_lanes> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  std::uint64_t pulsed = 0;
  for (std::size_t l = 0; l < tile_lanes; l += hn::Lanes(d)) {
    const auto a = hn::LoadU(d, directions + l);
    hn::StoreInterleaved2(hn::BitCast(du, a), hn::BitCast(du, hn::Neg(a)), du,
                          reinterpret_cast<std::uint8_t*>(memristors + 2 * l));
    HWY_ALIGN std::array<std::uint8_t, 8> bits{};
    hn::StoreMaskBits(d, hn::Ne(a, hn::Zero(d)), bits.data());
    std::uint64_t word = 0;
    std::memcpy(&word, bits.data(), sizeof word);
    pulsed |= word << l;
  }
  return pulsed;
}

struct Exponentials {
  V less_one, whole;
};

HWY_INLINE Exponentials exponential(V x) {
  const D d;
  const V k = hn::Round(hn::Mul(x, hn::Set(d, reference::log2_of_e)));
  const V minus_k = hn::Neg(k);
  const V r = fused(minus_k, hn::Set(d, reference::ln2_low), fused(minus_k, hn::Set(d, reference::ln2_high), x));
  V p = hn::Set(d, reference::taylor[0]);
  for (int i = 1; i < 6; ++i) p = fused(p, r, hn::Set(d, reference::taylor[i]));
  p = fused(hn::Mul(p, r), r, r);
  const V two = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(Di(), k), hn::Set(Di(), 127))));
  return {fused(two, p, hn::Sub(two, hn::Set(d, 1.0F))), fused(two, p, two)};
}

/// 1 / (k + 1).
alignas(64) constexpr auto reciprocals = [] {
  std::array<float, 256> r{};
  for (std::size_t k = 0; k < r.size(); ++k) r[k] = 1.0F / static_cast<float>(k + 1);
  return r;
}();

/// The inversion of one vector of memristors under way: `reference::switched`.
struct Inversion {
  V trials, minus_odds, ratio, mass, rest, least, count;
};

/// @param trials  0 where there is no pulse
HWY_INLINE Inversion begin(V trials, V gain, V rate_time, U words) {
  const D d;
  const V y = hn::Mul(rate_time, gain);
  V odds = hn::Set(d, reference::taylor[1]);
  for (int i = 2; i < 6; ++i) odds = fused(odds, y, hn::Set(d, reference::taylor[i]));
  odds = fused(hn::Mul(odds, y), y, y);
  const Exponentials none = exponential(hn::Mul(hn::Neg(y), trials));
  const V high = hn::ConvertTo(d, hn::BitCast(Di(), hn::ShiftRight<8>(words)));
  const V low = hn::ConvertTo(d, hn::BitCast(Di(), hn::And(words, hn::Set(Du(), 0xFF))));
  const V v = fused(high, hn::Set(d, 0x1p-24F), fused(low, hn::Set(d, 0x1p-32F), hn::Set(d, 0x1p-33F)));
  const V some = hn::Neg(none.less_one);
  return {trials,     hn::Neg(odds),    fused(odds, trials, odds),
          none.whole, hn::Sub(some, v), hn::Mul(hn::Set(d, 3e-7F), some),
          hn::Zero(d)};
}
/// Count one switch where P(more) is still above the noise. Once below it stays there: masses are not negative.
HWY_INLINE auto advance(Inversion& s, V reciprocal) {
  const D d;
  const auto active = hn::Gt(s.rest, s.least);
  s.count = hn::Add(s.count, hn::IfThenElseZero(active, hn::Set(d, 1.0F)));
  s.mass = hn::Mul(s.mass, hn::Max(fused(s.ratio, reciprocal, s.minus_odds), hn::Zero(d)));
  s.rest = hn::Sub(s.rest, s.mass);
  return active;
}

#if HWY_TARGET == HWY_SCALAR
void draw_row(std::array<std::uint32_t, 2> key, std::array<std::uint32_t, 4> first, std::uint32_t* words) {
  for (std::uint32_t i = 0; i < row_memristors; i += 4) {
    const auto block = philox(key, {first[0] + i, first[1], first[2], first[3]});
    std::copy(block.begin(), block.end(), words + i);
  }
}
#else
/// 32 Philox blocks, a word each for a and b of two lanes. Every 64-bit lane works on one block, its words in the lower
/// halves: an even multiplication reads those alone.
void draw_row(std::array<std::uint32_t, 2> key, std::array<std::uint32_t, 4> first, std::uint32_t* words) {
  const Du d;
  const hn::RepartitionToWide<Du> wide;
  const auto lower = hn::Set(wide, 0xFFFFFFFFU);
  const auto both = [&](auto low, auto high) { return hn::Or(hn::And(low, lower), hn::ShiftLeft<32>(high)); };
  const auto set = [&](std::uint64_t value) { return hn::Set(wide, value); };
  for (std::size_t i = 0; i < row_memristors / 4; i += hn::Lanes(wide)) {
    // Places never carry into the upper word: no bank has 2^32 memristors.
    auto c0 = hn::Add(set(first[0]), hn::ShiftLeft<2>(hn::Iota(wide, i)));
    auto c1 = set(first[1]), c2 = set(first[2]), c3 = set(first[3]);
    std::uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; ++round) {
      const auto p0 = hn::MulEven(hn::BitCast(d, c0), hn::BitCast(d, set(0xD2511F53U)));
      const auto p1 = hn::MulEven(hn::BitCast(d, c2), hn::BitCast(d, set(0xCD9E8D57U)));
      c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), set(k0));
      c1 = p1;
      c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), set(k1));
      c3 = p0;
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    hn::StoreInterleaved2(both(c0, c1), both(c2, c3), wide, reinterpret_cast<std::uint64_t*>(words + 4 * i));
  }
}
#endif

/// Gains of the way they go, lowest and highest codes of a vector of memristors; a stuck one gains nothing.
template <typename M>
HWY_INLINE void load_devices(const MemristorRow& row, std::size_t i, M rises, V& gain, I& low, I& high) {
  const D d;
  const Du du;
  if (row.devices == nullptr) {
    gain = hn::Set(d, 1.0F);
    low = hn::Zero(Di());
    high = hn::Set(Di(), row.top);
    return;
  }
  static_assert(sizeof(ByteDevice) == 8);
  U gains, packed;
  hn::LoadInterleaved2(du, reinterpret_cast<const std::uint32_t*>(row.devices + i), gains, packed);
  const U byte = hn::Set(du, 0xFF);
  low = hn::BitCast(Di(), hn::And(packed, byte));
  high = hn::BitCast(Di(), hn::And(hn::ShiftRight<8>(packed), byte));
  const auto moves = hn::Eq(hn::And(hn::ShiftRight<16>(packed), byte), hn::Zero(du));
  const U way =
      hn::IfThenElse(hn::RebindMask(du, rises), hn::And(gains, hn::Set(du, 0xFFFF)), hn::ShiftRight<16>(gains));
  const I fixed = hn::BitCast(Di(), hn::IfThenElseZero(moves, way));
  gain = hn::Mul(hn::ConvertTo(d, fixed), hn::Set(d, 1 / ByteDevice::one));
}

/// The vector of memristors from `i` on, ready for its draw.
HWY_INLINE Inversion begin_at(const MemristorRow& row, std::size_t i, float up, float down,
                              const std::uint32_t* words) {
  const D d;
  const Di di;
  const I code = hn::PromoteTo(di, hn::LoadU(D8(), row.codes + i));
  const I way = hn::PromoteTo(di, hn::LoadU(Ds8(), row.directions + i));
  const auto rises = hn::Gt(way, hn::Zero(di));
  V gain;
  I low, high;
  load_devices(row, i, rises, gain, low, high);
  const I room = hn::IfThenElse(rises, hn::Sub(high, code), hn::Sub(code, low));
  const I trials = hn::IfThenElseZero(hn::Ne(way, hn::Zero(di)), hn::Max(room, hn::Zero(di)));
  const V rate_time = hn::IfThenElse(hn::RebindMask(d, rises), hn::Set(d, up), hn::Set(d, down));
  return begin(hn::ConvertTo(d, trials), gain, rate_time, hn::LoadU(Du(), words + i));
}
HWY_INLINE void end_at(const MemristorRow& row, std::size_t i, const Inversion& s) {
  const Di di;
  const I code = hn::PromoteTo(di, hn::LoadU(D8(), row.codes + i));
  const I way = hn::PromoteTo(di, hn::LoadU(Ds8(), row.directions + i));
  const I moved = hn::Add(code, hn::Mul(way, hn::ConvertTo(di, hn::Min(s.count, s.trials))));
  hn::StoreU(hn::DemoteTo(D8(), moved), D8(), row.codes + i);
}

/// Four vectors at a time: their chains of multiplications wait for each other's results no more.
void switch_row(const MemristorRow& row, float up, float down, const std::uint32_t* words) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  for (std::size_t i = 0; i < row_memristors; i += 4 * n) {
    Inversion s0 = begin_at(row, i, up, down, words), s1 = begin_at(row, i + n, up, down, words);
    Inversion s2 = begin_at(row, i + 2 * n, up, down, words), s3 = begin_at(row, i + 3 * n, up, down, words);
    for (std::size_t k = 0; k < reciprocals.size() - 1; ++k) {
      const V reciprocal = hn::Set(d, reciprocals[k]);
      const auto a = hn::Or(advance(s0, reciprocal), advance(s1, reciprocal));
      const auto b = hn::Or(advance(s2, reciprocal), advance(s3, reciprocal));
      if (hn::AllFalse(d, hn::Or(a, b))) break;
    }
    end_at(row, i, s0);
    end_at(row, i + n, s1);
    end_at(row, i + 2 * n, s2);
    end_at(row, i + 3 * n, s3);
  }
}

/// Memristors that are all alike, in whole bytes.
void step_alike(const MemristorRow& row, int up, int down) {
  const hn::CappedTag<std::uint8_t, row_memristors> d;
  const hn::RebindToSigned<decltype(d)> ds;
  const auto move = [&](auto codes, int step) {
    const auto size = hn::Set(d, static_cast<std::uint8_t>(std::min(std::abs(step), 255)));
    return step > 0 ? hn::Min(hn::SaturatedAdd(codes, size), hn::Set(d, row.top)) : hn::SaturatedSub(codes, size);
  };
  for (std::size_t i = 0; i < row_memristors; i += hn::Lanes(d)) {
    const auto code = hn::LoadU(d, row.codes + i);
    const auto way = hn::LoadU(ds, row.directions + i);
    const auto rises = hn::RebindMask(d, hn::Gt(way, hn::Zero(ds))),
               falls = hn::RebindMask(d, hn::Lt(way, hn::Zero(ds)));
    const auto risen = hn::IfThenElse(rises, move(code, up), code);
    hn::StoreU(hn::IfThenElse(falls, move(code, down), risen), d, row.codes + i);
  }
}

void step_row(const MemristorRow& row, float up, float down) {
  if (row.devices == nullptr)
    return step_alike(row, static_cast<int>(std::nearbyint(up)), static_cast<int>(std::nearbyint(down)));
  const D d;
  const Di di;
  for (std::size_t i = 0; i < row_memristors; i += hn::Lanes(d)) {
    const I code = hn::PromoteTo(di, hn::LoadU(D8(), row.codes + i));
    const I way = hn::PromoteTo(di, hn::LoadU(Ds8(), row.directions + i));
    const auto rises = hn::Gt(way, hn::Zero(di));
    V gain;
    I low, high;
    load_devices(row, i, rises, gain, low, high);
    const V step = hn::IfThenElse(hn::RebindMask(d, rises), hn::Set(d, up), hn::Set(d, down));
    const I moved = hn::Add(code, hn::NearestInt(hn::Mul(step, gain)));
    const I within = hn::Min(hn::Max(moved, low), high);
    const auto pulsed = hn::And(hn::Ne(way, hn::Zero(di)), hn::RebindMask(di, hn::Gt(gain, hn::Zero(d))));
    hn::StoreU(hn::DemoteTo(D8(), hn::IfThenElse(pulsed, within, code)), D8(), row.codes + i);
  }
}

/// total += after - before, in double: exact.
HWY_INLINE void gain(V before, V after, double* total) {
#if HWY_TARGET == HWY_SCALAR
  *total += static_cast<double>(hn::GetLane(after)) - static_cast<double>(hn::GetLane(before));
#else
  const hn::Half<D> half;
  const hn::Rebind<double, hn::Half<D> > wide;
  const auto add = [&](auto was, auto is, double* to) {
    const auto gained = hn::Sub(hn::PromoteTo(wide, is), hn::PromoteTo(wide, was));
    hn::StoreU(hn::Add(hn::LoadU(wide, to), gained), wide, to);
  };
  add(hn::LowerHalf(half, before), hn::LowerHalf(half, after), total);
  add(hn::UpperHalf(half, before), hn::UpperHalf(half, after), total + hn::Lanes(half));
#endif
}

std::uint64_t show_row(const MemristorRow& row, float offset, float* difference, float* sum, double* total) {
  const D d;
  const Di di;
  const hn::Rebind<std::uint16_t, D> d16;
  I codes = hn::Zero(di);
  for (std::size_t l = 0; l < tile_lanes; l += hn::Lanes(d)) {
    // Two bytes a lane: a below, b above.
    const auto pairs = hn::PromoteTo(di, hn::LoadU(d16, reinterpret_cast<const std::uint16_t*>(row.codes + 2 * l)));
    const auto ways = hn::PromoteTo(di, hn::LoadU(d16, reinterpret_cast<const std::uint16_t*>(row.directions + 2 * l)));
    const auto pulsed = hn::RebindMask(d, hn::Ne(ways, hn::Zero(di)));
    const I a = hn::And(pairs, hn::Set(di, 0xFF)), b = hn::ShiftRight<8>(pairs), both = hn::Add(a, b);
    const V was = hn::LoadU(d, sum + l), is = hn::Add(hn::ConvertTo(d, both), hn::Set(d, offset));
    const V after = hn::IfThenElse(pulsed, is, was);
    hn::StoreU(after, d, sum + l);
    hn::StoreU(hn::IfThenElse(pulsed, hn::ConvertTo(d, hn::Sub(a, b)), hn::LoadU(d, difference + l)), d,
               difference + l);
    gain(was, after, total + l);
    // What they were is what the sum tells, less the offset.
    const I before = hn::NearestInt(hn::Sub(was, hn::Set(d, offset)));
    codes = hn::Add(codes, hn::IfThenElseZero(hn::RebindMask(di, pulsed), hn::Add(both, before)));
  }
  return static_cast<std::uint64_t>(hn::GetLane(hn::SumOfLanes(di, codes)));
}

}  // namespace HWY_NAMESPACE
}  // namespace assimilaate
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assimilaate {

HWY_EXPORT(couple_row);
HWY_EXPORT(draw_row);
HWY_EXPORT(switch_row);
HWY_EXPORT(step_row);
HWY_EXPORT(show_row);

std::uint64_t couple_row(std::span<const std::int8_t> directions, std::span<std::int8_t> memristors) {
  ASSIMILAATE_EXPECTS(directions.size() == tile_lanes && memristors.size() == row_memristors);
  return HWY_DYNAMIC_DISPATCH(couple_row)(directions.data(), memristors.data());
}

void draw_row(const Random& random, std::uint64_t place, std::uint64_t event, std::span<std::uint32_t> words) {
  ASSIMILAATE_EXPECTS(words.size() == row_memristors);
  HWY_DYNAMIC_DISPATCH(draw_row)(random.key(), Random::counter(Purpose::Pulse, place, event), words.data());
}

void switch_row(const MemristorRow& row, float up, float down, std::span<const std::uint32_t> words) {
  ASSIMILAATE_EXPECTS(words.size() == row_memristors);
  HWY_DYNAMIC_DISPATCH(switch_row)(row, up, down, words.data());
}

void step_row(const MemristorRow& row, float up, float down) { HWY_DYNAMIC_DISPATCH(step_row)(row, up, down); }

std::uint64_t show_row(const MemristorRow& row, float offset, std::span<float> difference, std::span<float> sum,
                       std::span<double> total) {
  ASSIMILAATE_EXPECTS(difference.size() == tile_lanes && sum.size() == tile_lanes && total.size() == tile_lanes);
  return HWY_DYNAMIC_DISPATCH(show_row)(row, offset, difference.data(), sum.data(), total.data());
}

}  // namespace assimilaate
#endif
