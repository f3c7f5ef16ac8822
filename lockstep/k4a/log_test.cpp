// SPDX-License-Identifier: MIT
// The callback of k4a_set_debug_message_handler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Line {
  k4a_log_level_t level;
  std::string message;
};
using Lines = std::vector<Line>;

void keep(void* lines, k4a_log_level_t level, const char* file, int line, const char* message) {
  EXPECT_NE(std::string(file), "");
  EXPECT_GT(line, 0);
  static_cast<Lines*>(lines)->push_back({level, message});
}
void other(void*, k4a_log_level_t, const char*, int, const char*) {}

class K4aMessages : public ::testing::Test {
 protected:
  K4aMessages() { setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1); }
  ~K4aMessages() override { k4a_set_debug_message_handler(nullptr, nullptr, K4A_LOG_LEVEL_OFF); }

  static void fail_once() { k4a_image_create(K4A_IMAGE_FORMAT_DEPTH16, 1, 1, 2, nullptr); }

  Lines lines_, others_;
};

TEST_F(K4aMessages, MayBeAnsweredByCallsThatFail) {
  static int calls = 0;
  static k4a_result_t changed = K4A_RESULT_SUCCEEDED;
  calls = 0;
  const auto answer = [](void*, k4a_log_level_t, const char*, int, const char*) {
    ++calls;
    k4a_device_get_installed_count();
    fail_once();
    changed = k4a_set_debug_message_handler(nullptr, nullptr, K4A_LOG_LEVEL_OFF);
  };
  setenv("LOCKSTEP_RIG", "/no/such/rig.toml", 1);
  ASSERT_EQ(k4a_set_debug_message_handler(answer, nullptr, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_device_get_installed_count(), 0U);
  unsetenv("LOCKSTEP_RIG");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(changed, K4A_RESULT_FAILED) << "it would have waited for itself";
}

TEST_F(K4aMessages, GoOnAfterACallbackThatThrew) {
  static int calls = 0;
  calls = 0;
  const auto thrower = [](void*, k4a_log_level_t, const char*, int, const char*) {
    ++calls;
    throw std::runtime_error("not today");
  };
  ASSERT_EQ(k4a_set_debug_message_handler(thrower, nullptr, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED);
  fail_once();
  const int of_the_first = calls;
  EXPECT_GE(of_the_first, 1);
  fail_once();
  EXPECT_GT(calls, of_the_first) << "muted for good";
  EXPECT_EQ(k4a_set_debug_message_handler(nullptr, nullptr, K4A_LOG_LEVEL_OFF),
            K4A_RESULT_SUCCEEDED);
}

TEST_F(K4aMessages, ComeFromTheirLevelOn) {
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, K4A_LOG_LEVEL_TRACE),
            K4A_RESULT_SUCCEEDED);
  fail_once();
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_EQ(lines_[0].level, K4A_LOG_LEVEL_ERROR);
  EXPECT_THAT(lines_[0].message, HasSubstr("k4a_image_create()."));
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED);
  fail_once();
  EXPECT_THAT(lines_, SizeIs(2));
  for (const auto level : {K4A_LOG_LEVEL_CRITICAL, K4A_LOG_LEVEL_OFF}) {
    ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, level), K4A_RESULT_SUCCEEDED);
    fail_once();
    EXPECT_THAT(lines_, SizeIs(2));
  }
}

TEST_F(K4aMessages, NameTheFunctionThatFailed) {
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED);
  k4a_set_allocator(nullptr, [](void*, void*) {});
  k4a_capture_create(nullptr);
  k4a_image_get_size(nullptr);
  ASSERT_THAT(lines_, SizeIs(3));
  EXPECT_EQ(lines_[0].message, "k4a_set_allocator(). Give both functions, or neither");
  EXPECT_EQ(lines_[1].message, "k4a_capture_create(). capture_handle is NULL");
  EXPECT_EQ(lines_[2].message, "k4a_image_get_size(). The image handle is not valid");
}

TEST_F(K4aMessages, GoToOneCallback) {
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(k4a_set_debug_message_handler(other, nullptr, K4A_LOG_LEVEL_ERROR), K4A_RESULT_FAILED);
  fail_once();
  EXPECT_THAT(lines_, SizeIs(1)) << "nothing changed";
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &others_, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED)
      << "the same one changes its context";
  fail_once();
  EXPECT_THAT(others_, SizeIs(1));
  const auto no_level = static_cast<k4a_log_level_t>(77);
  ASSERT_EQ(k4a_set_debug_message_handler(nullptr, nullptr, no_level), K4A_RESULT_SUCCEEDED);
  fail_once();
  EXPECT_THAT(others_, SizeIs(1));
  EXPECT_EQ(k4a_set_debug_message_handler(other, nullptr, K4A_LOG_LEVEL_OFF), K4A_RESULT_SUCCEEDED);
}

TEST_F(K4aMessages, HaveAKnownLevel) {
  for (const int level : {-1, 6, 1000}) {
    EXPECT_EQ(k4a_set_debug_message_handler(keep, &lines_, static_cast<k4a_log_level_t>(level)),
              K4A_RESULT_FAILED);
  }
  fail_once();
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(K4aMessages, AreCutAt1023Bytes) {
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, K4A_LOG_LEVEL_ERROR),
            K4A_RESULT_SUCCEEDED);
  setenv("LOCKSTEP_RIG", std::string(3000, 'x').c_str(), 1);
  EXPECT_EQ(k4a_device_get_installed_count(), 0U);
  unsetenv("LOCKSTEP_RIG");
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0].message, SizeIs(1023));
}

TEST_F(K4aMessages, OfTheRecordLibraryDoNotComeHere) {
  ASSERT_EQ(k4a_set_debug_message_handler(keep, &lines_, K4A_LOG_LEVEL_TRACE),
            K4A_RESULT_SUCCEEDED);
  k4a_playback_t playback = nullptr;
  EXPECT_EQ(k4a_playback_open("/no/such/recording.mkv", &playback), K4A_RESULT_FAILED);
  EXPECT_THAT(lines_, IsEmpty());
}

}  // namespace
