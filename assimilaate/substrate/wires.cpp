#include "assimilaate/substrate/wires.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {
namespace {

/// Segments between a driver and column j, each counted once per column that draws through it.
double row_reach(std::size_t column, std::size_t columns) {
  const auto j = static_cast<double>(column), beyond = static_cast<double>(columns) - j - 1;
  return (j + 1) * beyond + (j + 1) * (j + 2) / 2;
}

/// Potentials along a wire that is held at one end and joined to a source by a conductance at every node: what lies
/// beyond a node is one conductance and one source, folded from the far end.
class Ladder {
 public:
  explicit Ladder(std::size_t nodes) : drawn_(nodes), fed_(nodes) {}
  /// @param resistance   of the piece before node i
  /// @param conductance, source  of node i
  /// @param potential    of node i, result
  template <typename Resistance, typename Conductance, typename Source, typename Potential>
  void solve(double end, const Resistance& resistance, const Conductance& conductance, const Source& source,
             const Potential& potential) {
    double drawn = 0, fed = 0;
    for (std::size_t i = drawn_.size(); i-- > 0;) {
      drawn_[i] = drawn += conductance(i);
      fed_[i] = fed += conductance(i) * source(i);
      const double through = 1 / (1 + resistance(i) * drawn);
      drawn *= through;
      fed *= through;
    }
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      end = (end + resistance(i) * fed_[i]) / (1 + resistance(i) * drawn_[i]);
      potential(i) = end;
    }
  }

 private:
  std::vector<double> drawn_, fed_;
};

/// Voltages along a row driven at 1 V whose cells are all alike.
std::vector<double> uniform_row(double segment, double conductance, std::size_t columns) {
  std::vector<double> volts(columns);
  Ladder(columns).solve(
      1, [&](std::size_t) { return segment; }, [&](std::size_t) { return conductance; },
      [](std::size_t) { return 0.0; }, [&](std::size_t j) -> double& { return volts[j]; });
  return volts;
}

/// sum_n min(d_m, d_n) w_n for every m.
std::vector<double> drops(std::span<const std::size_t> distance, const std::vector<double>& weight) {
  std::vector<double> found(weight.size());
  double tail = 0, sum = 0;
  for (const double w : weight) tail += w;
  std::size_t at = 0;
  for (std::size_t m = 0; m < weight.size(); ++m) {
    sum += static_cast<double>(distance[m] - at) * tail;
    found[m] = sum;
    tail -= weight[m];
    at = distance[m];
  }
  return found;
}

}  // namespace

double segment_resistance(const WireGeometry& geometry, double kelvin) {
  const double section = geometry.width * geometry.width * geometry.aspect;
  return heated_wire(geometry.resistivity * geometry.pitch / section, kelvin);
}

double heated_wire(double resistance, double kelvin) { return resistance * (1 + 0.0045 * (kelvin - 298)); }

double column_loss(double segment, double mean, std::size_t column, std::size_t columns, double reach) {
  const double p = segment * mean * (row_reach(column, columns) + reach);
  return p / (1 + p);
}

double column_reach(std::span<const std::size_t> distance) {
  // The u-th nearest of M is the smaller of a couple 2 (M - u) + 1 times, u from 1.
  double sum = 0;
  for (std::size_t u = 0; u < distance.size(); ++u)
    sum += static_cast<double>(distance[u] * (2 * (distance.size() - u) - 1));
  return distance.empty() ? 0 : sum / static_cast<double>(distance.size());
}

std::vector<double> wired_currents(double segment, std::span<const std::size_t> distance,
                                   MatrixView<const double> conductance, int sweeps) {
  const std::size_t rows = distance.size(), columns = conductance.cols();
  Matrix<double> row(rows, columns), column(rows, columns);  // potentials at the two ends of a cell
  std::fill_n(row.data(), row.size(), 1.0);
  Ladder along_row(columns), along_column(rows);
  const auto gap = [&](std::size_t u) {
    return segment * static_cast<double>(distance[u] - (u > 0 ? distance[u - 1] : 0));
  };
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t u = 0; u < rows; ++u)
      along_row.solve(
          1, [&](std::size_t) { return segment; }, [&](std::size_t j) { return conductance(u, j); },
          [&](std::size_t j) { return column(u, j); }, [&](std::size_t j) -> double& { return row(u, j); });
    for (std::size_t j = 0; j < columns; ++j)
      along_column.solve(
          0, gap, [&](std::size_t u) { return conductance(u, j); }, [&](std::size_t u) { return row(u, j); },
          [&](std::size_t u) -> double& { return column(u, j); });
  }
  std::vector<double> currents(columns, 0);
  for (std::size_t u = 0; u < rows; ++u)
    for (std::size_t j = 0; j < columns; ++j) currents[j] += conductance(u, j) * (row(u, j) - column(u, j));
  return currents;
}

double wired_divider(double segment, std::span<const std::size_t> distance, std::span<const double> a,
                     std::span<const double> b) {
  double difference = 0, sum = 0;
  for (std::size_t m = 0; m < a.size(); ++m) {
    difference += a[m] - b[m];
    sum += a[m] + b[m];
  }
  if (sum <= 0) return 0;
  const double y = difference / sum;
  std::vector<double> from_a(a.size()), from_b(b.size());
  for (std::size_t m = 0; m < a.size(); ++m) {
    from_a[m] = segment * a[m] * (1 - y);
    from_b[m] = segment * b[m] * (1 + y);
  }
  const auto drop_a = drops(distance, from_a), drop_b = drops(distance, from_b);
  double moved = 0, lost = 0;
  for (std::size_t m = 0; m < a.size(); ++m) {
    moved += b[m] * drop_b[m] - a[m] * drop_a[m] - (a[m] + b[m]) * (drop_a[m] - drop_b[m]);
    lost += a[m] * drop_a[m] + b[m] * drop_b[m];
  }
  return y + moved / (sum + lost);
}

WiredRows wired_rows(std::span<const std::uint32_t> rows, std::size_t of) {
  std::vector<std::size_t> distance(rows.size());
  std::ranges::transform(rows, distance.begin(), [&](std::uint32_t row) { return of - row; });
  std::ranges::sort(distance);
  return {column_reach(distance), static_cast<double>(rows.size())};
}

WiredRows wired_rows(std::span<const float> drives) {
  // sum_u sum_v w_u w_v min(d_u, d_v) is the sum, over segments, of the squared weight beyond.
  double beyond = 0, sum = 0;
  for (const float drive : drives) {
    beyond += std::abs(drive);
    sum += beyond * beyond;
  }
  return {beyond > 0 ? sum / beyond : 0, static_cast<double>(drives.size())};
}

void apply_wires(LaneWiring wiring, double segment, const WiredRows& rows, double code, std::span<float> numerator,
                 std::span<const float> denominator) {
  const std::size_t lanes = denominator.size();
  double whole = 0, divided = 0;  // of all lanes: half of Ga + Gb, and of that what a rail of a divider sees [codes]
  for (std::size_t l = 0; l < lanes; ++l) {
    const double sum = denominator[l];
    if (sum <= 0) continue;
    whole += sum / 2;
    divided += (sum - static_cast<double>(numerator[l]) * numerator[l] / sum) / 2;
  }
  if (segment <= 0 || rows.count <= 0 || whole <= 0) return;
  const double cell = code / rows.count;  // a lane's codes as conductance of one of its cells [S]
  const double mean = cell / static_cast<double>(lanes);
  std::vector<double> row;
  if (wiring == LaneWiring::Currents) row = uniform_row(segment, mean * whole, 2 * lanes);
  if (wiring == LaneWiring::DividerAcross) row = uniform_row(segment, mean * divided, lanes);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double sum = denominator[l];
    if (sum <= 0) continue;
    const double y = numerator[l] / sum, own = segment * rows.reach * cell * sum / 2;
    double seen = 0;
    if (wiring == LaneWiring::Currents) {
      const double a = row[2 * l] * (1 + y) / (1 + own * (1 + y)), b = row[2 * l + 1] * (1 - y) / (1 + own * (1 - y));
      seen = (a - b) / (a + b);
    } else {
      seen = y * (wiring == LaneWiring::DividerAcross ? row[l] : 1 / (1 + own * (1 - y * y)));
    }
    numerator[l] = static_cast<float>(seen * sum);
  }
}

}  // namespace assimilaate
