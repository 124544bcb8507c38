#include "assimilaate/report/internal/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace assimilaate::report {
namespace {

TEST(Text, MarkupIsEscaped) { EXPECT_EQ(escape("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;"); }

TEST(Text, MalformedUtf8AndControlCharactersBecomeReplacements) {
  for (const char* bad :
       {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x01", "\x7f"})
    EXPECT_NE(escape(bad).find("�"), std::string::npos) << escape(bad);
  EXPECT_EQ(escape("é 記 😀\n"), "é 記 😀\n");
}

RC_GTEST_PROP(Text, EscapingAnyBytesGivesTextThatHoldsNoMarkupAndEscapesToItselfDecoded, (const std::string& bytes)) {
  const std::string once = escape(bytes);
  RC_ASSERT(once.find_first_of("<>\"'") == std::string::npos);
  std::string_view rest = once;
  std::string again;
  while (!rest.empty()) append_utf8(again, take_code_point(rest));
  RC_ASSERT(again == once);  // well-formed
}

TEST(Text, NumbersAreToldFromWords) {
  for (const char* number :
       {"1", ".898", "−3.5", "1 000", "12.9 mJ", "1e-5", "≤ 3", "97 %", "-", "", "∞", "3.1 – 4.2 pJ"})
    EXPECT_TRUE(looks_numeric(number)) << number;
  for (const char* word : {"float", "784-512-10", "64x16", "fp16", "2-bit", "e5", ". x"})
    EXPECT_FALSE(looks_numeric(word)) << word;
}

TEST(Text, AColumnOfNothingIsNoColumnOfNumbers) {
  EXPECT_EQ(numeric_columns({{"1", "-", "a"}, {"2", "", "1"}}, 4), (std::vector<bool>{true, false, false, false}));
}

}  // namespace
}  // namespace assimilaate::report
