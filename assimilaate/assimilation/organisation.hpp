#pragma once
/// How a target maps addresses to its synapses: its own local synaptic organisation. A catalogue:
/// `organisations/<name>.cpp`.

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {

/// Functions of single numbers that lie between a boundary and a transform; folded into what an address stands for.
using Glue = std::vector<std::function<float(float)>>;

/// What an organisation is made from.
struct OrganisationPlan {
  Shape input;
  CodecPtr codec;  ///< of the input boundary
  Glue glue;

  /// What every address of a space stands for behind the glue, [addresses x width].
  /// @throws Error{Usage}, speaking for organisation `name`, when addresses have no metric.
  [[nodiscard]] Matrix<float> levels(std::string_view name, std::size_t space) const;
};

/// The rows of a bank and how an AAT drives them. Immutable but for `centre`; reads from many threads are safe.
class Organisation {
 public:
  virtual ~Organisation() = default;
  [[nodiscard]] virtual std::size_t rows() const = 0;
  /// Synapses that stand for the same thing, next to each other in the rows.
  [[nodiscard]] virtual std::size_t copies() const = 0;
  /// True when an AAT selects a few rows at unit drive; false when it drives every row at a level.
  [[nodiscard]] virtual bool selects() const = 0;
  /// Rows that an AAT selects, where `selects()`; appended.
  virtual void select(Aat aat, std::vector<std::uint32_t>& rows) const = 0;
  /// Drive of every row, [rows], each in [-1, 1], where not `selects()`. A NONE space drives its rows at 0.
  virtual void drive(Aat aat, std::span<float> drives) const = 0;
  /// True when what an AAT writes is not what it reads: reads drive, writes `teach`.
  [[nodiscard]] virtual bool spreads() const { return false; }
  /// How far a lane's demand reaches each row, [rows], each in [-1, 1].
  virtual void teach(Aat aat, std::span<float> drives) const { drive(aat, drives); }
  /// Rows of a space; for NONE entries.
  [[nodiscard]] virtual std::pair<std::uint32_t, std::uint32_t> rows_of(std::size_t space) const = 0;
  /// Centre and scale the drives on what the first examples show; what it learns is `tuning()`.
  virtual void centre(const AatBlock& inputs) = 0;
  [[nodiscard]] virtual std::vector<float> tuning() const = 0;
  /// @throws Error{Format} when the numbers do not fit.
  virtual void set_tuning(std::span<const float> numbers) = 0;
};

/// One entry of the catalogue: an organisation, which has `make`, or a wrapper of any other, which has `wrap`.
struct OrganisationKind {
  std::string_view name, about, reference;
  std::span<const Field> fields;  ///< the first is the number after the colon
  std::unique_ptr<Organisation> (*make)(const OrganisationPlan& plan, const Settings& settings);
  std::unique_ptr<Organisation> (*wrap)(std::unique_ptr<Organisation> inner, const Settings& settings) = nullptr;
};

[[nodiscard]] std::span<const OrganisationKind* const> organisation_catalogue();

/// `graded`, `graded:2`, `masked:0.9/redundant:3/thermometer`: wrappers, each before a slash, around an organisation.
/// The number after a colon is the first field of its entry: synapses that stand for the same thing, or a share.
/// @param settings  more fields of the organisation inside; not of its wrappers
/// @throws Error{Usage} for an unknown name, number or field, and for codecs that the organisation cannot use.
[[nodiscard]] std::unique_ptr<Organisation> make_organisation(std::string_view text, const OrganisationPlan& plan,
                                                              const Settings& settings = {});

/// `copies` synapses for each row of `inner`, next to each other; `inner` itself for one.
[[nodiscard]] std::unique_ptr<Organisation> replicate(std::unique_ptr<Organisation> inner, std::size_t copies);

/// Refuse tuning numbers that an organisation cannot have learnt. @throws Error{Format}
void check_tuning(std::string_view name, std::span<const float> numbers, std::size_t expected);

}  // namespace assimilaate
