/// Measured jump tables: from pulses to quantiles and back, and files that are none.
#include "assimilaate/substrate/jump_table.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/random.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

/// `count` pulses at each voltage, conductances even over 10 ... 100 uS, changes of 10 % of the room at 1 V, twice that
/// at 2 V, with a sigma of a third of that.
std::vector<JumpEvent> measured(std::size_t count, std::initializer_list<double> voltages) {
  const Random random(9, 0);
  std::vector<JumpEvent> events;
  for (const double voltage : voltages)
    for (std::size_t i = 0; i < count; ++i) {
      const double g = 1e-5 + 9e-5 * (static_cast<double>(i) + 0.5) / static_cast<double>(count);
      const double mean = 0.1 * std::abs(voltage) * (voltage > 0 ? 1e-4 - g : 1e-5 - g);
      events.push_back({voltage, g, mean * (1 + random.normal(Purpose::Pulse, events.size()) / 3)});
    }
  return events;
}

double mean_change(const JumpTable& table, double voltage, double conductance) {
  double sum = 0;
  for (int i = 0; i < 1000; ++i) sum += table.change_at(voltage, conductance, (i + 0.5) / 1000) / 1000;
  return sum;
}

TEST(JumpTable, HasTheMeanAndTheDistributionOfItsPulsesAtEveryConductance) {
  const auto table = jump_table_from_events(measured(20000, {-1, 1, 2}), "test");
  for (const double g : {3e-5, 5e-5, 8e-5}) {
    // 1250 pulses a row: the mean strays by 1 / 3 / sqrt(1250) of itself, four times that at most.
    EXPECT_NEAR(mean_change(table, 1, g), 0.1 * (1e-4 - g), 0.038 * 0.1 * (1e-4 - g));
    EXPECT_NEAR(mean_change(table, -1, g), -0.1 * (g - 1e-5), 0.038 * 0.1 * (g - 1e-5));
    std::vector<double> drawn, expected;
    const Random random(10, 0);
    for (std::uint64_t i = 0; i < 4000; ++i) {
      drawn.push_back(table.change_at(1, g, random.uniform(Purpose::Pulse, i)));
      expected.push_back(0.1 * (1e-4 - g) * (1 + random.normal(Purpose::Cycle, i) / 3));
    }
    // Kolmogorov: 1.95 sqrt(2 / 4000) at p = .001, and as much again of the row's own 1250 pulses.
    EXPECT_LT(ks_distance(drawn, expected), 1.95 * (std::sqrt(2.0 / 4000) + std::sqrt(1.0 / 1250)));
  }
}

TEST(JumpTable, IsLinearBetweenVoltagesRestsBelowThemAndHoldsAbove) {
  const auto table = jump_table_from_events(measured(1000, {-1, 1, 2}), "test");
  for (const double u : {0.1, 0.5, 0.9}) {
    const double one = table.change_at(1, 5e-5, u), two = table.change_at(2, 5e-5, u);
    EXPECT_NEAR(table.change_at(1.25, 5e-5, u), 0.75 * one + 0.25 * two, 1e-18);
    EXPECT_EQ(table.change_at(9, 5e-5, u), two);
    EXPECT_EQ(table.change_at(0.99, 5e-5, u), 0);
    EXPECT_EQ(table.change_at(-0.5, 5e-5, u), 0);
    EXPECT_LT(table.change_at(-1, 5e-5, 0.5), 0);
  }
}

TEST(JumpTable, ComesBackFromItsNumbersAndRefusesOthers) {
  const auto table = jump_table_from_events(measured(100, {-1, 1}), "test");
  const auto numbers = table.numbers();
  EXPECT_EQ(JumpTable::from_numbers(numbers).changes, table.changes);
  const auto refuses = [&](std::size_t place, double value) {
    auto wrong = numbers;
    wrong[place] = value;
    EXPECT_THROW(static_cast<void>(JumpTable::from_numbers(wrong)), Error) << place;
  };
  refuses(0, 3);      // levels that are not there
  refuses(0, 1);      // one direction only
  refuses(1, -1e-5);  // conductance
  refuses(3, 2);      // voltages that fall
  refuses(10, 1);     // quantiles that fall
  EXPECT_THROW(static_cast<void>(JumpTable::from_numbers({})), Error);
}

TEST(JumpTable, MovesAMemristorByItsChanges) {
  const auto table = jump_table_from_events(measured(20000, {-1, 1}), "test");
  const auto law = make_memristor("jump_table", {{{"drive", 0.5}}, table.numbers()});
  EXPECT_NEAR(law->lowest(), table.g_low, 1e-18);
  double sum = 0;
  constexpr int memristors = 4000;
  for (std::uint64_t m = 0; m < memristors; ++m) {
    Specimen specimen(*law, {}, Random(11, 0), {.place = m});
    specimen.set_state(law->at(5e-5));
    const double before = specimen.conductance();
    specimen.pulse({1, 1e-6}, 0);
    sum += specimen.conductance() - before;
  }
  // 5 uS +- a third, over 4000 memristors and the 1250 pulses of a row.
  EXPECT_NEAR(sum / memristors, 5e-6, 4 * 5e-6 / 3 * std::sqrt(1.0 / memristors + 1.0 / 1250));
}

TEST(JumpTable, RefusesADriveThatReachesNoMeasuredVoltage) {
  const auto table = jump_table_from_events(measured(100, {-1, 1}), "test");
  EXPECT_THROW(static_cast<void>(make_memristor("jump_table", {{{"drive", 0.4}}, table.numbers()})), Error);
}

class JumpTableFile : public testing::Test {
 protected:
  /// What is said of a file with that text; "" where it is read.
  std::string said_of(std::string_view text) {
    const auto file = folder_.path() / "jumps.csv";
    write_file_atomic(file, text);
    try {
      static_cast<void>(jump_table_from_csv(file));
      return "";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Format) << e.what();
      return e.what();
    }
  }
  static std::string rows(int count, std::string_view row) {
    std::string text;
    for (int i = 0; i < count; ++i) text += fmt::format(fmt::runtime(row), 1e-5 + 1e-6 * i) + "\n";
    return text;
  }
  TemporaryFolder folder_;
};

TEST_F(JumpTableFile, IsReadWithNamesRemarksAndBlankLines) {
  const std::string good = rows(20, "1,{},1e-6") + "\n# down\r\n" + rows(20, "-1, {} ,-1e-6");
  EXPECT_EQ(said_of(good), "");
  EXPECT_EQ(said_of("voltage,conductance,change\n" + good), "");
}

TEST_F(JumpTableFile, ThatIsNoneIsRefusedWithItsLine) {
  const std::string good = rows(20, "1,{},1e-6") + rows(20, "-1,{},-1e-6");
  const auto refuses = [&](std::string_view line, std::string_view part) {
    const std::string said = said_of(good + std::string(line) + "\n");
    EXPECT_NE(said.find("line 41"), std::string::npos) << said;
    EXPECT_NE(said.find(part), std::string::npos) << said;
  };
  refuses("1,2e-5", "2 columns");
  refuses("1,,1e-6", "conductance ''");
  refuses("1,2e-5,much", "change 'much'");
  refuses("1,2e-5,nan", "change 'nan'");
  refuses("0,2e-5,1e-6", "0 V");
  refuses("1,-2e-5,1e-6", "siemens");
  refuses("1,25,1e-6", "siemens");
  refuses("-1,2e-5,-3e-5", "siemens");
}

TEST_F(JumpTableFile, OfTooFewPulsesOrOneDirectionIsRefused) {
  EXPECT_NE(said_of("").find("both directions"), std::string::npos);
  EXPECT_NE(said_of(rows(20, "1,{},1e-6")).find("both directions"), std::string::npos);
  EXPECT_NE(said_of(rows(20, "1,{},1e-6") + rows(15, "-1,{},-1e-6")).find("15 pulses of -1 V"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
