#pragma once
/// Numbers for people: prefixes live at the edges, SI units everywhere inside.

#include <string>
#include <string_view>

namespace assimilaate {

/// A value with the SI prefix that brings it into [1, 1000): `1.3 pJ`, `690 kbit`, `12.4k` without a unit.
/// From 1 up to 10 000 a value without a unit takes no prefix; `%` never does. Not a number: `n/a`.
/// @param digits significant digits, in [1, 15]; trailing zeros are dropped
[[nodiscard]] std::string si_text(double value, std::string_view unit, int digits = 3);

/// The power of ten, a multiple of three in [-18, 18], that brings |value| into [1, 1000); 0 for 0 and for what is not
/// finite.
[[nodiscard]] int si_exponent(double value);
/// `k` for 3, `µ` for -6, nothing for 0.
[[nodiscard]] std::string_view si_prefix(int exponent);

}  // namespace assimilaate
