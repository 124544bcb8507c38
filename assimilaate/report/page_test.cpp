#include "assimilaate/report/page.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace assimilaate {
namespace {

using Kind = Series::Kind;

std::string page_of(Figure figure) { return to_html({.title = "t", .panels = {{{std::move(figure)}}}}); }

std::size_t times(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// Every element that is opened is closed, in order.
bool well_nested(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == html.npos) return false;
    std::string tag = html.substr(at + 1, end - at - 1);
    const bool closing = tag.starts_with('/'),
               empty = tag.ends_with('/') || tag.starts_with("meta") || tag.starts_with('!');
    tag = tag.substr(closing ? 1 : 0, tag.find(' ') - (closing ? 1 : 0));
    if (empty) continue;
    if (!closing) {
      open.push_back(tag);
    } else {
      if (open.empty() || open.back() != tag) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

Page full_page() {
  const std::vector<double> x{10, 100, 1000};
  Page page{.title = "Run <1> & \"2\"", .lead = "<script>alert(1)</script>"};
  page.panels = {
      {{{.title = "Accuracy",
         .x = {.label = "examples", .log = true},
         .y = {.label = "accuracy"},
         .series = {{.name = "mss", .x = x, .y = {.4, .8, .9}, .low = {.3, .7, .89}, .high = {.5, .85, .91}},
                    {.name = "teacher", .y = {.902}, .kind = Kind::Level},
                    {.name = "weights",
                     .x = x,
                     .y = {.5, .6, .7},
                     .kind = Kind::Points,
                     .labels = {"int2", "<int4>", "fp16"}}}},
        {.title = "Histogram", .series = {{.name = "h", .x = {0, 1, 2}, .y = {5, 9, 1}, .kind = Kind::Bars}}}}}};
  page.tables = {{"Targets", "caption", {"name", "accuracy"}, {{"a<b", ".9"}, {"c", "-"}}}};
  page.provenance = {{"command", "run --set 'a<b'"}};
  return page;
}

TEST(Page, IsSelfContainedAndFetchesNothing) {
  const std::string html = to_html(full_page());
  for (const char* outside : {"http://", "https://", "src=", "href=", "url(", "@import", "<script", "<link", "<img"})
    EXPECT_EQ(html.find(outside), html.npos) << outside;
  EXPECT_NE(html.find("default-src 'none'"), html.npos);
  EXPECT_NE(html.find("prefers-color-scheme:dark"), html.npos);
  EXPECT_NE(html.find("@media print"), html.npos);
}

TEST(Page, EscapesEveryText) {
  const std::string html = to_html(full_page());
  EXPECT_NE(html.find("&lt;script&gt;alert(1)"), html.npos);
  EXPECT_NE(html.find("Run &lt;1&gt; &amp; &quot;2&quot;"), html.npos);
  EXPECT_NE(html.find("&lt;int4&gt;"), html.npos);
  EXPECT_NE(html.find("a&lt;b"), html.npos);
  EXPECT_TRUE(well_nested(html));
}

TEST(Page, PicturesComeBeforeTables) {
  const std::string html = to_html(full_page());
  EXPECT_LT(html.find("<figure"), html.find("<table"));
  EXPECT_LT(html.find("<table"), html.find("<footer"));
}

TEST(Page, IsAFunctionOfItsContentAlone) { EXPECT_EQ(to_html(full_page()), to_html(full_page())); }

TEST(Page, AnEmptyPageIsStillAPage) {
  const std::string html = to_html({.title = ""});
  EXPECT_TRUE(well_nested(html));
  EXPECT_NE(html.find("</html>"), html.npos);
}

TEST(Table, ColumnsOfNumbersStandRight) {
  const std::string html = to_html(full_page());
  EXPECT_NE(html.find("<td class=\"number\">.9</td>"), html.npos);
  EXPECT_NE(html.find("<td>c</td>"), html.npos);
}

TEST(Figure, NamesItsLinesItsLevelsAndItsPoints) {
  const std::string html = to_html(full_page());
  for (const char* name : {">mss<", ">teacher<", ">int2<", ">fp16<"}) EXPECT_NE(html.find(name), html.npos) << name;
  EXPECT_NE(html.find("mss: examples 100, accuracy 0.8 (0.7 … 0.85)"), html.npos);
  for (const char* tick : {">10<", ">100<", ">1000<"}) EXPECT_NE(html.find(tick), html.npos) << tick;
}

TEST(Figure, SaysSoWhenThereIsNothingToDraw) {
  EXPECT_NE(page_of({.title = "none"}).find("Nothing to draw"), std::string::npos);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string html = page_of({.title = "nan", .series = {{.name = "bad", .x = {1, 2}, .y = {nan, HUGE_VAL}}}});
  EXPECT_NE(html.find("Nothing to draw"), html.npos);
  EXPECT_NE(html.find("2 values of “bad” not drawn"), html.npos);
}

TEST(Figure, LeavesOutWhatIsNoNumberAndBreaksTheLineThere) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string html = page_of({.series = {{.name = "a", .x = {1, 2, 3, 4, 5}, .y = {1, 2, nan, 4, 5}}}});
  EXPECT_EQ(html.find("nan"), html.npos);
  EXPECT_NE(html.find("1 value of “a” not drawn"), html.npos);
  const std::size_t path = html.find("class=\"line\" d=\"");
  ASSERT_NE(path, html.npos);
  const std::string line = html.substr(path + 16, html.find('"', path + 16) - path - 16);
  EXPECT_EQ(times(line, "M"), 2U) << line;
}

TEST(Figure, LeavesOutWhatALogarithmicAxisCannotShow) {
  const std::string html =
      page_of({.x = {.log = true}, .series = {{.name = "a", .x = {0, -1, 10, 100}, .y = {1, 2, 3, 4}}}});
  EXPECT_NE(html.find("2 values of “a” not drawn"), html.npos);
}

TEST(Figure, SurvivesUnequalLengthsHugeNumbersAndShortErrorBars) {
  const std::string html = page_of({.series = {{.name = "a", .x = {1, 2, 3}, .y = {1, 2}, .low = {0}},
                                               {.name = "b", .x = {1, 2}, .y = {1e308, -1e308}},
                                               {.name = "c", .kind = Kind::Level},
                                               {.name = "d", .x = {1}, .y = {1}, .kind = Kind::Bars}}});
  EXPECT_TRUE(well_nested(html));
  EXPECT_EQ(html.find("inf"), html.npos);
}

TEST(Figure, ThinsACloudAndSaysHowMuch) {
  Series cloud{.name = "cloud", .kind = Kind::Points};
  for (int i = 0; i < 20'000; ++i) {
    cloud.x.push_back(i % 141);
    cloud.y.push_back(i % 139);
  }
  const std::string html = page_of({.series = {cloud}, .square = true});
  EXPECT_NE(html.find("2 000 of 20 000 points of “cloud” drawn"), html.npos);
  EXPECT_LT(html.size(), 60'000U);
  EXPECT_EQ(times(html, "h0M") + 1, 2'000U);
}

TEST(Figure, SaysWhatLiesOutsideTheEndsItWasGiven) {
  const std::string html = page_of({.y = {.low = .8, .high = .95},
                                    .series = {{.name = "good", .x = {1, 2}, .y = {.85, .9}},
                                               {.name = "majority", .y = {.1}, .kind = Kind::Level}}});
  EXPECT_NE(html.find("Outside this picture: “majority”."), html.npos);
}

}  // namespace
}  // namespace assimilaate
