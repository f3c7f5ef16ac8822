// SPDX-License-Identifier: MIT
#include "lockstep/export/mcap_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lockstep/export/ros_messages.h"
#include "tests/support/files.h"
#include "tests/support/format_judges.h"

namespace lockstep {
namespace {

/// Noise, which zstd makes no smaller.
std::vector<std::byte> noise(size_t bytes) {
  std::vector<std::byte> data(bytes);
  uint32_t state = 1;
  for (std::byte& byte : data) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::byte>(state >> 24);
  }
  return data;
}

TEST(McapFile, ManyChunksOfManyChannelsAreReadByTheOfficialReader) {
  if (const std::string why = testing::judges_missing(); !why.empty()) GTEST_SKIP() << why;
  const testing::TempFolder folder;
  auto file = McapFile::begin(folder / "a.mcap", "ros2", "test");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->add_metadata("lockstep", {{"take", "a"}}));
  std::vector<McapChannel> channels;
  for (const char* topic : {"/a", "/b", "/c"}) {
    channels.push_back(file->add_channel(topic, ros_name(RosType::compressed_image), "ros2msg",
                                         ros_definition(RosType::compressed_image), "cdr",
                                         {{"offered_qos_profiles", ""}}));
  }
  const std::vector<std::byte> data = noise(500'000);
  constexpr int kMessages = 40;  // 20 MB, in chunks of 4 MiB
  for (int i = 0; i < kMessages; ++i) {
    const RigTime time(std::chrono::milliseconds(10 * i));
    ASSERT_TRUE(file->write(channels[static_cast<size_t>(i % 3)], time,
                            ros_compressed_image({time, "frame"}, "jpeg", data)));
  }
  EXPECT_EQ(file->messages(), 40u);
  const auto bytes = file->finish();
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, std::filesystem::file_size(folder / "a.mcap"));

  const testing::Finished read = testing::judge("read_mcap.js", {folder / "a.mcap"});
  ASSERT_EQ(read.status, 0) << read.err;
  const auto json = nlohmann::json::parse(read.out);
  EXPECT_GE(json.at("chunks"), 4);
  EXPECT_EQ(json.at("streamed"), kMessages);
  EXPECT_EQ(json.at("metadata").at("lockstep").at("take"), "a");
  const auto& b = json.at("topics").at("/b").at("messages");
  ASSERT_EQ(b.size(), 13u);
  for (size_t i = 0; i < b.size(); ++i) {
    EXPECT_EQ(b[i].at("sequence"), i);
    EXPECT_EQ(b[i].at("time"), std::to_string((3 * i + 1) * 10'000'000));
    EXPECT_EQ(b[i].at("message").at("data").at("length"), data.size());
  }
}

TEST(McapFile, ATimeBeforeZeroIsZero) {
  if (const std::string why = testing::judges_missing(); !why.empty()) GTEST_SKIP() << why;
  const testing::TempFolder folder;
  auto file = McapFile::begin(folder / "a.mcap", "ros2", "test");
  ASSERT_TRUE(file);
  const McapChannel channel =
      file->add_channel("/imu", ros_name(RosType::imu), "ros2msg", ros_definition(RosType::imu),
                        "cdr", {{"offered_qos_profiles", ""}});
  const RigTime early(Micros(-20));
  ASSERT_TRUE(file->write(channel, early, ros_imu({early, "imu"}, ImuSample{})));
  ASSERT_TRUE(file->finish());
  const testing::Finished read = testing::judge("read_mcap.js", {folder / "a.mcap"});
  ASSERT_EQ(read.status, 0) << read.err;
  const auto json = nlohmann::json::parse(read.out);
  const auto& message = json.at("topics").at("/imu").at("messages")[0];
  EXPECT_EQ(message.at("time"), "0");
  EXPECT_EQ(message.at("message").at("header").at("stamp").at("nanosec"), 0);
}

TEST(McapFile, TheReaderFindsABrokenChunk) {
  if (const std::string why = testing::judges_missing(); !why.empty()) GTEST_SKIP() << why;
  const testing::TempFolder folder;
  auto file = McapFile::begin(folder / "a.mcap", "ros2", "test");
  ASSERT_TRUE(file);
  const McapChannel channel = file->add_channel(
      "/a", ros_name(RosType::compressed_image), "ros2msg",
      ros_definition(RosType::compressed_image), "cdr", {{"offered_qos_profiles", ""}});
  const std::vector<std::byte> data = noise(100'000);
  ASSERT_TRUE(file->write(channel, RigTime{}, ros_compressed_image({}, "jpeg", data)));
  ASSERT_TRUE(file->finish());
  std::string bytes = testing::read_file(folder / "a.mcap");
  bytes[50'000] = static_cast<char>(bytes[50'000] ^ 1);
  testing::write_file(folder / "broken.mcap", bytes);
  EXPECT_NE(testing::judge("read_mcap.js", {folder / "broken.mcap"}).status, 0);
}

TEST(McapFile, NothingIsOverwritten) {
  const testing::TempFolder folder;
  testing::write_file(folder / "a.mcap", "mine");
  auto file = McapFile::begin(folder / "a.mcap", "ros2", "test");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->finish().error().code, Errc::already_exists);
  EXPECT_EQ(testing::read_file(folder / "a.mcap"), "mine");
}

}  // namespace
}  // namespace lockstep
