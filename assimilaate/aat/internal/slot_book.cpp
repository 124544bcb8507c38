#include "assimilaate/aat/internal/slot_book.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "assimilaate/aat/internal/vectors.hpp"

namespace assimilaate::internal {
namespace {

constexpr float least_step = 0x1p-10F, widest = 120;  // of log2 of the norm
constexpr float reach = 16;                           // norms below 2^-16 of the largest are not told apart

std::size_t coordinates(std::size_t dims) { return std::max<std::size_t>(2, std::bit_ceil(dims)); }

double norm_of(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += double{v} * v;
  return std::sqrt(sum);
}

}  // namespace

std::vector<std::byte> SlotBook::bytes() const {
  ByteWriter out;
  out.put(static_cast<std::uint32_t>(dims));
  out.put(seed);
  out.put(static_cast<std::uint16_t>(axis_levels));
  out.put(static_cast<std::uint16_t>(norms));
  out.put(static_cast<std::uint16_t>(scales.size()));
  out.put(distortion);
  put_halves(out, std::array{norm_low, norm_step});
  put_halves(out, mean);
  put_halves(out, scales);
  out.put_bytes(std::as_bytes(std::span(choice)));
  return std::move(out).take();
}

SlotBook SlotBook::from_bytes(std::span<const std::byte> bytes) {
  ByteReader in(bytes, "codec slots");
  SlotBook book;
  book.dims = in.get<std::uint32_t>();
  book.seed = in.get<std::uint64_t>();
  book.axis_levels = in.get<std::uint16_t>();
  book.norms = in.get<std::uint16_t>();
  const std::size_t count = in.get<std::uint16_t>();
  book.distortion = in.get<double>();
  const auto power = [](std::uint32_t n, std::uint32_t most) { return n >= 2 && n <= most && std::has_single_bit(n); };
  if (book.dims == 0 || book.dims > Shape::max_spaces || !power(book.axis_levels, 64) || !power(book.norms, 4096) ||
      count == 0 || count > 256 || !(book.distortion >= 0 && book.distortion <= 1))
    fail(Errc::Format,
         "codec slots: {} dimensions, {} levels, {} norms, {} scales, distortion {}: no codebook (corrupt file)",
         book.dims, book.axis_levels, book.norms, count, book.distortion);
  const auto norm = get_halves(in, 2);
  book.norm_low = norm[0];
  book.norm_step = norm[1];
  book.mean = get_halves(in, coordinates(book.dims));
  book.scales = get_halves(in, count);
  for (const std::byte b : in.take(book.slots())) book.choice.push_back(static_cast<std::uint8_t>(b));
  in.expect_end();
  const float high = book.norm_low + book.norm_step * static_cast<float>(book.norms - 1);
  if (!(book.norm_low >= -widest && book.norm_step >= least_step && high <= widest))
    fail(Errc::Format, "codec slots: norms from 2^{} in steps of 2^{} (corrupt file)", book.norm_low, book.norm_step);
  if (std::ranges::min(book.scales) <= 0 || std::ranges::max(book.choice) >= count)
    fail(Errc::Format, "codec slots: a scale is not positive, or there is none of its number (corrupt file)");
  return book;
}

void fit_frame(SlotBook& book, MatrixView<const float> vectors) {
  const Rotation rotation(book.dims, book.seed);
  const std::size_t n = vectors.rows();
  Matrix<float> turned(n, coordinates(book.dims));
  for_blocks(n, [&](std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i)
      rotation.forward(vectors.row(i), turned.row(i).first(rotation.size()));
  });
  std::vector<double> mean(turned.cols());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += turned(i, c) / static_cast<double>(n);
  for (const double m : mean) book.mean.push_back(round_to_half(static_cast<float>(m)));
  double least = widest, most = -widest;
  for (std::size_t i = 0; i < n; ++i) {
    auto row = turned.row(i);
    for (std::size_t c = 0; c < row.size(); ++c) row[c] -= book.mean[c];
    const double norm = std::clamp<double>(std::log2(norm_of(row)), -widest, widest);  // log2(0) = -infinity
    least = std::min(least, norm);
    most = std::max(most, norm);
  }
  const auto steps = static_cast<float>(book.norms - 1);
  book.norm_low = round_to_half(std::clamp(std::max(static_cast<float>(least), static_cast<float>(most) - reach),
                                           1 - widest, widest - 1 - steps * least_step));
  const float step = (static_cast<float>(most) - book.norm_low) / steps;
  book.norm_step = round_to_half(std::clamp(step, least_step, (widest - 1 - book.norm_low) / steps));
}

SlotFrame::SlotFrame(const SlotBook& book)
    : rotation_(book.dims, book.seed), mean_(book.mean), factors_(book.norms), borders_(book.norms - 1) {
  std::vector<double> norms;
  for (std::size_t k = 0; k < book.norms; ++k)
    norms.push_back(std::exp2(double{book.norm_low} + double{book.norm_step} * static_cast<double>(k)));
  for (std::size_t k = 0; k < norms.size(); ++k) {
    factors_[k] = static_cast<float>(norms[k] / std::sqrt(static_cast<double>(mean_.size())));
    if (k > 0) borders_[k - 1] = static_cast<float>(0.5 * norms[k - 1] + 0.5 * norms[k]);
  }
}

Address SlotFrame::enter(std::span<const float> vector, std::span<float> unit) const {
  std::ranges::fill(unit, 0.0F);
  rotation_.forward(vector, unit.first(rotation_.size()));
  for (std::size_t c = 0; c < unit.size(); ++c) unit[c] -= mean_[c];
  const auto norm = static_cast<float>(norm_of(unit));
  const auto address = static_cast<std::size_t>(std::ranges::lower_bound(borders_, norm) - borders_.begin());
  for (float& u : unit) u /= factors_[address];
  return static_cast<Address>(address);
}

void SlotFrame::leave(Aat aat, std::span<float> unit, std::span<float> vector) const {
  const Address norm = aat.back();
  for (std::size_t c = 0; c < unit.size(); ++c) {
    const bool silent = norm == None || aat[c / 2] == None;
    unit[c] = silent ? 0.0F : mean_[c] + factors_[static_cast<std::size_t>(norm)] * unit[c];
  }
  rotation_.backward(unit.first(rotation_.size()), vector);
}

std::vector<float> compander(std::size_t levels) {
  std::vector<float> steps;
  for (std::size_t k = 0; k < levels; ++k) {
    const double wanted = (static_cast<double>(k) + 0.5) / static_cast<double>(levels);
    double low = -8, high = 8;
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = 0.5 * (low + high);
      (0.5 * std::erfc(-middle / std::numbers::sqrt2) < wanted ? low : high) = middle;
    }
    steps.push_back(static_cast<float>(low));
  }
  return steps;
}

}  // namespace assimilaate::internal
