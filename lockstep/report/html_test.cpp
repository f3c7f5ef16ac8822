// SPDX-License-Identifier: MIT
#include "lockstep/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Html, EscapesWhatWouldBreakMarkup) {
  EXPECT_EQ(html_escape("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
}

TEST(Html, PageIsSelfContainedAndEscapesItsTitle) {
  const std::string page = html_page("a<b", "<p>body</p>", "simulated");
  EXPECT_THAT(page, HasSubstr("<title>a&lt;b</title>"));
  EXPECT_THAT(page, HasSubstr("Figures on this page are simulated."));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(Html, NumberColumnsAreMarked) {
  const std::string table = html_table({"name", ">us"}, {{"left", "12"}});
  EXPECT_THAT(table, HasSubstr("<th class=\"num\">us</th>"));
  EXPECT_THAT(table, HasSubstr("<td>left</td><td class=\"num\">12</td>"));
}

TEST(Html, TicksAreRoundAndInside) {
  EXPECT_THAT(nice_ticks(0, 10, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(nice_ticks(-70, 110, 4), ElementsAre(-50, 0, 50, 100));
  EXPECT_TRUE(nice_ticks(1, 1, 4).empty());
  for (const double tick : nice_ticks(0.013, 0.019, 6)) {
    EXPECT_GE(tick, 0.013);
    EXPECT_LE(tick, 0.019 + 1e-12);
  }
}

TEST(Svg, ElementsAreClosedAndTextIsEscaped) {
  Svg svg(10, 20, "a \"drawing\"");
  svg.rect(0, 0, 1, 1, "c0", "1 < 2");
  svg.text(1, 2, "x & y");
  const std::string text = svg.take();
  EXPECT_THAT(text, HasSubstr("aria-label=\"a &quot;drawing&quot;\""));
  EXPECT_THAT(text, HasSubstr("<title>1 &lt; 2</title></rect>"));
  EXPECT_THAT(text, HasSubstr("x &amp; y"));
  EXPECT_THAT(text, HasSubstr("</svg>"));
}

}  // namespace
}  // namespace lockstep
