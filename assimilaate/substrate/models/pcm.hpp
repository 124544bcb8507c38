#pragma once
/// What a phase-change memory does after programming, as functions of g = G / g_max and of the time t since
/// (IBM/aihwkit 1.1.0, PCMLikeNoiseModel, fitted to a million devices of Nandakumar et al. 2019 and Joshi et al. 2020).

namespace assimilaate {

/// Sigma of the conductance right after programming, in units of g_max:
/// (.26348 + 1.965 g - 1.1731 g^2) uS for g_max = 25 uS. @param g in [0, 1]
[[nodiscard]] double pcm_programming_sigma(double g);

/// The drift exponent nu = |N(mean, sigma)| of G(t) = G (1 + t / 20 s)^-nu. @param g in [0, 1]
struct PcmDrift {
  double mean, sigma;
};
[[nodiscard]] PcmDrift pcm_drift(double g);

/// Sigma of the 1/f noise of one read, relative to the conductance then: Q sqrt(ln((t + t0 + tr) / (2 tr))),
/// Q = min(.2, .0088 / g^.65), t0 = 20 s, tr = 250 ns.
/// @param g        programmed, in [0, 1]
/// @param seconds  since programming [s], >= 0
[[nodiscard]] double pcm_read_sigma(double g, double seconds);

}  // namespace assimilaate
