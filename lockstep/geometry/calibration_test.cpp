// SPDX-License-Identifier: MIT
#include "lockstep/geometry/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/files.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

/// A calibration of round numbers, whose results were worked out with another implementation.
std::string synthetic_blob(int color_width = 4096, int color_height = 3072) {
  const auto lens = [](const char* location, std::vector<double> parameters, int width, int height,
                       double radius, std::vector<double> rotation,
                       std::vector<double> translation) {
    return nlohmann::json{{"Location", location},
                          {"Intrinsics",
                           {{"ModelParameterCount", 14},
                            {"ModelType", "CALIBRATION_LensDistortionModelBrownConrady"},
                            {"ModelParameters", parameters}}},
                          {"SensorWidth", width},
                          {"SensorHeight", height},
                          {"MetricRadius", radius},
                          {"Rt", {{"Rotation", rotation}, {"Translation", translation}}}};
  };
  const auto imu = [](const char* type, std::vector<double> translation) {
    return nlohmann::json{
        {"SensorType", type},
        {"BiasTemperatureModel", std::vector<double>(12)},
        {"MixingMatrixTemperatureModel", std::vector<double>(36)},
        {"Rt", {{"Rotation", {0, 0, -1, -1, 0, 0, 0, 1, 0}}, {"Translation", translation}}}};
  };
  nlohmann::json root;
  auto& information = root["CalibrationInformation"];
  information["Cameras"] = {
      lens(
          "CALIBRATION_CameraLocationD0",
          {0.5, 0.51, 0.49, 0.4905, 0.5, -0.02, -0.002, 0.85, 0.08, -0.01, 0, 0, -0.00007, 0.00002},
          1024, 1024, 1.74, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {0, 0, 0}),
      lens("CALIBRATION_CameraLocationPV0",
           {0.5, 0.505, 0.478, 0.637, 0.33, -2.5, 1.45, 0.21, -2.3, 1.38, 0, 0, -0.00013, -0.00016},
           color_width, color_height, 0, {1, 0, 0, 0, 0.9945, 0.1047, 0, -0.1047, 0.9945},
           {-0.032, -0.002, 0.004})};
  information["InertialSensors"] = {
      imu("CALIBRATION_InertialSensorType_Gyro", {0, 0, 0}),
      imu("CALIBRATION_InertialSensorType_Accelerometer", {-0.05, 0.003, 0.001})};
  return root.dump();
}

TEST(Calibration, LensesOfAModeAreInItsPixels) {
  const auto calibration = parse_calibration(synthetic_blob());
  ASSERT_TRUE(calibration.ok()) << calibration.error().message;
  const CameraModel depth = calibration->depth_camera(DepthMode::nfov_unbinned);
  EXPECT_NEAR(depth.cx_px, 319.5, 1e-3);
  EXPECT_NEAR(depth.cy_px, 341.74, 1e-3);
  EXPECT_NEAR(depth.fx_px, 501.76, 1e-3);
  EXPECT_NEAR(depth.fy_px, 502.272, 1e-3);
  const CameraModel color = calibration->color_camera(ColorResolution::p1080);
  EXPECT_NEAR(color.cx_px, 959.5, 1e-3);
  EXPECT_NEAR(color.cy_px, 546.7, 1e-3);
  EXPECT_NEAR(color.fx_px, 917.76, 1e-3);
  EXPECT_NEAR(color.fy_px, 917.28, 1e-3);
  EXPECT_NEAR(color.metric_radius, 1.7, 1e-9);
}

TEST(Calibration, AnOldWideColourCalibrationIsRebased) {
  const auto calibration = parse_calibration(synthetic_blob(1920, 1080));
  ASSERT_TRUE(calibration.ok());
  const CameraModel color = calibration->color_camera(ColorResolution::p1080);
  EXPECT_NEAR(color.cy_px, 544.9, 1e-3);
  EXPECT_NEAR(color.fy_px, 687.96, 1e-3);
}

TEST(Calibration, TransformsChainToTheWorkedOutFigures) {
  const auto c = parse_calibration(synthetic_blob());
  ASSERT_TRUE(c.ok());
  const RigidTransform color_from_depth = c->color_from_depth();
  const Eigen::Vector3d back = color_from_depth.inverse().translation * 1000;
  EXPECT_NEAR(back.x(), 32.0, 1e-3);
  EXPECT_NEAR(back.y(), 2.4078, 1e-3);
  EXPECT_NEAR(back.z(), -3.7686, 1e-3);
  const RigidTransform accelerometer_from_color =
      c->accelerometer.sensor_from_depth * color_from_depth.inverse();
  const Eigen::Vector3d at = accelerometer_from_color.translation * 1000;
  EXPECT_NEAR(at.x(), -46.2314, 2e-3);
  EXPECT_NEAR(at.y(), -29.0, 2e-3);
  EXPECT_NEAR(at.z(), 3.4078, 2e-3);
}

TEST(Calibration, PointsGoFromDepthToColourPixels) {
  const auto c = parse_calibration(synthetic_blob());
  ASSERT_TRUE(c.ok());
  const CameraModel depth = c->depth_camera(DepthMode::nfov_unbinned);
  const CameraModel color = c->color_camera(ColorResolution::p1080);
  struct Row {
    Eigen::Vector2d pixel;
    Eigen::Vector3d point_mm;
    Eigen::Vector2d color_pixel;
  };
  const Row rows[] = {{{100, 100}, {-519.6977, -571.8394, 1000}, {468.2262, 131.9387}},
                      {{320, 288}, {1.0013, -107.4256, 1000}, {931.3217, 542.9432}},
                      {{600.5, 20.25}, {790.8120, -903.7178, 1000}, {1572.4246, -96.2400}}};
  for (const Row& row : rows) {
    const auto point = unproject(depth, row.pixel, 1.0);
    ASSERT_TRUE(point.has_value());
    EXPECT_NEAR((*point * 1000 - row.point_mm).norm(), 0, 2e-3);
    const auto seen = project(color, c->color_from_depth() * *point);
    ASSERT_TRUE(seen.has_value());
    EXPECT_NEAR((*seen - row.color_pixel).norm(), 0, 2e-3);
  }
}

TEST(Calibration, TheRealBlobReadsAndIsWrittenBackTheSame) {
  const std::string blob = testing::read_file(testing::factory_calibration_file());
  const auto real = parse_calibration(blob);
  ASSERT_TRUE(real.ok()) << real.error().message;
  EXPECT_NEAR(real->depth.fx, 0.4927808940410614, 1e-15);
  FactoryCalibration changed = *real;
  changed.depth.fx *= 1.01;
  const auto written = write_calibration(changed, blob);
  ASSERT_TRUE(written.ok());
  EXPECT_THAT(*written, HasSubstr("001514394512"));
  const auto again = parse_calibration(*written);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->depth.fx, changed.depth.fx);
  EXPECT_EQ(again->color.k, real->color.k);
  EXPECT_EQ(again->accelerometer.mixing, real->accelerometer.mixing);
  EXPECT_TRUE(again->color.camera_from_depth.rotation == real->color.camera_from_depth.rotation);
}

TEST(Calibration, CaseOfKeysAndWhatFollowsTheRootDoNotMatter) {
  std::string blob = synthetic_blob();
  for (const char* key : {"Cameras", "Intrinsics", "MetricRadius"}) {
    std::string lower = key;
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    for (size_t at = blob.find(key); at != std::string::npos; at = blob.find(key, at + 1)) {
      blob.replace(at, lower.size(), lower);
    }
  }
  EXPECT_TRUE(parse_calibration(blob + std::string("\0trailing { [", 12)).ok());
}

TEST(Calibration, ABlobCutAnywhereIsRefused) {
  const std::string blob = synthetic_blob();
  for (size_t length = 0; length < blob.size(); ++length) {
    const auto cut = parse_calibration(std::string_view(blob).substr(0, length));
    ASSERT_FALSE(cut.ok()) << length;
    EXPECT_EQ(cut.error().code, Errc::unusable_input);
  }
}

TEST(Calibration, WhatIsUsedMustBeThereAndWhatIsNotMayBeAbsent) {
  const nlohmann::json whole = nlohmann::json::parse(synthetic_blob());
  const auto without = [&](const char* list, size_t entry, const char* key) {
    nlohmann::json changed = whole;
    changed["CalibrationInformation"][list][entry].erase(key);
    return parse_calibration(changed.dump());
  };
  for (const char* key : {"Location", "Intrinsics", "SensorWidth", "MetricRadius", "Rt"}) {
    const auto broken = without("Cameras", 1, key);
    ASSERT_FALSE(broken.ok()) << key;
    EXPECT_THAT(broken.error().message, HasSubstr(key));
  }
  for (const char* key : {"Rt", "BiasTemperatureModel", "MixingMatrixTemperatureModel"}) {
    EXPECT_FALSE(without("InertialSensors", 1, key).ok()) << key;
  }
  EXPECT_TRUE(without("InertialSensors", 1, "SecondOrderScaling").ok());
}

TEST(Calibration, ShortArraysAreFilledUpWithZerosAndLongOnesRefused) {
  nlohmann::json changed = nlohmann::json::parse(synthetic_blob());
  auto& rt = changed["CalibrationInformation"]["Cameras"][1]["Rt"];
  rt["Rotation"] = {1, 0, 0, 0, 1, 0, 0, 0};
  rt["Translation"] = {-0.032, -0.002};
  const auto read = parse_calibration(changed.dump());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->color.camera_from_depth.rotation(2, 2), 0);
  EXPECT_EQ(read->color.camera_from_depth.translation, Eigen::Vector3d(-0.032, -0.002, 0));
  rt["Rotation"] = std::vector<double>(10);
  EXPECT_THAT(parse_calibration(changed.dump()).error().message, HasSubstr("10 numbers"));
}

/// The calibration with other intrinsics of its colour camera.
Result<FactoryCalibration> with_intrinsics(const char* key, const nlohmann::json& value) {
  nlohmann::json changed = nlohmann::json::parse(synthetic_blob());
  changed["CalibrationInformation"]["Cameras"][1]["Intrinsics"][key] = value;
  return parse_calibration(changed.dump());
}

TEST(Calibration, EveryModelOfTheVendorIsReadAndTwoAreComputedWith) {
  const auto lens_of = [](const char* model) {
    const std::string type = std::string("CALIBRATION_LensDistortionModel") + model;
    const auto calibration = with_intrinsics("ModelType", type);
    EXPECT_TRUE(calibration.ok()) << model;
    return calibration->color_camera(ColorResolution::p1080);
  };
  EXPECT_EQ(lens_of("BrownConrady").lens, LensModel::brown_conrady);
  EXPECT_EQ(lens_of("Rational6KT").lens, LensModel::rational_6kt);
  EXPECT_EQ(lens_of("Polynomial3K").lens, LensModel::polynomial_3k);
  EXPECT_EQ(lens_of("Theta").lens, LensModel::theta);
  for (const char* model : {"BrownConrady", "Rational6KT"}) {
    EXPECT_TRUE(is_computable(lens_of(model)));
    EXPECT_TRUE(project_ray(lens_of(model), {0.1, 0.1}).has_value());
  }
  for (const char* model : {"Polynomial3K", "Theta"}) {
    EXPECT_FALSE(is_computable(lens_of(model)));
    EXPECT_FALSE(project_ray(lens_of(model), {0.1, 0.1}).has_value());
    EXPECT_FALSE(unproject_ray(lens_of(model), {100, 100}).has_value());
  }
  EXPECT_FALSE(with_intrinsics("ModelType", "CALIBRATION_LensDistortionModelBrown").ok());
  EXPECT_FALSE(with_intrinsics("ModelType", 4).ok());
}

TEST(Calibration, ParametersThatAreNotThereAreZero) {
  const auto few = with_intrinsics("ModelParameters", {0.5, 0.505, 0.478, 0.637, 0.33});
  ASSERT_TRUE(few.ok());
  EXPECT_EQ(few->color.k[0], 0.33);
  EXPECT_EQ(few->color.k[1], 0);
  EXPECT_EQ(few->color.p1, 0);
  EXPECT_TRUE(is_computable(few->color_camera(ColorResolution::p720)));
  const auto none = with_intrinsics("ModelParameters", nlohmann::json::array());
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(is_computable(none->color_camera(ColorResolution::p720)));
  // More than the count are more than there is room for.
  EXPECT_FALSE(with_intrinsics("ModelParameterCount", 13).ok());
  EXPECT_FALSE(with_intrinsics("ModelParameterCount", 16).ok());
  EXPECT_FALSE(with_intrinsics("ModelParameterCount", -1).ok());
  EXPECT_FALSE(with_intrinsics("ModelParameterCount", "14").ok());
}

TEST(Calibration, CountsOfParametersAreKeptAndWrittenBack) {
  nlohmann::json changed = nlohmann::json::parse(synthetic_blob());
  auto& cameras = changed["CalibrationInformation"]["Cameras"];
  cameras[0]["Intrinsics"]["ModelParameterCount"] = 15;
  cameras[0]["Intrinsics"]["ModelParameters"].push_back(1.25);
  cameras[1]["Intrinsics"]["ModelParameterCount"] = 4;
  cameras[1]["Intrinsics"]["ModelParameters"] = {0.5, 0.5, 0.4, 0.6};
  const auto read = parse_calibration(changed.dump());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->depth.intrinsic_radius, 1.25);
  EXPECT_TRUE(is_computable(read->depth_camera(DepthMode::nfov_unbinned)));
  EXPECT_EQ(read->color.parameter_count, 4);
  EXPECT_FALSE(is_computable(read->color_camera(ColorResolution::p720)));
  const auto again = parse_calibration(*write_calibration(*read, changed.dump()));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->depth.intrinsic_radius, 1.25);
  EXPECT_EQ(again->color.parameter_count, 4);
  EXPECT_EQ(again->color.fy, 0.6);
}

TEST(Calibration, SensorsThatNoKinectHasAreRefused) {
  EXPECT_FALSE(parse_calibration(synthetic_blob(1000, 1000)).ok());
  EXPECT_FALSE(parse_calibration("[]").ok());
  EXPECT_FALSE(parse_calibration("{\"CalibrationInformation\": 3}").ok());
  EXPECT_FALSE(parse_calibration(std::string(100'000, '[')).ok());
}

}  // namespace
}  // namespace lockstep
