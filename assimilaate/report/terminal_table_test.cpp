#include "assimilaate/report/terminal_table.hpp"

#include <gtest/gtest.h>

namespace assimilaate {
namespace {

TEST(TerminalTable, NumbersStandRightAndTextStandsLeft) {
  EXPECT_EQ(terminal_table({"target", "accuracy", "joules"}, {{"float", ".898", "-"}, {"damaged", ".89", "12.9 mJ"}}),
            "target   accuracy   joules\n"
            "───────  ────────  ───────\n"
            "float        .898        -\n"
            "damaged       .89  12.9 mJ\n");
}

TEST(TerminalTable, WidthIsWhatTheScreenShows) {
  EXPECT_EQ(display_width("stück"), 5U);
  EXPECT_EQ(display_width("u\xCC\x88"), 1U);  // u and a combining diaeresis
  EXPECT_EQ(display_width("記憶"), 4U);
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(terminal_table({"a", "b"}, {{"µ", "x"}, {"mm", "y"}}), "a   b\n──  ─\nµ   x\nmm  y\n");
}

TEST(TerminalTable, RowsMayBeRagged) {
  EXPECT_EQ(terminal_table({"a"}, {{"x", "1"}, {}, {"y"}}), "a\n─  ─\nx  1\n\ny\n");
  EXPECT_EQ(terminal_table({}, {}), "");
}

TEST(TerminalTable, ControlCharactersNeverReachTheTerminal) {
  const std::string text = terminal_table({"na\x1b[31mme"}, {{"two\nlines"}, {"\xff\xfe"}});
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_NE(text.find("two?lines"), text.npos);
  EXPECT_NE(text.find("��"), text.npos);
}

}  // namespace
}  // namespace assimilaate
