/// Graded lines: where addresses have a metric, an address is a drive level on a few synapses instead of the choice of
/// one among many. A space of width s has s lines (times `copies` synapses), driven at the coordinates its centroid
/// stands for, so what is learnt at one address holds for its neighbours (`learning.md` 1; the read is
/// `physics.md` 2.6). Levels are centred on their mean and scaled; one more line, always driven, takes up the rest.
/// A line that hardly varies may be driven harder than its share (`equalise`): its synapse then learns faster and its
/// weight needs less of the range. Drives beyond `clip` root mean squares are cut off, so that the others are larger
/// beside the read noise.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"copies", "1", 1, 1, 16, "synapses per line"},
    Field{"equalise", "1", 0, 0, 1, "power of 1 / spread that a line is driven with: 0 as it comes, 1 all lines alike"},
    Field{"least", "1", 0.1, 0.001, 1, "spread that counts at least, in parts of the largest"},
    Field{"clip", "1", 0, 0, 100, "largest drive, in root mean squares of all; 0: nothing is cut off"},
};

struct Scaling {
  double equalise, least, clip;
};

class Graded final : public Organisation {
 public:
  Graded(const OrganisationPlan& plan, std::size_t copies, const Scaling& scaling)
      : copies_(copies), scaling_(scaling), first_{0} {
    for (std::size_t m = 0; m < plan.input.spaces(); ++m) {
      const auto centroids = plan.codec->centroids(m);
      Matrix<float> level(centroids.rows(), centroids.cols());
      for (std::size_t i = 0; i < level.size(); ++i) {
        level.values()[i] = centroids.data()[i];
        for (const auto& function : plan.glue) level.values()[i] = function(level.values()[i]);
      }
      levels_.push_back(std::move(level));
      first_.push_back(first_.back() + static_cast<std::uint32_t>(centroids.cols() * copies));
    }
    mean_.assign(first_.back() / copies, 0.0F);
    scale_.assign(mean_.size(), 1.0F);
    rescale(std::vector<double>(mean_.size(), 1.0));
  }
  [[nodiscard]] std::size_t rows() const override { return first_.back() + copies_; }
  [[nodiscard]] std::size_t copies() const override { return copies_; }
  [[nodiscard]] bool selects() const override { return false; }
  void select(Aat, std::vector<std::uint32_t>&) const override { ASSIMILAATE_EXPECTS(false); }
  void drive(Aat aat, std::span<float> drives) const override {
    ASSIMILAATE_EXPECTS(aat.size() == levels_.size() && drives.size() == rows());
    std::size_t r = 0, line = 0;
    for (std::size_t m = 0; m < aat.size(); ++m) {
      const std::size_t width = levels_[m].cols();
      const float* level = aat[m] == None ? nullptr : levels_[m].data() + static_cast<std::size_t>(aat[m]) * width;
      for (std::size_t i = 0; i < width; ++i, ++line) {
        const float g = level == nullptr ? 0.0F : std::clamp((level[i] - mean_[line]) * scale_[line], -1.0F, 1.0F);
        for (std::size_t c = 0; c < copies_; ++c) drives[r++] = g;
      }
    }
    for (std::size_t c = 0; c < copies_; ++c) drives[r++] = bias_;
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    return {first_[space], first_[space + 1]};
  }
  void centre(const AatBlock& inputs) override {
    std::vector<double> sum(mean_.size()), count(mean_.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      visit(inputs[i], [&](std::size_t line, float level) {
        sum[line] += level;
        count[line] += 1;
      });
    for (std::size_t line = 0; line < mean_.size(); ++line)
      mean_[line] = static_cast<float>(sum[line] / std::max(1.0, count[line]));
    std::vector<double> variance(mean_.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      visit(inputs[i],
            [&](std::size_t line, float level) { variance[line] += std::pow(level - mean_[line], 2) / count[line]; });
    rescale(variance);
  }
  [[nodiscard]] std::vector<float> tuning() const override {
    std::vector<float> numbers = mean_;
    numbers.insert(numbers.end(), scale_.begin(), scale_.end());
    numbers.push_back(bias_);
    return numbers;
  }
  void set_tuning(std::span<const float> numbers) override {
    const std::size_t lines = mean_.size();
    check_tuning("graded", numbers, 2 * lines + 1);
    std::copy_n(numbers.begin(), lines, mean_.begin());
    std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(lines), lines, scale_.begin());
    bias_ = std::clamp(numbers.back(), -1.0F, 1.0F);
  }

 private:
  template <typename F>
  void visit(Aat aat, const F& f) const {
    std::size_t line = 0;
    for (std::size_t m = 0; m < aat.size(); ++m) {
      const auto& level = levels_[m];
      for (std::size_t i = 0; i < level.cols(); ++i, ++line)
        if (aat[m] != None) f(line, level.data()[static_cast<std::size_t>(aat[m]) * level.cols() + i]);
    }
  }
  /// @param variance  of each line
  void rescale(std::span<const double> variance) {
    const double widest = std::sqrt(std::ranges::max(variance));
    double energy = 0;
    for (std::size_t line = 0; line < scale_.size(); ++line) {
      const double spread = std::max(std::sqrt(variance[line]), scaling_.least * widest);
      const double factor = spread > 0 ? std::pow(spread / std::max(widest, 1e-30), -scaling_.equalise) : 1;
      scale_[line] = static_cast<float>(factor);
      energy += variance[line] * factor * factor;
    }
    const double rms = std::sqrt(energy / static_cast<double>(scale_.size()));
    double largest = rms;
    std::size_t line = 0;
    for (const auto& level : levels_)
      for (std::size_t i = 0; i < level.cols(); ++i, ++line)
        for (std::size_t a = 0; a < level.rows(); ++a)
          largest = std::max(largest, std::abs(double{level(a, i)} - mean_[line]) * scale_[line]);
    if (scaling_.clip > 0) largest = std::min(largest, scaling_.clip * rms);
    if (largest <= 0) largest = 1;
    for (float& s : scale_) s = static_cast<float>(s / largest);
    bias_ = static_cast<float>(std::min(1.0, rms / largest));
  }

  std::size_t copies_;
  Scaling scaling_;
  std::vector<std::uint32_t> first_;   // first row of each space
  std::vector<Matrix<float>> levels_;  // [addresses x width] per space
  std::vector<float> mean_, scale_;    // [lines]
  float bias_ = 1;
};

std::unique_ptr<Organisation> make(const OrganisationPlan& plan, const Settings& settings) {
  if (plan.codec == nullptr || plan.codec->centroids(0).size() == 0)
    fail(Errc::Usage, "graded lines need addresses with a metric; the input codec '{}' has none (use one_hot)",
         plan.codec == nullptr ? "none" : plan.codec->name());
  const auto value = [&](std::string_view name) { return field_value("graded", fields, settings, name); };
  return std::make_unique<Graded>(plan, static_cast<std::size_t>(value("copies")),
                                  Scaling{value("equalise"), value("least"), value("clip")});
}

}  // namespace

extern const OrganisationKind graded_organisation;
const OrganisationKind graded_organisation{"graded", "the address is a drive level on a few synapses",
                                           "docs/concepts.md", fields, make};

}  // namespace assimilaate
