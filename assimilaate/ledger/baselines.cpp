#include "assimilaate/ledger/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "assimilaate/core/half.hpp"

namespace assimilaate {
namespace {

constexpr int clips = 64;
constexpr float narrowest_clip = 0.05F;

void check_width(int bits) {
  if (bits != 16 && (bits < 2 || bits > 8)) fail(Errc::Usage, "weights of {} bits: give 2 to 8, or 16", bits);
}

/// Levels (code + offset) * scale for codes in [lowest, lowest + count).
struct Grid {
  int lowest, count;
  float offset;
  [[nodiscard]] float largest() const { return static_cast<float>(lowest + count - 1) + offset; }
  [[nodiscard]] int code(float weight, float scale) const {
    if (scale == 0) return 0;
    const float place =
        std::clamp(weight / scale - offset - static_cast<float>(lowest), 0.0F, static_cast<float>(count - 1));
    return lowest + static_cast<int>(place + 0.5F);
  }
  [[nodiscard]] float level(int code, float scale) const { return (static_cast<float>(code) + offset) * scale; }
};

double squared_error(std::span<const float> channel, const Grid& grid, float scale, double give_up) {
  double error = 0;
  for (const float weight : channel) {
    const double miss = weight - grid.level(grid.code(weight, scale), scale);
    error += miss * miss;
    if (error >= give_up) break;
  }
  return error;
}

struct Chosen {
  std::vector<float> scales;
  double error = 0;
};

Chosen choose_scales(MatrixView<const float> weights, const Grid& grid) {
  Chosen chosen;
  for (std::size_t row = 0; row < weights.rows(); ++row) {
    float largest = 0;
    for (const float weight : weights.row(row)) largest = std::max(largest, std::abs(weight));
    float best = 0;
    double least = HUGE_VAL;
    for (int i = 0; i < clips; ++i) {
      const float clip = largest * std::pow(narrowest_clip, static_cast<float>(i) / (clips - 1));
      const float scale = round_to_half(clip / grid.largest());
      const double error = squared_error(weights.row(row), grid, scale, least);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    chosen.scales.push_back(best);
    chosen.error += weights.cols() == 0 ? 0 : least;
  }
  return chosen;
}

/// Bits beside the codes: a bias per output and, below 16 bits, a scale per output.
double channel_bits(std::size_t outputs, int bits) {
  return 16.0 * static_cast<double>(outputs) * (bits == 16 ? 1 : 2);
}

QuantisedWeights as_halves(MatrixView<const float> weights) {
  QuantisedWeights result{
      .weights = Matrix<float>(weights.rows(), weights.cols()),
      .entropy_bits = 16.0 * static_cast<double>(weights.size()) + channel_bits(weights.rows(), 16)};
  for (std::size_t i = 0; i < weights.size(); ++i) result.weights.values()[i] = round_to_half(weights.data()[i]);
  return result;
}

/// Order-0 entropy of all codes [bit].
double entropy_of(const std::map<int, std::size_t>& counts, std::size_t total) {
  double bits = 0;
  for (const auto& [code, count] : counts)
    bits -= static_cast<double>(count) * std::log2(static_cast<double>(count) / static_cast<double>(total));
  return bits;
}

}  // namespace

double weight_bits(std::span<const LayerShape> layers, int bits) {
  check_width(bits);
  double sum = 0;
  for (const LayerShape& layer : layers)
    sum += static_cast<double>(layer.inputs) * static_cast<double>(layer.outputs) * bits +
           channel_bits(layer.outputs, bits);
  return sum;
}

QuantisedWeights quantise_weights(MatrixView<const float> weights, int bits) {
  check_width(bits);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!std::isfinite(weights.data()[i]))
      fail(Errc::Format, "weight {} of row {} is {}: damaged weights cannot be quantised", i % weights.cols(),
           i / weights.cols(), weights.data()[i]);
  if (bits == 16) return as_halves(weights);

  const int half = 1 << (bits - 1);
  // A grid with a zero level and one that straddles it, whichever errs less: a rival gets the better of the two.
  const Grid with_zero{-(half - 1), 2 * half - 1, 0}, around_zero{-half, 2 * half, 0.5F};
  Grid grid = with_zero;
  Chosen chosen = choose_scales(weights, with_zero);
  if (Chosen other = choose_scales(weights, around_zero); other.error < chosen.error) {
    grid = around_zero;
    chosen = std::move(other);
  }
  QuantisedWeights result{.weights = Matrix<float>(weights.rows(), weights.cols()),
                          .entropy_bits = channel_bits(weights.rows(), bits)};
  std::map<int, std::size_t> counts;
  for (std::size_t row = 0; row < weights.rows(); ++row)
    for (std::size_t col = 0; col < weights.cols(); ++col) {
      const int code = grid.code(weights(row, col), chosen.scales[row]);
      ++counts[code];
      result.weights(row, col) = grid.level(code, chosen.scales[row]);
    }
  result.entropy_bits += entropy_of(counts, weights.size());
  return result;
}

BreakEven break_even_examples(double weight_bits, double fixed_bits, double bits_per_example) {
  if (!(bits_per_example > 0)) fail(Errc::Usage, "an example of {} bits: nothing to break even with", bits_per_example);
  const double examples = std::floor((weight_bits - fixed_bits) / bits_per_example);
  if (!(examples >= 0)) return {.examples = 0, .never = true};
  return {.examples = examples, .never = false};
}

}  // namespace assimilaate
