#pragma once
/// Kirchhoff without approximation: what the closed forms of `wires.hpp` are checked against. Access transistors keep
/// unselected cells out, so an unselected row is a longer wire between its neighbours and nothing else.

#include <Eigen/SparseCholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "assimilaate/core/matrix.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate::nodal {

/// Nodes and conductances between them.
class Network {
 public:
  using Node = std::size_t;

  /// A node that finds its own potential.
  Node node() { return fixed(std::numeric_limits<double>::quiet_NaN()); }
  /// A node held at a potential [V].
  Node fixed(double volts) {
    potential_.push_back(volts);
    return potential_.size() - 1;
  }
  /// @param conductance  > 0 [S]
  void join(Node a, Node b, double conductance) { edges_.push_back({a, b, conductance}); }

  /// Nodes of a wire at `places`, counted in segments from `end`; with ideal wires they are `end` itself.
  /// @param places  ascending
  [[nodiscard]] std::vector<Node> wire(Node end, std::span<const std::size_t> places, double segment) {
    std::vector<Node> nodes(places.size(), end);
    if (segment <= 0) return nodes;
    Node last = end;
    std::size_t at = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] > at) {
        nodes[i] = node();
        join(last, nodes[i], 1 / (segment * static_cast<double>(places[i] - at)));
        last = nodes[i];
        at = places[i];
      } else {
        nodes[i] = last;
      }
    }
    return nodes;
  }

  /// Potentials of all nodes [V]; sparse Cholesky of the free ones.
  [[nodiscard]] std::vector<double> solve() const {
    std::vector<int> index(potential_.size(), -1);
    int free = 0;
    for (Node n = 0; n < potential_.size(); ++n)
      if (potential_[n] != potential_[n]) index[n] = free++;
    std::vector<Eigen::Triplet<double>> terms;
    Eigen::VectorXd driven = Eigen::VectorXd::Zero(free);
    for (const Edge& e : edges_) {
      for (const auto& [here, there] : {std::pair{e.a, e.b}, std::pair{e.b, e.a}}) {
        if (index[here] < 0) continue;
        terms.emplace_back(index[here], index[here], e.conductance);
        if (index[there] < 0)
          driven[index[here]] += e.conductance * potential_[there];
        else
          terms.emplace_back(index[here], index[there], -e.conductance);
      }
    }
    Eigen::SparseMatrix<double> laplacian(free, free);
    laplacian.setFromTriplets(terms.begin(), terms.end());
    const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> factors(laplacian);
    const Eigen::VectorXd found = factors.solve(driven);
    std::vector<double> all = potential_;
    for (Node n = 0; n < all.size(); ++n)
      if (index[n] >= 0) all[n] = found[index[n]];
    return all;
  }

 private:
  struct Edge {
    Node a, b;
    double conductance;
  };
  std::vector<double> potential_;  // NaN: free
  std::vector<Edge> edges_;
};

/// 1, 2, … n: where the cells of a wire sit.
[[nodiscard]] inline std::vector<std::size_t> places_of(std::size_t n) {
  std::vector<std::size_t> places(n);
  for (std::size_t i = 0; i < n; ++i) places[i] = i + 1;
  return places;
}

/// Currents of columns that are sensed at 0 V, from rows driven at `volts` [A].
/// @param distance     of the selected rows from the sense end [segments], 1 …, ascending [M]
/// @param conductance  of their cells, [M x columns] [S]; column 0 is one segment from the driver
[[nodiscard]] inline std::vector<double> column_currents(std::span<const std::size_t> distance,
                                                         MatrixView<const double> conductance, double segment,
                                                         double volts = 1) {
  Network network;
  const std::size_t columns = conductance.cols();
  const auto across = places_of(columns);
  const auto driver = network.fixed(volts);
  std::vector<std::vector<Network::Node>> rows, feet;
  for (std::size_t u = 0; u < distance.size(); ++u) rows.push_back(network.wire(driver, across, segment));
  for (std::size_t j = 0; j < columns; ++j) {
    feet.push_back(network.wire(network.fixed(0), distance, segment));
    for (std::size_t u = 0; u < distance.size(); ++u) network.join(rows[u][j], feet[j][u], conductance(u, j));
  }
  const auto potential = network.solve();
  std::vector<double> currents(columns, 0);
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t u = 0; u < distance.size(); ++u)
      currents[j] += conductance(u, j) * (potential[rows[u][j]] - potential[feet[j][u]]);
  return currents;
}

/// y = V_Y / V at the sense ends of floating nodes Y, of lanes whose rails run along them or across them.
/// @param distance  as above, of rails along the lanes too: drivers sit at the sense end
/// @param a, b      conductances to +V and to -V, [M x lanes] [S]; lane 0 is one segment from drivers across
/// @param leakage   between each rail and Y at its sense end, of what is not selected [S]
[[nodiscard]] inline std::vector<double> divider_y(std::span<const std::size_t> distance, MatrixView<const double> a,
                                                   MatrixView<const double> b, double segment, bool rails_across,
                                                   double leakage = 0) {
  Network network;
  const std::size_t lanes = a.cols();
  const auto across = places_of(lanes);
  const auto high = network.fixed(1), low = network.fixed(-1);
  std::vector<std::vector<Network::Node>> highs, lows;
  for (std::size_t u = 0; rails_across && u < distance.size(); ++u) {
    highs.push_back(network.wire(high, across, segment));
    lows.push_back(network.wire(low, across, segment));
  }
  std::vector<Network::Node> sensed(lanes);
  for (std::size_t l = 0; l < lanes; ++l) {
    sensed[l] = network.node();
    const auto y = network.wire(sensed[l], distance, segment);
    std::vector<Network::Node> top, bottom;
    if (!rails_across) top = network.wire(high, distance, segment), bottom = network.wire(low, distance, segment);
    for (std::size_t u = 0; u < distance.size(); ++u) {
      network.join(rails_across ? highs[u][l] : top[u], y[u], a(u, l));
      network.join(rails_across ? lows[u][l] : bottom[u], y[u], b(u, l));
    }
    if (leakage > 0) network.join(high, sensed[l], leakage), network.join(low, sensed[l], leakage);
  }
  const auto potential = network.solve();
  std::vector<double> found(lanes);
  for (std::size_t l = 0; l < lanes; ++l) found[l] = potential[sensed[l]];
  return found;
}

/// A crossbar as tests and benchmarks draw it: some of its rows, conductances uniform between a tenth and all of a
/// bound.
struct Crossbar {
  std::vector<std::size_t> distance;  // of the selected rows, ascending [segments]
  Matrix<double> conductance;         // [M x columns] [S]

  Crossbar(std::uint64_t seed, std::size_t rows, std::size_t columns, std::size_t selected, double highest)
      : distance(places_of(rows)), conductance(selected, columns) {
    const Random random(seed, 0);
    std::ranges::sort(distance, {}, [&](std::size_t d) { return random.uniform(Purpose::Select, d); });
    distance.resize(selected);
    std::ranges::sort(distance);
    for (std::size_t i = 0; i < conductance.size(); ++i)
      conductance.values()[i] = highest * (0.1 + 0.9 * random.uniform(Purpose::Init, i));
  }
  /// Currents of the columns with ideal wires, at 1 V [A].
  [[nodiscard]] std::vector<double> ideal() const {
    std::vector<double> currents(conductance.cols(), 0);
    for (std::size_t u = 0; u < conductance.rows(); ++u)
      for (std::size_t j = 0; j < currents.size(); ++j) currents[j] += conductance(u, j);
    return currents;
  }
  /// Columns 2 l (side 0) or 2 l + 1 (side 1): the memristors a or b of lanes.
  [[nodiscard]] Matrix<double> side(std::size_t which) const {
    Matrix<double> found(conductance.rows(), conductance.cols() / 2);
    for (std::size_t u = 0; u < found.rows(); ++u)
      for (std::size_t l = 0; l < found.cols(); ++l) found(u, l) = conductance(u, 2 * l + which);
    return found;
  }
};

/// y of neighbouring columns, [columns / 2].
[[nodiscard]] inline std::vector<double> ratios(std::span<const double> currents) {
  std::vector<double> y(currents.size() / 2);
  for (std::size_t l = 0; l < y.size(); ++l)
    y[l] = (currents[2 * l] - currents[2 * l + 1]) / (currents[2 * l] + currents[2 * l + 1]);
  return y;
}
/// Root mean square of x - y.
[[nodiscard]] inline double distance_rms(std::span<const double> x, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return std::sqrt(sum / static_cast<double>(x.size()));
}
/// Share of the current `ideal` that `wired` has lost.
[[nodiscard]] inline double lost(std::span<const double> ideal, std::span<const double> wired) {
  return 1 - std::accumulate(wired.begin(), wired.end(), 0.0) / std::accumulate(ideal.begin(), ideal.end(), 0.0);
}

}  // namespace assimilaate::nodal
