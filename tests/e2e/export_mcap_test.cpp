// SPDX-License-Identifier: MIT
// `lockstep export --to mcap`, read by the official reader of MCAP and by Foxglove's of ROS 2
// messages, and compared with the recordings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "lockstep/recording/reader.h"
#include "tests/e2e/rendered_take.h"
#include "tests/e2e/simulated_take.h"
#include "tests/support/format_judges.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

int64_t ns(const json& message) {
  return std::stoll(message.at("time").get<std::string>());
}

int64_t stamp_ns(const json& message) {
  const json& stamp = message.at("message").at("header").at("stamp");
  return stamp.at("sec").get<int64_t>() * 1'000'000'000 + stamp.at("nanosec").get<int64_t>();
}

uint64_t sum_of(std::span<const std::byte> bytes) {
  uint64_t sum = 0;
  for (const std::byte byte : bytes) sum += static_cast<uint64_t>(byte);
  return sum;
}

/// Length and sum, as the script leaves of byte arrays.
void expect_bytes(const json& data, std::span<const std::byte> bytes) {
  EXPECT_EQ(data.at("length"), bytes.size());
  EXPECT_EQ(data.at("sum"), sum_of(bytes));
}

class ExportMcap : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = judges_missing(); !why.empty()) GTEST_SKIP() << why;
  }

  void make_take(const std::string& rig) {
    write_file(folder_ / "rig.toml", rig);
    const Finished made = simulate(folder_ / "rig.toml", take(), 0.2);
    ASSERT_EQ(made.status, 0) << made.out << made.err;
  }
  /// Exports and reads back.
  json exported(const fs::path& what, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"export", what, "--to", "mcap", "-o", folder_ / "out.mcap"});
    const Finished done = lockstep(more);
    EXPECT_EQ(done.status, 0) << done.err;
    const Finished read = judge("read_mcap.js", {folder_ / "out.mcap"});
    EXPECT_EQ(read.status, 0) << read.err;
    json file = json::parse(read.out, nullptr, false);
    EXPECT_FALSE(file.is_discarded());
    EXPECT_EQ(file.at("profile"), "ros2");
    EXPECT_EQ(file.at("done"), true);
    EXPECT_EQ(std::to_string(file.at("streamed").get<int>()), file.at("counted"));
    return file.at("topics");
  }

  [[nodiscard]] fs::path take() const { return folder_ / "take"; }

  TempFolder folder_;
};

TEST_F(ExportMcap, HasWhatWasRecordedOnRigTime) {
  make_take(rendered_rig());
  const json topics = exported(take());
  const auto reader = RecordingReader::open(take() / "b.mkv");
  ASSERT_TRUE(reader);
  const json& color = topics.at("/b/rgb/image_raw/compressed").at("messages");
  const json& depth = topics.at("/b/depth/image_raw").at("messages");
  const json& infrared = topics.at("/b/ir/image_raw").at("messages");
  ASSERT_EQ(color.size(), 6u);
  ASSERT_EQ(depth.size(), 6u);
  for (size_t tick = 0; tick < 6; ++tick) {
    const auto capture = (*reader)->next_capture();
    ASSERT_TRUE(capture && *capture);
    const json& jpeg = color[tick].at("message");
    EXPECT_EQ(jpeg.at("format"), "jpeg");
    expect_bytes(jpeg.at("data"), (*capture)->color->bytes.get());
    const json& plane = depth[tick].at("message");
    EXPECT_EQ(plane.at("encoding"), "16UC1");
    EXPECT_EQ(plane.at("step"), 640);
    EXPECT_EQ(plane.at("is_bigendian"), 0);
    expect_bytes(plane.at("data"), (*capture)->depth->bytes.get());
    EXPECT_EQ(infrared[tick].at("message").at("encoding"), "mono16");
    expect_bytes(infrared[tick].at("message").at("data"), (*capture)->ir->bytes.get());
    // b is planned 167 us after the pulse; jitter and register steps are some tens of us.
    const double pulse_ns = static_cast<double>(tick) * 1e9 / 30;
    EXPECT_NEAR(static_cast<double>(ns(color[tick])) - pulse_ns, 166'667, 60'000);
    EXPECT_EQ(stamp_ns(color[tick]), ns(color[tick]));
    EXPECT_EQ(jpeg.at("header").at("frame_id"), "b_color_optical_frame");
    EXPECT_EQ(plane.at("header").at("frame_id"), "b_depth_optical_frame");
  }
  EXPECT_EQ(topics.at("/a/rgb/camera_info").at("messages").size(), 6u);
}

TEST_F(ExportMcap, InertialSamplesKeepTheirNumbersAndTheirFrame) {
  make_take(rendered_rig());
  const json topics = exported(take());
  const json& imu = topics.at("/a/imu").at("messages");
  EXPECT_GT(imu.size(), 250u);  // 1664 a second
  const json& first = imu[0].at("message");
  EXPECT_EQ(first.at("header").at("frame_id"), "a_imu_frame");
  EXPECT_EQ(first.at("orientation_covariance")[0], -1.0) << "there is no orientation";
  double squares = 0;
  for (const char* axis : {"x", "y", "z"}) {
    const auto part = first.at("linear_acceleration").at(axis).get<double>();
    squares += part * part;
  }
  EXPECT_NEAR(std::sqrt(squares), 9.81, 0.2);
  // What holds the camera points up, that is, along -y of the depth camera, which looks ahead.
  for (const json& transform :
       topics.at("/tf_static").at("messages")[0].at("message").at("transforms")) {
    if (transform.at("child_frame_id") != "a_imu_frame") continue;
    EXPECT_EQ(transform.at("header").at("frame_id"), "a_depth_optical_frame");
    const json& q = transform.at("transform").at("rotation");
    const Eigen::Quaterniond turn(q.at("w").get<double>(), q.at("x").get<double>(),
                                  q.at("y").get<double>(), q.at("z").get<double>());
    const json& a = first.at("linear_acceleration");
    const Eigen::Vector3d up =
        turn *
        Eigen::Vector3d(a.at("x").get<double>(), a.at("y").get<double>(), a.at("z").get<double>());
    EXPECT_LT(up.y(), -8);
    return;
  }
  ADD_FAILURE() << "no transform of a_imu_frame";
}

TEST_F(ExportMcap, TransformsAreThoseOfTheCalibration) {
  make_take(rendered_rig());
  write_true_calibration(take());
  const RigCalibration truth = true_calibration(take());
  const json topics = exported(take());
  const json& tf = topics.at("/tf_static");
  EXPECT_EQ(tf.at("type"), "tf2_msgs/msg/TFMessage");
  EXPECT_THAT(tf.at("qos").get<std::string>(), HasSubstr("durability: 1"));
  int placed = 0;
  for (const json& transform : tf.at("messages")[0].at("message").at("transforms")) {
    if (transform.at("header").at("frame_id") != "rig") continue;
    const CalibratedCamera& camera = truth.cameras[static_cast<size_t>(placed++)];
    EXPECT_EQ(transform.at("child_frame_id"), camera.name + "_depth_optical_frame");
    const json& t = transform.at("transform").at("translation");
    const Eigen::Vector3d place(t.at("x").get<double>(), t.at("y").get<double>(),
                                t.at("z").get<double>());
    EXPECT_LT((place - camera.rig_from_depth.translation).norm(), 1e-9);
  }
  EXPECT_EQ(placed, 2);
  const json& info = topics.at("/b/rgb/camera_info").at("messages")[0].at("message");
  const CameraModel& lens = truth.cameras[1].color.model;
  EXPECT_EQ(info.at("distortion_model"), "rational_polynomial");
  EXPECT_NEAR(info.at("k")[0].get<double>(), lens.fx_px, 1e-6);
  EXPECT_NEAR(info.at("k")[5].get<double>(), lens.cy_px, 1e-6);
  EXPECT_NEAR(info.at("d")[2].get<double>(), lens.p1, 1e-12);
  EXPECT_NEAR(info.at("d")[7].get<double>(), lens.k[5], 1e-12);
}

TEST_F(ExportMcap, PointsAreTheDepthImageInMetres) {
  make_take(rendered_rig());
  const json topics =
      exported(take(), {"--points", "--ticks", "2", "--camera", "a", "--all-ticks"});
  EXPECT_FALSE(topics.contains("/b/imu"));
  const json& clouds = topics.at("/a/points2").at("messages");
  ASSERT_EQ(clouds.size(), 1u);
  EXPECT_EQ(topics.at("/a/depth/image_raw").at("messages").size(), 1u);
  const json& cloud = clouds[0].at("message");
  EXPECT_EQ(cloud.at("header").at("frame_id"), "a_depth_optical_frame");
  const auto reader = RecordingReader::open(take() / "a.mkv");
  ASSERT_TRUE(reader);
  std::optional<Capture> capture;
  for (int tick = 0; tick <= 2; ++tick) capture = *(*reader)->next_capture();
  ASSERT_TRUE(capture && capture->depth);
  const auto samples = capture->depth->samples();
  const auto readings =
      std::count_if(samples.begin(), samples.end(), [](int mm) { return mm > 0; });
  EXPECT_EQ(cloud.at("width"), readings);
  EXPECT_EQ(cloud.at("data").at("length"), 16 * readings);
  const auto first = cloud.at("data").at("first").get<std::vector<uint8_t>>();
  float z = 0;
  std::memcpy(&z, &first[8], sizeof z);
  const auto top = std::find_if(samples.begin(), samples.end(), [](int mm) { return mm > 0; });
  EXPECT_FLOAT_EQ(z, static_cast<float>(*top) / 1000);
}

TEST_F(ExportMcap, ARecordingOfAnotherProgramNeedsNoLenses) {
  const json topics = exported(data_file("vendor-written/colour-imu-30fps.mkv"));
  EXPECT_GT(topics.at("/colour_imu_30fps/rgb/image_raw/compressed").at("messages").size(), 2u);
  EXPECT_GT(topics.at("/colour_imu_30fps/imu").at("messages").size(), 10u);
}

TEST_F(ExportMcap, ARealCamera) {
  const json topics = exported(data_file("real-recording/recording.mkv"), {"--points"});
  const json& color = topics.at("/recording/rgb/image_raw/compressed").at("messages");
  ASSERT_EQ(color.size(), 1u);
  EXPECT_EQ(ns(color[0]), 800'222'000) << "rig time of one recording is device time";
  const json& imu = topics.at("/recording/imu").at("messages");
  ASSERT_FALSE(imu.empty());
  EXPECT_EQ(ns(imu[0]), 336'277'000);
  EXPECT_NEAR(imu[0].at("message").at("linear_acceleration").at("z").get<double>(), -9.437137,
              1e-5);
  EXPECT_GT(topics.at("/recording/points2").at("messages")[0].at("message").at("width"), 200'000);
}

}  // namespace
}  // namespace lockstep::testing
