/// n synapses for every row of another organisation, next to each other, driven alike: spares that average out
/// variation and stand in for those that refuse. `redundant:2/graded` is `graded:2`.

#include <algorithm>
#include <array>

#include "assimilaate/assimilation/organisation.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"copies", "1", 2, 1, 16, "synapses for each row of the organisation inside"}};

class Redundant final : public Organisation {
 public:
  Redundant(std::unique_ptr<Organisation> inner, std::size_t copies) : inner_(std::move(inner)), copies_(copies) {}
  [[nodiscard]] std::size_t rows() const override { return copies_ * inner_->rows(); }
  [[nodiscard]] std::size_t copies() const override { return copies_ * inner_->copies(); }
  [[nodiscard]] bool selects() const override { return inner_->selects(); }
  void select(Aat aat, std::vector<std::uint32_t>& rows) const override {
    std::vector<std::uint32_t> chosen;
    inner_->select(aat, chosen);
    for (const auto r : chosen)
      for (std::size_t c = 0; c < copies_; ++c) rows.push_back(static_cast<std::uint32_t>(r * copies_ + c));
  }
  void drive(Aat aat, std::span<float> drives) const override {
    inner_->drive(aat, drives.first(inner_->rows()));
    repeat(drives);
  }
  [[nodiscard]] bool spreads() const override { return inner_->spreads(); }
  void teach(Aat aat, std::span<float> drives) const override {
    inner_->teach(aat, drives.first(inner_->rows()));
    repeat(drives);
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const override {
    const auto [first, last] = inner_->rows_of(space);
    return {static_cast<std::uint32_t>(first * copies_), static_cast<std::uint32_t>(last * copies_)};
  }
  void centre(const AatBlock& inputs) override { inner_->centre(inputs); }
  [[nodiscard]] std::vector<float> tuning() const override { return inner_->tuning(); }
  void set_tuning(std::span<const float> numbers) override { inner_->set_tuning(numbers); }

 private:
  /// The first rows to all; from the last on, so that nothing is overwritten before it is copied.
  void repeat(std::span<float> drives) const {
    for (std::size_t r = inner_->rows(); r-- > 0;) std::ranges::fill(drives.subspan(r * copies_, copies_), drives[r]);
  }

  std::unique_ptr<Organisation> inner_;
  std::size_t copies_;
};

std::unique_ptr<Organisation> wrap(std::unique_ptr<Organisation> inner, const Settings& settings) {
  return replicate(std::move(inner), static_cast<std::size_t>(field_value("redundant", fields, settings, "copies")));
}

}  // namespace

std::unique_ptr<Organisation> replicate(std::unique_ptr<Organisation> inner, std::size_t copies) {
  if (copies == 1) return inner;
  return std::make_unique<Redundant>(std::move(inner), copies);
}

extern const OrganisationKind redundant_organisation;
const OrganisationKind redundant_organisation{
    "redundant", "n synapses for every row of another", "docs/concepts.md", fields, nullptr, wrap};

}  // namespace assimilaate
