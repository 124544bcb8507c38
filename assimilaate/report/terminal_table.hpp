#pragma once
/// Plain-text tables for a terminal.

#include <string>
#include <string_view>
#include <vector>

namespace assimilaate {

/// Columns two spaces apart under a ruled header, every line ended; columns of numbers to the right, text to the left.
/// Widths are those on screen (UTF-8, combining and wide characters); control characters are shown as `?`.
/// Rows may be shorter or longer than the header.
[[nodiscard]] std::string terminal_table(const std::vector<std::string>& header,
                                         const std::vector<std::vector<std::string>>& rows);

/// Columns that text takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

}  // namespace assimilaate
