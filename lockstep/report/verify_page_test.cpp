// SPDX-License-Identifier: MIT
#include "lockstep/report/verify_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/files.h"

namespace lockstep {
namespace {

std::string golden() {
  return testing::read_file(testing::data_file("golden/two-cameras.verify.json"));
}

TEST(VerifyPage, LeadsWithTheVerdictAndDrawsEveryCamera) {
  const auto page = verify_page_html(golden());
  ASSERT_TRUE(page) << page.error().message;
  const size_t verdict = page->find("in step (stamps only)</h1>") == std::string::npos
                             ? page->find("in step (stamps only), with 2 warnings</h1>")
                             : page->find("in step (stamps only)</h1>");
  ASSERT_NE(verdict, std::string::npos);
  EXPECT_LT(verdict, page->find("<svg"));
  EXPECT_NE(page->find("two-cameras-master"), std::string::npos);
  EXPECT_NE(page->find("fire together"), std::string::npos);
}

TEST(VerifyPage, TellsWhatWasFoundBeforeTheFigures) {
  const auto page = verify_page_html(golden());
  ASSERT_TRUE(page);
  EXPECT_LT(page->find("<h2>Findings"), page->find("<h2>Cameras"));
  EXPECT_NE(page->find("<b class=\"warn\">+67 ± 8</b>"), std::string::npos);  // beyond its gate
  EXPECT_NE(page->find("Family of all: azure-kinect, assumed"), std::string::npos);
  EXPECT_EQ(page->find("simulated"), std::string::npos);
  std::string virtual_take = golden();
  const size_t at = virtual_take.find("\"recorded\"", virtual_take.find("\"origin\""));
  virtual_take.replace(at, 10, "\"simulated\"");
  EXPECT_NE(verify_page_html(virtual_take)->find("<b>simulated</b>"), std::string::npos);
}

TEST(VerifyPage, NeedsNoNetwork) {
  const auto page = verify_page_html(golden());
  ASSERT_TRUE(page);
  for (const char* outside : {"http://", "https://", "<script", "url("}) {
    const size_t at = page->find(outside);
    // The SVG namespace is a name, not an address that is fetched.
    const bool harmless =
        at == std::string::npos || page->compare(at, 18, "http://www.w3.org/") == 0;
    EXPECT_TRUE(harmless) << outside;
  }
}

TEST(VerifyPage, EscapesWhatComesFromFiles) {
  std::string json = golden();
  for (size_t at = 0; (at = json.find("two-cameras-sub\"", at)) != std::string::npos; at += 8)
    json.replace(at, 15, "<img src=x>");
  const auto page = verify_page_html(json);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->find("<img"), std::string::npos);
  EXPECT_NE(page->find("&lt;img"), std::string::npos);
}

nlohmann::ordered_json golden_json() {
  return nlohmann::ordered_json::parse(golden());
}

TEST(VerifyPage, ShowsASingleLostTickAndARestartWideEnoughToBeSeen) {
  auto json = golden_json();
  json["common_ticks"] = 108000;
  json["common_s"] = 3600;
  const nlohmann::ordered_json one = {
      {"first_tick", 9000}, {"count", 1}, {"from_us", 0}, {"to_us", 0}};
  json["devices"][1]["lost"] = 1;
  json["devices"][1]["lost_color"] = nlohmann::ordered_json::array({one});
  auto restart = json["findings"][0];
  restart["rule"] = "clock-restart";
  restart["device"] = json["devices"][1]["name"];
  restart["span"] = {{"first_tick", 108030}, {"count", 3000}, {"from_us", 0}, {"to_us", 0}};
  json["findings"].push_back(restart);
  const auto page = verify_page_html(json.dump());
  ASSERT_TRUE(page) << page.error().message;
  size_t marks = 0;
  for (size_t at = 0; (at = page->find("lost: 1 tick from tick 9000", at)) != std::string::npos;
       ++at, ++marks) {
    const size_t element = page->rfind("<rect", at);
    const size_t width = page->find("width=\"", element) + 7;
    EXPECT_GE(std::stod(page->substr(width)), 6);
  }
  EXPECT_EQ(marks, 2u) << "one in the offsets, one in the ticks";
  EXPECT_NE(page->find("clock began anew</text>"), std::string::npos);
}

TEST(VerifyPage, DrawsWhereLasersMeetInTheColourOfAFailure) {
  auto json = golden_json();
  EXPECT_NE(verify_page_html(json.dump())->find("two-cameras-sub together: starts"),
            std::string::npos);
  json["lasers"][0]["overlap"] = false;  // their views never overlap
  EXPECT_EQ(verify_page_html(json.dump())->find("together: starts"), std::string::npos);
}

TEST(VerifyPage, DrawsArrivalAndWhereTheLineBroke) {
  auto json = golden_json();
  EXPECT_EQ(verify_page_html(json.dump())->find("<h2>Host arrival"), std::string::npos);
  json["devices"][1]["arrival_trace"] = {{"time_s", {0.0, 0.05, 0.1}}, {"late_us", {0, 3, 90}}};
  auto broken = json["findings"][0];
  broken["rule"] = "arrival-rate";
  broken["link"] = "a.out -> b.in";
  broken["level"] = "fail";
  json["findings"].push_back(broken);
  broken["link"] = "b.out -> c.in";
  broken["level"] = "warning";
  json["findings"].push_back(broken);
  const auto page = verify_page_html(json.dump());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_NE(page->find("<h2>Host arrival"), std::string::npos);
  EXPECT_NE(page->find("line broke: a.out -&gt; b.in</text>"), std::string::npos);
  EXPECT_NE(page->find("line may have broken: b.out -&gt; c.in</text>"), std::string::npos);
}

TEST(VerifyPage, KeepsBothEndsOfLongNames) {
  auto json = golden_json();
  json["devices"][0]["name"] = "ceiling-north-east-corner-camera-one";
  json["devices"][1]["name"] = "ceiling-north-east-corner-camera-tw\u00f6";
  const auto page = verify_page_html(json.dump());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_NE(page->find("ceiling-nort…-camera-one"), std::string::npos);
  EXPECT_NE(page->find("ceiling-nort…-camera-twö"), std::string::npos);
}

TEST(VerifyPage, RefusesWhatIsNoReport) {
  for (const char* text :
       {"", "{", "[]", "{}", "null", "{\"kind\": \"lockstep-verify\"}", "{\"kind\": 3}"}) {
    const auto page = verify_page_html(text);
    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().code, Errc::unusable_input);
  }
}

}  // namespace
}  // namespace lockstep
