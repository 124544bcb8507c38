#pragma once

#include <string_view>

namespace assimilaate::report {

/// The style sheet of a page. Colours after Okabe & Ito, "Color Universal Design" (2008): told apart by colour-blind
/// readers; darkened on light ground and lightened on dark ground to keep a contrast of 3:1.
[[nodiscard]] std::string_view style();

}  // namespace assimilaate::report
