/// A synapse for every address of every space, read one-hot, whose updates are shared by likeness: an example at
/// address a moves the synapse of every address k of that space in proportion to <c[a], c[k]>, which is the
/// stochastic-gradient step of a linear map on what addresses stand for, written into a table (`learning.md` 1). What
/// `graded` learns, without a drive level in the read; a chip has to write the whole space for each example, so this is
/// for emulators and for comparison. Centroids are centred on their mean; the share of a line that is always driven is
/// in every entry, as in `graded`.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"copies", "1", 1, 1, 16, "synapses per address"}};

class Gram final : public Organisation {
 public:
  explicit Gram(const OrganisationPlan& plan) : first_{0} {
    std::size_t lines = 0;
    for (std::size_t m = 0; m < plan.input.spaces(); ++m) {
      levels_.push_back(plan.levels("gram", m));
      first_.push_back(first_.back() + plan.input.addresses(m));
      lines += levels_.back().cols();
    }
    tuning_.assign(lines + 1, 0.0F);
    tuning_.back() = 1;
    rescale();
  }
  [[nodiscard]] std::size_t rows() const override { return first_.back(); }
  [[nodiscard]] std::size_t copies() const override { return 1; }
  [[nodiscard]] bool selects() const override { return true; }
  void select(Aat aat, std::vector<std::uint32_t>& rows) const override {
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] != None) rows.push_back(first_[m] + static_cast<std::uint32_t>(aat[m]));
  }
  void drive(Aat aat, std::span<float> drives) const override {
    std::ranges::fill(drives, 0.0F);
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] != None) drives[first_[m] + static_cast<std::uint32_t>(aat[m])] = 1;
  }
  [[nodiscard]] bool spreads() const override { return true; }
  void teach(Aat aat, std::span<float> drives) const override {
    for (std::size_t m = 0; m < aat.size(); ++m) {
      const auto space = drives.subspan(first_[m], first_[m + 1] - first_[m]);
      if (aat[m] == None) {
        std::ranges::fill(space, 0.0F);
        continue;
      }
      const auto fired = centred_[m].row(static_cast<std::size_t>(aat[m]));
      for (std::size_t k = 0; k < space.size(); ++k) space[k] = scale_ * likeness(fired, centred_[m].row(k));
    }
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    return {first_[space], first_[space + 1]};
  }
  void centre(const AatBlock& inputs) override {
    double energy = 0, entries = 0;
    std::size_t line = 0;
    for (std::size_t m = 0; m < levels_.size(); ++m)
      for (std::size_t i = 0; i < levels_[m].cols(); ++i, ++line) {
        double sum = 0, square = 0, count = 0;
        for (std::size_t e = 0; e < inputs.size(); ++e) {
          const Address a = inputs[e][m];
          if (a == None) continue;
          const double level = levels_[m](static_cast<std::size_t>(a), i);
          sum += level, square += level * level, count += 1;
        }
        tuning_[line] = static_cast<float>(sum / std::max(1.0, count));
        energy += std::max(0.0, square - sum * sum / std::max(1.0, count));
        entries += count;
      }
    tuning_.back() = static_cast<float>(std::sqrt(energy / std::max(1.0, entries)));
    rescale();
  }
  [[nodiscard]] std::vector<float> tuning() const override { return tuning_; }
  void set_tuning(std::span<const float> numbers) override {
    check_tuning("gram", numbers, tuning_.size());
    tuning_.assign(numbers.begin(), numbers.end());
    rescale();
  }

 private:
  [[nodiscard]] float likeness(std::span<const float> one, std::span<const float> other) const {
    float sum = bias_;
    for (std::size_t i = 0; i < one.size(); ++i) sum += one[i] * other[i];
    return sum;
  }
  /// The largest likeness of the bank is 1; no two addresses are more alike than one is to itself.
  void rescale() {
    centred_ = levels_;
    bias_ = tuning_.back() * tuning_.back() / static_cast<float>(levels_.size());
    float largest = bias_;
    std::size_t line = 0;
    for (auto& space : centred_) {
      for (std::size_t i = 0; i < space.cols(); ++i, ++line)
        for (std::size_t a = 0; a < space.rows(); ++a) space(a, i) -= tuning_[line];
      for (std::size_t a = 0; a < space.rows(); ++a) largest = std::max(largest, likeness(space.row(a), space.row(a)));
    }
    scale_ = largest > 0 ? 1 / largest : 0;
  }

  std::vector<std::uint32_t> first_;             // row of address 0, per space
  std::vector<Matrix<float>> levels_, centred_;  // [addresses x width] per space
  std::vector<float> tuning_;                    // mean of each line, and what the line that is always driven is at
  float bias_ = 0, scale_ = 1;
};

std::unique_ptr<Organisation> make(const OrganisationPlan& plan, const Settings& settings) {
  return replicate(std::make_unique<Gram>(plan),
                   static_cast<std::size_t>(field_value("gram", fields, settings, "copies")));
}

}  // namespace

extern const OrganisationKind gram_organisation;
const OrganisationKind gram_organisation{"gram", "a synapse per address, read alone, written with all that are like it",
                                         "docs/concepts.md", fields, make};

}  // namespace assimilaate
