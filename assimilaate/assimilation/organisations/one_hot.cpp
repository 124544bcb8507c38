/// A synapse for every address of every space: nothing learnt about one address is said about another. Right where
/// addresses have no metric (tokens, native teachers).

#include <array>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"copies", "1", 1, 1, 16, "synapses per address"}};

class OneHot final : public Organisation {
 public:
  OneHot(const OrganisationPlan& plan, std::size_t copies) : copies_(copies), first_{0} {
    for (std::size_t m = 0; m < plan.input.spaces(); ++m)
      first_.push_back(first_.back() + plan.input.addresses(m) * static_cast<std::uint32_t>(copies));
  }
  [[nodiscard]] std::size_t rows() const override { return first_.back(); }
  [[nodiscard]] std::size_t copies() const override { return copies_; }
  [[nodiscard]] bool selects() const override { return true; }
  void select(Aat aat, std::vector<std::uint32_t>& rows) const override {
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] != None)
        for (std::uint32_t c = 0; c < copies_; ++c)
          rows.push_back(first_[m] + static_cast<std::uint32_t>(aat[m]) * static_cast<std::uint32_t>(copies_) + c);
  }
  void drive(Aat aat, std::span<float> drives) const override {
    std::fill(drives.begin(), drives.end(), 0.0F);
    std::vector<std::uint32_t> rows;
    select(aat, rows);
    for (const auto r : rows) drives[r] = 1;
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    return {first_[space], first_[space + 1]};
  }
  void centre(const AatBlock&) override {}
  [[nodiscard]] std::vector<float> tuning() const override { return {}; }
  void set_tuning(std::span<const float> numbers) override {
    if (!numbers.empty())
      fail(Errc::Format, "one_hot: {} tuning numbers, none expected (corrupt target?)", numbers.size());
  }

 private:
  std::size_t copies_;
  std::vector<std::uint32_t> first_;  // row of address 0, per space
};

std::unique_ptr<Organisation> make(const OrganisationPlan& plan, const Settings& settings) {
  return std::make_unique<OneHot>(plan, static_cast<std::size_t>(field_value("one_hot", fields, settings, "copies")));
}

}  // namespace

extern const OrganisationKind one_hot_organisation;
const OrganisationKind one_hot_organisation{"one_hot", "a synapse per address", "Nugent, kT-RAM", fields, make};

}  // namespace assimilaate
