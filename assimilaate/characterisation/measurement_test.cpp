#include "assimilaate/characterisation/measurement.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "assimilaate/characterisation/csv_table.hpp"
#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

std::string refusal(std::string_view text, const CsvOptions& options = {}, Errc code = Errc::Format) {
  try {
    static_cast<void>(parse_measurement(text, "file.csv", options));
  } catch (const Error& problem) {
    EXPECT_EQ(problem.code(), code) << problem.what();
    return problem.what();
  }
  return "accepted";
}

std::string rows(std::string_view head, std::string_view row, int count = 10) {
  std::string text(head);
  for (int i = 0; i < count; ++i) text += fmt::format("{}\n", row);
  return text;
}

/// Eight good rows, and one to try at line ten.
std::string pulses_with(std::string_view row) {
  std::string text = "amplitude,width,conductance\n";
  for (int i = 0; i < 8; ++i) text += fmt::format("1,1e-6,{}e-5\n", i + 1);
  return text + std::string(row) + "\n";
}

TEST(Measurement, ReadsPulsesWhateverTheOrderOfTheColumnsAndTheirUnits) {
  std::string text = "# a comment\nG [uS]; Pulse Width (ns); V [mV]\n";
  for (int i = 1; i <= 9; ++i) text += fmt::format("{}; 100; -900\n", i);
  const Measurement read = parse_measurement(text, "file.csv");
  ASSERT_EQ(read.kind, MeasurementKind::PulseResponse);
  ASSERT_EQ(read.samples(), 9U);
  EXPECT_DOUBLE_EQ(read.response.conductance[2], 3e-6);
  EXPECT_DOUBLE_EQ(read.response.pulses[2].voltage, -0.9);
  EXPECT_DOUBLE_EQ(read.response.pulses[2].width, 1e-7);
  EXPECT_TRUE(read.assumptions.empty());
}

TEST(Measurement, ReadsUnitsThatFollowANameBehindAnUnderscore) {
  std::string text = "amplitude_V,width_us,G_uS\n";
  for (int i = 1; i <= 9; ++i) text += fmt::format("1,2,{}\n", i);
  const Measurement read = parse_measurement(text, "file.csv");
  EXPECT_DOUBLE_EQ(read.response.pulses[0].width, 2e-6);
  EXPECT_DOUBLE_EQ(read.response.conductance[2], 3e-6);
}

TEST(Measurement, TakesBareColumnsForALoopWhereThereIsASeriesResistorOrAFrequency) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += fmt::format("{},{}\n", std::sin(0.157 * i), 1e-6 * std::sin(0.157 * i + 0.3));
  EXPECT_EQ(parse_measurement(text, "file.csv", {.frequency = 10.0}).kind, MeasurementKind::IvLoop);
  EXPECT_EQ(parse_measurement(text, "file.csv", {}).kind, MeasurementKind::PulseResponse);
}

TEST(Measurement, TakesResistanceInPlaceOfConductance) {
  std::string text = "v,t,resistance [kOhm]\n";
  for (int i = 1; i <= 9; ++i) text += fmt::format("1,1e-6,{}\n", i);
  EXPECT_DOUBLE_EQ(parse_measurement(text, "file.csv").response.conductance[3], 1 / 4e3);
}

TEST(Measurement, ReadsTwoBareColumnsAsUpAndDownPulsesInArbitraryUnitsAndSaysSo) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += fmt::format("{},{}\n", -1 + 0.2 * i, 1 - 0.2 * i);
  const Measurement read = parse_measurement(text, "file.csv", {.amplitude = 2, .width = 1e-7});
  ASSERT_EQ(read.samples(), 20U);
  EXPECT_EQ(read.response.pulses[9].voltage, 2);
  EXPECT_EQ(read.response.pulses[10].voltage, -2);
  EXPECT_EQ(read.response.pulses[10].width, 1e-7);
  EXPECT_TRUE(read.response.assumed_scale);
  EXPECT_EQ(read.assumptions.size(), 2U);
  EXPECT_DOUBLE_EQ(read.response.conductance[0], 1e-4);
  EXPECT_DOUBLE_EQ(read.response.conductance[10], 2e-4);
}

TEST(Measurement, TakesTwoBareColumnsOfPositiveValuesAsSiemens) {
  std::string text;
  for (int i = 1; i <= 10; ++i) text += fmt::format("{}e-6,{}e-6\n", i, 11 - i);
  const Measurement read = parse_measurement(text, "file.csv");
  EXPECT_FALSE(read.response.assumed_scale);
  EXPECT_DOUBLE_EQ(read.response.conductance[0], 1e-6);
}

TEST(Measurement, ReadsALoopAndSpreadsItsSamplesOverAPeriod) {
  std::string text = "V,I [uA]\n";
  for (int i = 0; i < 10; ++i) text += fmt::format("{},{}\n", i < 5 ? 0.1 * i : 0.1 * i - 0.9, i);
  const Measurement read = parse_measurement(text, "file.csv", {.series_resistance = 5e3, .frequency = 10});
  ASSERT_EQ(read.kind, MeasurementKind::IvLoop);
  EXPECT_DOUBLE_EQ(read.loop.time[1], 0.01);
  EXPECT_DOUBLE_EQ(read.loop.current[3], 3e-6);
  EXPECT_EQ(read.loop.series_resistance, 5e3);
  EXPECT_NE(refusal(text, {}, Errc::Usage).find("frequency"), std::string::npos);
}

struct Bad {
  std::string name, text, said;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
class EveryBadFile : public testing::TestWithParam<Bad> {};

TEST_P(EveryBadFile, IsRefusedWithTheLineAndTheReason) {
  const std::string said = refusal(GetParam().text);
  EXPECT_TRUE(said.starts_with("file.csv")) << said;
  EXPECT_NE(said.find(GetParam().said), std::string::npos) << said;
}

const std::string loop_head = "time,V,I\n0,0,0\n1,1,1e-3\n2,0,0\n3,-1,-1e-3\n4,0,0\n5,1,1e-3\n6,0,0\n";
INSTANTIATE_TEST_SUITE_P(
    Measurement, EveryBadFile,
    testing::Values(Bad{"Empty", "", "no numbers"}, Bad{"Comments", "# nothing\n", "no numbers"},
                    Bad{"HeaderAlone", "V,I\n", "0 rows"}, Bad{"Prose", "this is no table\n", "one column"},
                    Bad{"OneColumn", rows("", "1"), ":1: one column"},
                    Bad{"TooFewRows", rows("amplitude,width,conductance\n", "1,1e-6,1e-5", 7), "7 rows"},
                    Bad{"Text", pulses_with("1,1e-6,high"), ":10: column 3: 'high' is not a number"},
                    Bad{"TrailingText", pulses_with("1,1e-6,1e-5S"), ":10: column 3"},
                    Bad{"Gap", pulses_with("1,,1e-5"), ":10: column 2 is empty"},
                    Bad{"ShortRow", pulses_with("1,1e-6"), ":10: 2 values where other rows have 3"},
                    Bad{"DecimalComma", pulses_with("1,1e-6,1,5"), ":10: 4 values"},
                    Bad{"NaN", pulses_with("1,1e-6,nan"), ":10: column 3 is nan"},
                    Bad{"Infinite", pulses_with("1,inf,1e-5"), ":10: column 2 is inf"},
                    Bad{"NegativeConductance", pulses_with("1,1e-6,-1e-5"), ":10: conductance"},
                    Bad{"ZeroConductance", pulses_with("1,1e-6,0"), ":10: conductance of 0 S must lie above 0"},
                    Bad{"ZeroWidth", pulses_with("1,0,1e-5"), ":10: width of 0 s must lie above 0"},
                    Bad{"ZeroVoltage", pulses_with("0,1e-6,1e-5"), ":10: a pulse of 0 V"},
                    Bad{"NanosecondsAsSeconds", pulses_with("1,100000,1e-5"), ":10: width of 100000 s cannot be right"},
                    Bad{"MicrosiemensAsSiemens", pulses_with("1,1e-6,55"), ":10: conductance of 55 S cannot be right"},
                    Bad{"MixedUnits", pulses_with("1,1e-6,9"), "mixed units"},
                    Bad{"MixedWidths", pulses_with("1,1,1e-5"),
                        ":10: width from 1e-06 s (line 2) to 1 s (mixed units?)"},
                    Bad{"MixedVoltages", pulses_with("0.002,1e-6,1e-5"), "mixed units"},
                    Bad{"UnknownUnit", rows("v [parsec],t,g\n", "1,1e-6,1e-5"), ":1: unit 'parsec'"},
                    Bad{"UnknownColumns", rows("a,b,c\n", "1,1e-6,1e-5"), "amplitude, width and conductance"},
                    Bad{"NeverMoves", rows("amplitude,width,conductance\n", "1,1e-6,1e-5"), "nothing to fit"},
                    Bad{"UpAndDownThatNeverMove", rows("", "-1,-1"), "nothing to fit"},
                    Bad{"TimeThatRunsBack", loop_head + "5.5,1,1e-3\n", ":9: time 5.5 s does not lie after 6 s"},
                    Bad{"OneBranch", rows("time,V,I\n", "1,1,1"), "time"},
                    Bad{"NoSignChange", "time,V,I\n0,1,1\n1,2,2\n2,3,3\n3,4,4\n4,5,5\n5,6,6\n6,7,7\n7,8,8\n",
                        "never changes its sign"}),
    [](const auto& bad) { return bad.param.name; });

TEST(Measurement, RefusesOptionsThatCannotBe) {
  const std::string good = pulses_with("1,1e-6,9e-5");
  for (const CsvOptions& bad : {CsvOptions{.amplitude = 0}, CsvOptions{.width = -1}, CsvOptions{.assumed_low = 0},
                                CsvOptions{.assumed_low = 2, .assumed_high = 1}, CsvOptions{.series_resistance = -5},
                                CsvOptions{.frequency = 0}, CsvOptions{.periods = 0}})
    EXPECT_NE(refusal(good, bad, Errc::Usage), "accepted");
}

TEST(Measurement, OfAMissingFileSaysWhichOne) {
  try {
    static_cast<void>(read_measurement("no/such.csv"));
    FAIL() << "accepted";
  } catch (const Error& problem) {
    EXPECT_EQ(problem.code(), Errc::Io);
    EXPECT_NE(std::string(problem.what()).find("no/such.csv"), std::string::npos);
  }
}

TEST(CsvTable, StopsAtTenMillionValues) {
  std::string text;
  for (int i = 0; i < 5'000'001; ++i) text += "1,2\n";
  EXPECT_THROW(static_cast<void>(parse_csv(text, "file.csv")), Error);
}

TEST(CsvTable, ReadsByteOrderMarksQuotesTabsAndWindowsLines) {
  const CsvTable table = parse_csv("\xEF\xBB\xBF\"V\"\t\"I\"\r\n1\t+2\r\n\r\n3\t4e-1\r\n", "file.csv");
  EXPECT_EQ(table.header, (std::vector<std::string>{"v", "i"}));
  EXPECT_EQ(table.rows, (std::vector<std::vector<double>>{{1, 2}, {3, 0.4}}));
  EXPECT_EQ(table.lines, (std::vector<std::size_t>{2, 4}));
}

}  // namespace
}  // namespace assimilaate
