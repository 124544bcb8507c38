#include "assimilaate/target/judgement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assimilaate {
namespace {

std::ptrdiff_t largest(std::span<const float> row) { return std::ranges::max_element(row) - row.begin(); }

}  // namespace

Judgement judge(Target& target, const StreamReader& stream) {
  const auto last = static_cast<std::uint32_t>(stream.boundaries().size() - 1);
  const HeldOut held_out = stream.held_out_between(0, last);
  Judgement found{.held_out = held_out.size(), .nmse = std::numeric_limits<double>::quiet_NaN()};
  if (held_out.size() == 0) return found;
  const AatBlock said = target.infer(held_out.inputs());
  const AatBlock& meant = held_out.expected();
  const auto n = static_cast<double>(said.size());
  const std::size_t spaces = meant.shape.spaces();
  std::vector<double> right(spaces);
  for (std::size_t i = 0; i < said.size(); ++i) {
    std::size_t hits = 0;
    for (std::size_t m = 0; m < spaces; ++m) {
      const bool same = meant[i][m] == None || said[i][m] == meant[i][m];  // what nobody asked is no error
      right[m] += same;
      hits += same;
    }
    found.exact += (hits == spaces) / n;
    found.histogram.at(std::min<std::size_t>(7, 8 * hits / spaces)) += 1 / n;
  }
  for (const double each : right) found.agreement += each / n / static_cast<double>(spaces);
  found.least_agreement = *std::ranges::min_element(right) / n;
  found.task = found.exact;
  const Codec& codec = target.output_codec();
  if (codec.centroids(0).size() == 0) return found;
  Matrix<float> heard(said.size(), codec.dims()), wanted(said.size(), codec.dims());
  codec.decode(said.entries.view(), heard.view());
  codec.decode(meant.entries.view(), wanted.view());
  found.nmse = normalised_error(heard, wanted);
  if (codec.dims() < 2) return found;
  found.task = 0;
  for (std::size_t i = 0; i < said.size(); ++i) found.task += (largest(heard.row(i)) == largest(wanted.row(i))) / n;
  return found;
}

}  // namespace assimilaate
