/// Unit lines for addresses in an order: address k drives every line below it up and those above it down, measured from
/// the middle address of what the space has shown. A line then rests where it mostly is, and is driven fully, one way
/// only, where the address lies beyond it: purely binary; the size of a step is learnt, not driven. Neighbours differ
/// in one line. One more line, always driven, takes up the rest. Addresses that the functions before the transform make
/// alike (those that a ReLU cuts off) share their lines.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"copies", "1", 1, 1, 16, "synapses per line"}};

class Thermometer final : public Organisation {
 public:
  explicit Thermometer(const OrganisationPlan& plan) : first_{0} {
    for (std::size_t m = 0; m < plan.input.spaces(); ++m) {
      heights_.push_back(heights(plan.levels("thermometer", m), m));
      first_.push_back(first_.back() + lines(m));
      middle_.push_back(heights_.back()[(heights_.back().size() - 1) / 2]);
    }
  }
  [[nodiscard]] std::size_t rows() const override { return first_.back() + 1; }
  [[nodiscard]] std::size_t copies() const override { return 1; }
  [[nodiscard]] bool selects() const override { return false; }
  void select(Aat, std::vector<std::uint32_t>&) const override { ASSIMILAATE_EXPECTS(false); }
  void drive(Aat aat, std::span<float> drives) const override {
    std::ranges::fill(drives, 0.0F);
    for (std::size_t m = 0; m < aat.size(); ++m) {
      if (aat[m] == None) continue;
      const auto space = drives.subspan(first_[m], lines(m));
      const std::uint32_t height = heights_[m][static_cast<std::size_t>(aat[m])];
      for (std::uint32_t k = middle_[m]; k < height; ++k) space[k] = 1;
      for (std::uint32_t k = height; k < middle_[m]; ++k) space[k] = -1;
    }
    drives.back() = 1;
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    return {first_[space], first_[space + 1]};
  }
  void centre(const AatBlock& inputs) override {
    for (std::size_t m = 0; m < heights_.size(); ++m) {
      std::vector<std::uint32_t> shown;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i][m] != None) shown.push_back(heights_[m][static_cast<std::size_t>(inputs[i][m])]);
      if (shown.empty()) continue;
      const auto middle = shown.begin() + static_cast<std::ptrdiff_t>((shown.size() - 1) / 2);
      std::ranges::nth_element(shown, middle);
      middle_[m] = *middle;
    }
  }
  [[nodiscard]] std::vector<float> tuning() const override { return {middle_.begin(), middle_.end()}; }
  void set_tuning(std::span<const float> numbers) override {
    check_tuning("thermometer", numbers, middle_.size());
    for (std::size_t m = 0; m < middle_.size(); ++m)
      if (!(numbers[m] >= 0 && numbers[m] <= static_cast<float>(lines(m)) && numbers[m] == std::floor(numbers[m])))
        fail(Errc::Format, "thermometer: middle {} of space {}, which has {} lines (corrupt target?)", numbers[m], m,
             lines(m));
    for (std::size_t m = 0; m < middle_.size(); ++m) middle_[m] = static_cast<std::uint32_t>(numbers[m]);
  }

 private:
  [[nodiscard]] std::uint32_t lines(std::size_t space) const { return heights_[space].back(); }
  /// How many different levels lie below each address. @throws Error{Usage} where levels have no order or do not rise
  static std::vector<std::uint32_t> heights(const Matrix<float>& levels, std::size_t space) {
    if (levels.cols() != 1)
      fail(Errc::Usage, "thermometer: space {} has addresses of {} numbers, which have no order (use graded)", space,
           levels.cols());
    std::vector<std::uint32_t> height{0};
    for (std::size_t a = 1; a < levels.rows(); ++a) {
      if (levels(a, 0) < levels(a - 1, 0))
        fail(Errc::Usage, "thermometer: in space {} address {} stands for less than address {} (use graded)", space, a,
             a - 1);
      height.push_back(height.back() + (levels(a, 0) > levels(a - 1, 0) ? 1 : 0));
    }
    return height;
  }

  std::vector<std::uint32_t> first_;                 // row of the lowest line, per space
  std::vector<std::vector<std::uint32_t>> heights_;  // [addresses] per space
  std::vector<std::uint32_t> middle_;                // height that is usual, per space
};

std::unique_ptr<Organisation> make(const OrganisationPlan& plan, const Settings& settings) {
  return replicate(std::make_unique<Thermometer>(plan),
                   static_cast<std::size_t>(field_value("thermometer", fields, settings, "copies")));
}

}  // namespace

extern const OrganisationKind thermometer_organisation;
const OrganisationKind thermometer_organisation{
    "thermometer", "an address drives the unit lines on its side of the middle", "docs/concepts.md", fields, make};

}  // namespace assimilaate
