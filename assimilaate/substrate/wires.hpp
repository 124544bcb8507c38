#pragma once
/// Resistance of the wires between cells (`physics.md` 4.8). Rows are driven at the left, lanes are sensed at the
/// bottom; access transistors keep unselected cells out. Distances are counted in segments: column j is j + 1 from its
/// driver, the last row 1 from the sense end.

#include <cstdint>
#include <span>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// Cross-section and material of a wire; as it stands, a 32 nm node (NeuroSim): 2.1 Ohm a cell.
struct WireGeometry {
  double width = 40e-9;          ///< [m]
  double aspect = 1.9;           ///< height over width [1]
  double resistivity = 4.03e-8;  ///< at 298 K [Ohm m]
  double pitch = 0.16e-6;        ///< from cell to cell [m]
};
/// Resistance of one segment, rho * pitch / (width^2 * aspect) [Ohm].
[[nodiscard]] double segment_resistance(const WireGeometry& geometry, double kelvin = 298);
/// What a resistance stated at 298 K is at another temperature: .45 % more per kelvin [Ohm].
[[nodiscard]] double heated_wire(double resistance, double kelvin);

/// Share of its current that column `column` loses, p/(1 + p) with p = r G (T_j + kappa); within 1.7 % of the exact
/// mean for losses of .01 ... .34, 3.3 % above.
/// @param segment  r, resistance of a segment [Ohm]
/// @param mean     G, mean conductance of the selected cells [S]
/// @param columns  C; T_j = (j + 1)(C - j - 1) + (j + 1)(j + 2)/2 segments of row, each counted once per column beyond
/// @param reach    kappa, of `column_reach` [segments]
[[nodiscard]] double column_loss(double segment, double mean, std::size_t column, std::size_t columns, double reach);
/// kappa = (1/M) sum over u, v of min(d_u, d_v): segments of column, each counted once per selected cell beyond it.
/// @param distance  of the selected rows from the sense end [segments], ascending [M]
[[nodiscard]] double column_reach(std::span<const std::size_t> distance);

/// Currents of columns sensed at 0 V from rows driven at 1 V, by sweeps: every row as a ladder of its own with the
/// columns where they are, then every column likewise. Two sweeps leave the loss and |dy| within 1 % up to losses of
/// .65, enough sweeps are exact.
/// @param conductance  of the selected cells, [M x columns] [S]
/// @returns  [columns] [A], at 1 V
[[nodiscard]] std::vector<double> wired_currents(double segment, std::span<const std::size_t> distance,
                                                 MatrixView<const double> conductance, int sweeps = 2);

/// y = V_Y / V at the sense end of a floating node Y whose rails run along the lane, to first order in the drops of
/// both rails and of Y, over 1 + p:
///   A_m = r sum_n min(d_m, d_n) Ga_n (1 - y)   B_m = r sum_n min(d_m, d_n) Gb_n (1 + y)
///   dy = [-sum Ga A + sum Gb B - sum (Ga + Gb)(A - B)] / sum (Ga + Gb)
/// @param a, b  conductances to +V and to -V of the selected cells [M] [S]
[[nodiscard]] double wired_divider(double segment, std::span<const std::size_t> distance, std::span<const double> a,
                                   std::span<const double> b);

/// How the lanes of a tile are wired and read.
enum class LaneWiring {
  Currents,       ///< two columns a lane, rows driven, both currents sensed: the common loss divides out of y
  DividerAlong,   ///< floating Y between rails that run along the lane: its own current alone drops
  DividerAcross,  ///< floating Y between rails that cross all lanes: y shrinks to about (1 - e) y
};

/// The rows of one read as wires see them.
struct WiredRows {
  double reach = 0;  ///< `column_reach` of them, drives counted as the part of the time that they last [segments]
  double count = 0;  ///< cells that a lane's denominator sums
};
/// @param rows   selected, any order; row 0 is the farthest of `of` from the sense end
[[nodiscard]] WiredRows wired_rows(std::span<const std::uint32_t> rows, std::size_t of);
/// @param drives  g of every row, row 0 the farthest
[[nodiscard]] WiredRows wired_rows(std::span<const float> drives);

/// What wires make of a read, in the mean over the cells that were not looked at: no more than a few operations a lane.
/// @param segment      [Ohm], at the temperature of the read
/// @param code         conductance of a code [S]
/// @param numerator    sum (Ga - Gb) of every lane [codes]; leaves as y' * denominator
/// @param denominator  sum (Ga + Gb) of every lane [codes]; lanes of 0 are left alone
void apply_wires(LaneWiring wiring, double segment, const WiredRows& rows, double code, std::span<float> numerator,
                 std::span<const float> denominator);

}  // namespace assimilaate
