/// A synapse for every address of every space: nothing learnt about one address is said about another. Right where
/// addresses have no metric (tokens, native teachers).

#include <array>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"copies", "1", 1, 1, 16, "synapses per address"}};

class OneHot final : public Organisation {
 public:
  explicit OneHot(const OrganisationPlan& plan) : first_{0} {
    for (std::size_t m = 0; m < plan.input.spaces(); ++m) first_.push_back(first_.back() + plan.input.addresses(m));
  }
  [[nodiscard]] std::size_t rows() const override { return first_.back(); }
  [[nodiscard]] std::size_t copies() const override { return 1; }
  [[nodiscard]] bool selects() const override { return true; }
  void select(Aat aat, std::vector<std::uint32_t>& rows) const override {
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] != None) rows.push_back(first_[m] + static_cast<std::uint32_t>(aat[m]));
  }
  void drive(Aat aat, std::span<float> drives) const override {
    std::fill(drives.begin(), drives.end(), 0.0F);
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] != None) drives[first_[m] + static_cast<std::uint32_t>(aat[m])] = 1;
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    return {first_[space], first_[space + 1]};
  }
  void centre(const AatBlock&) override {}
  [[nodiscard]] std::vector<float> tuning() const override { return {}; }
  void set_tuning(std::span<const float> numbers) override { check_tuning("one_hot", numbers, 0); }

 private:
  std::vector<std::uint32_t> first_;  // row of address 0, per space
};

std::unique_ptr<Organisation> make(const OrganisationPlan& plan, const Settings& settings) {
  return replicate(std::make_unique<OneHot>(plan),
                   static_cast<std::size_t>(field_value("one_hot", fields, settings, "copies")));
}

}  // namespace

extern const OrganisationKind one_hot_organisation;
const OrganisationKind one_hot_organisation{"one_hot", "a synapse per address", "Nugent, kT-RAM", fields, make};

}  // namespace assimilaate
