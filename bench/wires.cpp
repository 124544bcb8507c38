/// What wires do to a lane, exact beside closed form: the table of current loss, |dy| and wrong signs, and the data of
/// the picture that shows why the ratio read forgives wires.
///   bench_wires [table|picture]      table to read, or CSV

#include "assimilaate/substrate/wires.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "assimilaate/substrate/internal/nodal.hpp"

namespace {

using namespace assimilaate;
using nodal::Crossbar;

constexpr double segment = 2.1;  // [Ohm], a 32 nm node
constexpr std::size_t size = 256;

/// One crossbar, read in every way.
struct Case {
  double lost, lost_closed;        // share of the current
  double rms, moved, moved_swept;  // of y
  int wrong = 0;                   // signs, of size / 2 lanes
  double difference, along,
      across;  // error of a difference read, of the dividers, relative to the rms of what is right

  Case(std::uint64_t seed, std::size_t selected, double highest) {
    const Crossbar crossbar(seed, size, size, selected, highest);
    const auto ideal = crossbar.ideal();
    const auto exact = nodal::column_currents(crossbar.distance, crossbar.conductance.view(), segment);
    const auto swept = wired_currents(segment, crossbar.distance, crossbar.conductance.view());
    const auto y = nodal::ratios(ideal), wired = nodal::ratios(exact);
    const std::vector<double> nothing(y.size(), 0);
    lost = nodal::lost(ideal, exact);
    double mean = 0;
    for (const double g : crossbar.conductance.values()) mean += g / static_cast<double>(crossbar.conductance.size());
    const double reach = column_reach(crossbar.distance);
    auto closed = ideal;
    for (std::size_t j = 0; j < size; ++j) closed[j] *= 1 - column_loss(segment, mean, j, size, reach);
    lost_closed = nodal::lost(ideal, closed);
    rms = nodal::distance_rms(y, nothing);
    moved = nodal::distance_rms(wired, y);
    moved_swept = nodal::distance_rms(nodal::ratios(swept), y);
    for (std::size_t l = 0; l < y.size(); ++l) wrong += (y[l] > 0) != (wired[l] > 0);
    std::vector<double> right(y.size()), read(y.size());
    for (std::size_t l = 0; l < y.size(); ++l) {
      right[l] = ideal[2 * l] - ideal[2 * l + 1];
      read[l] = exact[2 * l] - exact[2 * l + 1];
    }
    difference = nodal::distance_rms(read, right) / nodal::distance_rms(right, nothing);
    const auto a = crossbar.side(0), b = crossbar.side(1);
    along = nodal::distance_rms(nodal::divider_y(crossbar.distance, a.view(), b.view(), segment, false), y) / rms;
    across = nodal::distance_rms(nodal::divider_y(crossbar.distance, a.view(), b.view(), segment, true), y) / rms;
  }
};

void print_table() {
  fmt::print("{0} x {0}, {1} Ohm a segment, conductances uniform in .1 … 1 of the highest\n", size, segment);
  fmt::print("{:>8} {:>4} {:>4} | {:>7} {:>7} | {:>8} {:>8} | {:>6} {:>9} | divider: dy/y along, across\n", "highest",
             "M", "seed", "lost", "closed", "rms dy", "swept", "rms y", "wrong");
  for (const auto& [highest, selected] :
       {std::pair{1e-5, std::size_t{8}}, {1e-5, size}, {1e-4, std::size_t{8}}, {1e-3, std::size_t{8}}})
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Case c(seed, selected, highest);
      fmt::print("{:5.0f} uS {:4} {:4} | {:6.2f}% {:6.2f}% | {:8.5f} {:8.5f} | {:6.4f} {:5}/{} | {:6.3f} {:6.3f}\n",
                 1e6 * highest, selected, seed, 100 * c.lost, 100 * c.lost_closed, c.moved, c.moved_swept, c.rms,
                 c.wrong, size / 2, c.along, c.across);
    }
  const Crossbar crossbar(1, size, size, 8, 1e-5);
  const auto seconds = [&](auto&& work) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / 20;
  };
  double sink = 0;
  const double exact =
      seconds([&] { sink += nodal::column_currents(crossbar.distance, crossbar.conductance.view(), segment).front(); });
  const double swept =
      seconds([&] { sink += wired_currents(segment, crossbar.distance, crossbar.conductance.view()).front(); });
  fmt::print("8 of {0} rows: exact {1:.2f} ms, two sweeps {2:.3f} ms (check {3:.3g})\n", size, 1e3 * exact, 1e3 * swept,
             sink);
}

/// Mean of five crossbars a point.
void print_picture() {
  fmt::print(
      "highest_S,selected,lost,lost_closed,difference_error,ratio_error,divider_along_error,divider_across_error\n");
  constexpr std::uint64_t seeds = 5;
  for (const std::size_t selected : {std::size_t{8}, std::size_t{64}})
    for (double exponent = -6; exponent < -2.9; exponent += 0.25) {
      std::array<double, 6> mean{};
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Case c(seed, selected, std::pow(10, exponent));
        const std::array values{c.lost, c.lost_closed, c.difference, c.moved / c.rms, c.along, c.across};
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += values[i] / static_cast<double>(seeds);
      }
      fmt::print("{:.4g},{},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f}\n", std::pow(10, exponent), selected, mean[0],
                 mean[1], mean[2], mean[3], mean[4], mean[5]);
    }
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 1 ? words[1] : "table";
  if (what == "table") {
    print_table();
  } else if (what == "picture") {
    print_picture();
  } else {
    fmt::print(stderr, "bench_wires [table|picture]\n");
    return 2;
  }
}
