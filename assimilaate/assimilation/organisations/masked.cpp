/// The rows of another organisation that carry most: a bank has `share` of them, and the rows whose drive moves least
/// on the first examples are left open. They are not wired, not read and not pulsed, so that what is left makes up more
/// of the ratio. What a line that never moves could say, the line that is always driven says as well; rows that belong
/// to no space, as that one, stay.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"share", "1", 0.9, 0.01, 1, "of the rows are wired, those that carry most"}};
constexpr std::uint32_t open = ~0U;

class Masked final : public Organisation {
 public:
  Masked(std::unique_ptr<Organisation> inner, double share)
      : inner_(std::move(inner)), lines_(inner_->rows() / inner_->copies()) {
    // Numbers of lines stand in a target's file as floats, which count up to 2^24.
    if (lines_ > 1U << 24U) fail(Errc::Unsupported, "masked: {} lines, {} at most", lines_, 1U << 24U);
    kept_.resize(static_cast<std::size_t>(std::ceil(share * static_cast<double>(lines_))));
    std::iota(kept_.begin(), kept_.end(), 0U);
    wire();
  }
  [[nodiscard]] std::size_t rows() const override { return kept_.size() * copies(); }
  [[nodiscard]] std::size_t copies() const override { return inner_->copies(); }
  [[nodiscard]] bool selects() const override { return inner_->selects(); }
  void select(Aat aat, std::vector<std::uint32_t>& rows) const override {
    std::vector<std::uint32_t> chosen;
    inner_->select(aat, chosen);
    for (const auto r : chosen)
      if (row_[r] != open) rows.push_back(row_[r]);
  }
  void drive(Aat aat, std::span<float> drives) const override {
    std::vector<float> all(inner_->rows());
    inner_->drive(aat, all);
    gather(all, drives);
  }
  [[nodiscard]] bool spreads() const override { return inner_->spreads(); }
  void teach(Aat aat, std::span<float> drives) const override {
    std::vector<float> all(inner_->rows());
    inner_->teach(aat, all);
    gather(all, drives);
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    const auto [first, last] = inner_->rows_of(space);
    const auto place = [&](std::uint32_t row) {
      const auto line = static_cast<std::uint32_t>(row / copies());
      return static_cast<std::uint32_t>((std::ranges::lower_bound(kept_, line) - kept_.begin()) * copies());
    };
    return {place(first), place(last)};
  }
  void centre(const AatBlock& inputs) override {
    inner_->centre(inputs);
    const std::vector<double> carries = variances(inputs);
    std::vector<std::uint32_t> order(lines_);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, std::greater{}, [&](std::uint32_t line) { return carries[line]; });
    std::copy_n(order.begin(), kept_.size(), kept_.begin());
    std::ranges::sort(kept_);
    wire();
  }
  [[nodiscard]] std::vector<float> tuning() const override {
    std::vector<float> numbers(kept_.begin(), kept_.end());
    const auto inner = inner_->tuning();
    numbers.insert(numbers.end(), inner.begin(), inner.end());
    return numbers;
  }
  void set_tuning(std::span<const float> numbers) override {
    check_tuning("masked", numbers, kept_.size() + inner_->tuning().size());
    std::vector<std::uint32_t> kept;
    for (const float number : numbers.first(kept_.size())) {
      const bool whole = number >= 0 && number < static_cast<float>(lines_) && number == std::floor(number);
      if (!whole || (!kept.empty() && number <= static_cast<float>(kept.back())))
        fail(Errc::Format, "masked: line {} of {} after {} (corrupt target?)", number, lines_,
             kept.empty() ? "none" : std::to_string(kept.back()));
      kept.push_back(static_cast<std::uint32_t>(number));
    }
    inner_->set_tuning(numbers.subspan(kept_.size()));
    kept_ = std::move(kept);
    wire();
  }

 private:
  void gather(std::span<const float> all, std::span<float> drives) const {
    std::size_t r = 0;
    for (const auto line : kept_)
      for (std::size_t c = 0; c < copies(); ++c) drives[r++] = all[line * copies() + c];
  }
  /// Row of every row of the inner organisation, or open.
  void wire() {
    row_.assign(inner_->rows(), open);
    std::uint32_t r = 0;
    for (const auto line : kept_)
      for (std::size_t c = 0; c < copies(); ++c) row_[line * copies() + c] = r++;
  }
  /// Of each line's drive over the examples [lines]; endless where a line belongs to no space.
  [[nodiscard]] std::vector<double> variances(const AatBlock& inputs) const {
    std::vector<double> sum(lines_), square(lines_);
    std::vector<float> drives(inner_->rows());
    const double n = std::max<double>(1, static_cast<double>(inputs.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      inner_->drive(inputs[i], drives);
      for (std::size_t line = 0; line < lines_; ++line) {
        const double g = drives[line * copies()];
        sum[line] += g, square[line] += g * g;
      }
    }
    std::vector<double> variance(lines_, std::numeric_limits<double>::infinity());
    for (std::size_t m = 0; m < inputs.shape.spaces(); ++m) {
      const auto [first, last] = inner_->rows_of(m);
      for (std::size_t line = first / copies(); line < last / copies(); ++line)
        variance[line] = square[line] / n - std::pow(sum[line] / n, 2);
    }
    return variance;
  }

  std::unique_ptr<Organisation> inner_;
  std::size_t lines_;
  std::vector<std::uint32_t> kept_;  // lines of the inner organisation, copies together, rising
  std::vector<std::uint32_t> row_;
};

std::unique_ptr<Organisation> wrap(std::unique_ptr<Organisation> inner, const Settings& settings) {
  return std::make_unique<Masked>(std::move(inner), field_value("masked", fields, settings, "share"));
}

}  // namespace

extern const OrganisationKind masked_organisation;
const OrganisationKind masked_organisation{
    "masked", "the rows of another that carry most; the rest is left open", "docs/concepts.md", fields, nullptr, wrap};

}  // namespace assimilaate
