#pragma once
/// Text as it arrives: UTF-8 that may be malformed, markup that must not act.

#include <string>
#include <string_view>
#include <vector>

namespace assimilaate::report {

/// The next code point; advances `text` by at least one byte. U+FFFD for a malformed sequence.
[[nodiscard]] char32_t take_code_point(std::string_view& text);
void append_utf8(std::string& out, char32_t code_point);

/// For element content and double-quoted attributes; control characters other than newline and tab become U+FFFD.
[[nodiscard]] std::string escape(std::string_view text);

/// A number as tables show it: sign, digits, perhaps a prefix, a unit or a range. Empty cells and dashes count as
/// missing numbers.
[[nodiscard]] bool looks_numeric(std::string_view cell);
/// Which of `columns` columns hold numbers only, and at least one.
[[nodiscard]] std::vector<bool> numeric_columns(const std::vector<std::vector<std::string>>& rows, std::size_t columns);

}  // namespace assimilaate::report
