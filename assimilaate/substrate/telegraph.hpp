#pragma once
/// Noise of a memristor's conductance from read to read, as a function of which memristor and which read: nothing is
/// stored.

#include "assimilaate/substrate/imperfections.hpp"

namespace assimilaate {

/// A two-level signal with memory of `memory` reads: at the points of a Poisson process of rate 1/memory it takes a new
/// level, either one as likely. Stays last 2 memory in the mean, likeness falls as exp(-t / memory), and the spectrum
/// is a Lorentzian. Points are drawn block by block of 2^k >= memory reads, from a hash of (device, read >> k), so one
/// look goes back over fewer than two blocks on average.
/// @param place  of the memristor; @param read  counts reads; @param memory  [reads], > 0
/// @returns -1 or 1
[[nodiscard]] int telegraph_level(const Random& random, std::uint64_t place, std::uint64_t read, double memory);

/// Mean stay on a level of the memristor at `place` [reads]: `telegraph_dwell` times ten to a part of
/// `telegraph_decades` that is its own.
[[nodiscard]] double telegraph_stay(const Imperfections& how, const Random& random, std::uint64_t place);

/// What a read finds of a conductance, as a factor: 1 + device_noise z, times 1 +- telegraph / 2; 1 with both layers
/// off.
[[nodiscard]] double read_factor(const Imperfections& how, const Random& random, std::uint64_t place,
                                 std::uint64_t read);

}  // namespace assimilaate
