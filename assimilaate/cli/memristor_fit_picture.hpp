#pragma once
/// Data against fit, as a picture.

#include "assimilaate/characterisation/fit.hpp"
#include "assimilaate/cli/verbs.hpp"

namespace assimilaate::cli {

/// The text of an SVG or, where `file` ends on .html, of a page: data and fit, what is left over, ranking, parameters.
/// @param fits  best first, at least one
[[nodiscard]] std::string fit_picture(const std::string& file, const Measurement& measured,
                                      const std::vector<ModelFit>& fits, const Common& common);

}  // namespace assimilaate::cli
