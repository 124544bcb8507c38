#include "assimilaate/report/chart.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace assimilaate {
namespace {

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

Figure line(const char* title) {
  return {.title = title,
          .caption = "what it shows",
          .x = {"time", "s"},
          .y = {"conductance", "S"},
          .series = {{.name = "one", .x = {0, 1, 2}, .y = {1e-6, 3e-6, 2e-6}},
                     {.name = "two", .x = {0, 1, 2}, .y = {2e-6, 1e-6, 1e-6}}},
          .legend = true};
}

TEST(Chart, IsOneSvgThatFetchesNothing) {
  const std::string svg = to_svg({.title = "Chart", .subtitle = "of two", .figures = {line("A"), line("B")}});
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_EQ(count(svg, "<svg"), count(svg, "</svg>"));
  EXPECT_EQ(count(svg, "href"), 0u);
  EXPECT_EQ(count(svg, "url("), 0u);
  EXPECT_EQ(count(svg, "<script"), 0u);
}

TEST(Chart, WritesItsColoursOut) {
  const std::string svg = to_svg({.figures = {line("A")}});
  EXPECT_EQ(count(svg, "var("), 0u);
  EXPECT_GE(count(svg, "#0072b2"), 1u);
}

TEST(Chart, NamesAxesWithUnitsAndSeriesInALegend) {
  const std::string svg = to_svg({.figures = {line("Panel")}});
  for (const char* words : {"Panel", "conductance [µS]", "time [s]", ">one<", ">two<", "what it shows"})
    EXPECT_GE(count(svg, words), 1u) << words;
}

TEST(Chart, PutsFiguresInRowsOfItsColumns) {
  const auto width = [](const std::string& svg) { return std::stod(svg.substr(svg.find("width=\"") + 7)); };
  const std::vector<Figure> three{line("A"), line("B"), line("C")};
  const std::string one = to_svg({.figures = three, .columns = 1}), two = to_svg({.figures = three, .columns = 2});
  EXPECT_LT(width(one), width(two));
  EXPECT_DOUBLE_EQ(width(to_svg({.figures = three, .columns = 7})), width(to_svg({.figures = three, .columns = 3})));
}

TEST(Chart, EscapesWhatItIsTold) {
  const std::string svg = to_svg({.title = "<a> & \"b\"", .figures = {line("<c>")}});
  EXPECT_EQ(count(svg, "<a>") + count(svg, "<c>"), 0u);
}

TEST(Chart, SaysWhereThereIsNothingToDraw) {
  EXPECT_GE(count(to_svg({.figures = {Figure{.title = "Empty"}}}), "Nothing to draw"), 1u);
  EXPECT_GE(count(to_svg({}), "</svg>"), 1u);
}

TEST(Chart, IsTheSameForTheSameNumbers) {
  EXPECT_EQ(to_svg({.figures = {line("A")}}), to_svg({.figures = {line("A")}}));
}

TEST(Chart, DrawsFaintLinesWithoutNamesOrMarks) {
  Figure figure = line("A");
  figure.series[0].faint = true;
  const std::string svg = to_svg({.figures = {figure}});
  EXPECT_EQ(count(svg, "class=\"line faint\""), 1u);
}

}  // namespace
}  // namespace assimilaate
