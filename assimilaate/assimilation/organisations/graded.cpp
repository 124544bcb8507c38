/// Graded lines: where addresses have a metric, an address is a drive level on a few synapses instead of the choice of
/// one among many. A space of width s has s lines (times `copies` synapses), driven at the coordinates its centroid
/// stands for, so what is learnt at one address holds for its neighbours (`learning.md` 1; the read is
/// `physics.md` 2.6). Levels are centred on the mean drive and scaled by the bank's largest; one more line, always
/// driven, takes up the rest.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"copies", "1", 1, 1, 16, "synapses per line"}};

class Graded final : public Organisation {
 public:
  Graded(const OrganisationPlan& plan, std::size_t copies) : copies_(copies), first_{0} {
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
    rescale();
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
        const float g = level == nullptr ? 0.0F : (level[i] - mean_[line]) * scale_;
        for (std::size_t c = 0; c < copies_; ++c) drives[r++] = g;
      }
    }
    for (std::size_t c = 0; c < copies_; ++c) drives[r++] = bias_ * scale_;
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
    double energy = 0, entries = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      visit(inputs[i], [&](std::size_t line, float level) {
        energy += std::pow(level - mean_[line], 2);
        entries += 1;
      });
    bias_ = static_cast<float>(std::sqrt(energy / std::max(1.0, entries)));
    rescale();
  }
  [[nodiscard]] std::vector<float> tuning() const override {
    std::vector<float> numbers = mean_;
    numbers.push_back(bias_);
    return numbers;
  }
  void set_tuning(std::span<const float> numbers) override {
    check_tuning("graded", numbers, mean_.size() + 1);
    mean_.assign(numbers.begin(), numbers.end() - 1);
    bias_ = numbers.back();
    rescale();
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
  /// The largest drive of the bank is 1.
  void rescale() {
    float largest = std::abs(bias_);
    std::size_t line = 0;
    for (const auto& level : levels_)
      for (std::size_t i = 0; i < level.cols(); ++i, ++line)
        for (std::size_t a = 0; a < level.rows(); ++a) largest = std::max(largest, std::abs(level(a, i) - mean_[line]));
    scale_ = largest > 0 ? 1 / largest : 0;
  }

  std::size_t copies_;
  std::vector<std::uint32_t> first_;   // first row of each space
  std::vector<Matrix<float>> levels_;  // [addresses x width] per space
  std::vector<float> mean_;            // [lines]
  float bias_ = 1, scale_ = 1;
};

std::unique_ptr<Organisation> make(const OrganisationPlan& plan, const Settings& settings) {
  if (plan.codec == nullptr || plan.codec->centroids(0).size() == 0)
    fail(Errc::Usage, "graded lines need addresses with a metric; the input codec '{}' has none (use one_hot)",
         plan.codec == nullptr ? "none" : plan.codec->name());
  return std::make_unique<Graded>(plan, static_cast<std::size_t>(field_value("graded", fields, settings, "copies")));
}

}  // namespace

extern const OrganisationKind graded_organisation;
const OrganisationKind graded_organisation{"graded", "the address is a drive level on a few synapses",
                                           "docs/concepts.md", fields, make};

}  // namespace assimilaate
