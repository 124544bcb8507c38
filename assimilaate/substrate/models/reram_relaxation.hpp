#pragma once
/// How far a ReRAM strays after programming (IBM/aihwkit 1.1.0, ReRamWan2022NoiseModel, fitted to Wan et al., Nature
/// 2022, doi 10.1038/s41586-022-04992-8).

namespace assimilaate {

/// Sigma of the conductance, in units of g_max: polynomials of the fourth degree in g, fitted at 1 s, 1 day and 2 days
/// for g_max = 40 uS; between them we interpolate in log t, outside we hold.
/// @param g        programmed, G / g_max, in [0, 1]
/// @param seconds  since programming [s], >= 0
[[nodiscard]] double reram_relaxation_sigma(double g, double seconds);

/// Sigma of the noise of one read, relative to the conductance (same source: about 1 %).
inline constexpr double reram_read_sigma = 0.01;

}  // namespace assimilaate
