#pragma once
/// Tables of numbers as CSV, with the line every number stands on.

#include <string>
#include <string_view>
#include <vector>

namespace assimilaate {

struct CsvTable {
  std::vector<std::string> header;        ///< lower case, units cut off; empty when there is none
  std::vector<double> scale;              ///< of each column's unit; 1 without one
  std::vector<std::vector<double>> rows;  ///< as many values each, finite, scaled to SI
  std::vector<std::size_t> lines;         ///< where each row stands, from 1
};

/// @throws Error{Format} naming the line for text among numbers, gaps, rows of different length, values that are not
/// finite, one column alone, and more than ten million values.
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string_view where);

}  // namespace assimilaate
