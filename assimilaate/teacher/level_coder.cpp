#include "assimilaate/teacher/level_coder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "assimilaate/teacher/internal/range_coder.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t expectations = 40;
constexpr unsigned unary = 14;       // sizes below this are told step by step, larger ones by their digits
constexpr std::uint64_t one = 1024;  // of the fixed-point magnitudes
constexpr std::int32_t largest = 1 << 20;

/// How large the next number will be, from the numbers before it.
class Expectation {
 public:
  explicit Expectation(std::size_t cols) : column_(cols, one), row_sum_(cols * one) {}
  /// Place of the expectation in a table: two steps per factor of two.
  [[nodiscard]] std::size_t of(std::size_t col) const {
    const std::uint64_t mean = row_sum_ / column_.size() + 1;  // of all columns so far
    const std::uint64_t expected = recent_ * (column_[col] + mean / 4) / (mean + mean / 4) + 1;
    const auto width = static_cast<unsigned>(std::bit_width(expected));
    const std::size_t half = width >= 2 ? (expected >> (width - 2)) & 1 : 0;
    return std::min<std::size_t>(2 * width + half, expectations - 1);
  }
  void add(std::size_t col, std::uint64_t size) {
    recent_ = (recent_ * 31 + size * one) / 32;
    column_[col] += size * one;
    row_sum_ += size * one;
  }

 private:
  std::vector<std::uint64_t> column_;  // summed sizes of each column
  std::uint64_t row_sum_;              // of all columns
  std::uint64_t recent_ = one;         // mean size of the last thirty or so
};

struct SizeModels {
  std::array<internal::BitModel, unary> more{};
  internal::BitModel sign{};
};

/// The one walk over a number, for both directions: `bit(model, value)` codes a bit and says what it is.
template <typename Bit, typename Even>
std::int32_t walk(SizeModels& models, std::int32_t level, const Bit& bit, const Even& even) {
  const std::uint32_t size = static_cast<std::uint32_t>(std::abs(level));
  std::uint32_t told = 0;
  while (told < unary && bit(models.more[told], size > told)) ++told;
  if (told == 0) return 0;
  if (told == unary) {  // Elias gamma code of what goes beyond
    const std::uint32_t beyond = size - unary + 1;
    unsigned digits = 0;
    while (digits < 21 && even((beyond >> digits) > 1)) ++digits;
    std::uint32_t value = 1;
    for (unsigned d = digits; d-- > 0;) value = (value << 1) | (even(((beyond >> d) & 1) != 0) ? 1U : 0U);
    told = unary + value - 1;
  }
  return bit(models.sign, level < 0) ? -static_cast<std::int32_t>(told) : static_cast<std::int32_t>(told);
}

}  // namespace

std::vector<std::byte> code_levels(MatrixView<const std::int32_t> levels) {
  std::array<SizeModels, expectations> models{};
  Expectation expectation(levels.cols());
  internal::RangeEncoder coder;
  for (std::size_t r = 0; r < levels.rows(); ++r)
    for (std::size_t c = 0; c < levels.cols(); ++c) {
      const std::int32_t level = levels(r, c);
      if (level > largest || level < -largest)
        fail(Errc::Usage, "level {} of row {}, column {}: at most {} can be coded (take a wider step)", level, r, c,
             largest);
      walk(
          models[expectation.of(c)], level,
          [&](internal::BitModel& model, bool value) {
            coder.put(value, model);
            return value;
          },
          [&](bool value) {
            coder.put_even(value);
            return value;
          });
      expectation.add(c, static_cast<std::uint64_t>(std::abs(level)));
    }
  return std::move(coder).finish();
}

Result<Matrix<std::int32_t>> decode_levels(std::span<const std::byte> bytes, std::size_t rows, std::size_t cols) {
  std::array<SizeModels, expectations> models{};
  Expectation expectation(cols);
  internal::RangeDecoder coder(bytes);
  Matrix<std::int32_t> levels(rows, cols);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) {
      const std::int32_t level = walk(
          models[expectation.of(c)], 0, [&](internal::BitModel& model, bool) { return coder.get(model); },
          [&](bool) { return coder.get_even(); });
      if (level > largest || level < -largest)
        return error(Errc::Format, "level {} of row {}, column {}: beyond {} (damaged code)", level, r, c, largest);
      levels(r, c) = level;
      expectation.add(c, static_cast<std::uint64_t>(std::abs(level)));
    }
  if (coder.left() > 0)
    return error(Errc::Format, "{} bytes are left behind the code of {} x {} levels", coder.left(), rows, cols);
  return levels;
}

double level_bits(MatrixView<const std::int32_t> levels) {
  return 8.0 * static_cast<double>(code_levels(levels).size());
}

}  // namespace assimilaate
