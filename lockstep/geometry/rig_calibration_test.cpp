// SPDX-License-Identifier: MIT
#include "lockstep/geometry/rig_calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"

namespace lockstep {
namespace {

CalibratedCamera camera_of(const char* serial, double along_m) {
  const auto factory = parse_calibration(testing::read_file(testing::factory_calibration_file()));
  CalibratedCamera camera;
  camera.name = std::string("cam-") + serial;
  camera.serial = serial;
  camera.rig_from_depth = {rotation_about({0, 0, 1}, along_m), {along_m, 2, 3}};
  camera.color_from_depth = factory->color_from_depth();
  camera.color = {factory->color_camera(ColorResolution::p1080), {0.001, 0.002, 1.5, -2.5}};
  camera.color.model = corrected(camera.color.model, camera.color.correction);
  camera.depth = {factory->depth_camera(DepthMode::nfov_unbinned), {}};
  camera.depth_offset_m = -0.004;
  camera.covariance.diagonal().setConstant(1e-6);
  camera.covariance(2, 3) = camera.covariance(3, 2) = 1e-7;
  return camera;
}

RigCalibration two_cameras() {
  return {RigOrigin::floor, {camera_of("000000000001", 0.1), camera_of("000000000002", 1.5)}};
}

TEST(RigCalibrationFile, KeepsEverything) {
  const RigCalibration before = two_cameras();
  const auto after = parse_rig_calibration(write_rig_calibration(before));
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(write_rig_calibration(*after), write_rig_calibration(before));
  EXPECT_EQ(after->origin, RigOrigin::floor);
  const CalibratedCamera* second = after->find("000000000002");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->name, "cam-000000000002");
  EXPECT_TRUE(second->rig_from_depth.rotation.isApprox(rotation_about({0, 0, 1}, 1.5), 1e-12));
  EXPECT_EQ(second->rig_from_depth.translation, Eigen::Vector3d(1.5, 2, 3));
  EXPECT_EQ(second->covariance(2, 3), 1e-7);
  EXPECT_EQ(second->color.correction, before.cameras[1].color.correction);
  EXPECT_EQ(after->find("nobody"), nullptr);
}

TEST(RigCalibrationFile, RefusesWhatIsNoneAndNamesIt) {
  const std::string whole = write_rig_calibration(two_cameras());
  const auto refusal = [&](const char* pointer, const nlohmann::json& value) {
    auto json = nlohmann::json::parse(whole);
    json[nlohmann::json::json_pointer(pointer)] = value;
    const auto read = parse_rig_calibration(json.dump());
    EXPECT_FALSE(read) << pointer;
    return read ? std::string() : read.error().message;
  };
  EXPECT_NE(refusal("/schema", 2).find("later version"), std::string::npos);
  EXPECT_NE(refusal("/schema", 0).find("'calibration.schema' is not among"), std::string::npos);
  EXPECT_NE(refusal("/kind", "lockstep-lens").find("'calibration.kind' is not 'lockstep-calib"),
            std::string::npos);
  EXPECT_NE(refusal("/origin", "moon").find("'moon'"), std::string::npos);
  EXPECT_NE(refusal("/cameras", nlohmann::json::array()).find("'calibration.cameras'"),
            std::string::npos);
  EXPECT_NE(refusal("/cameras/1/serial", "000000000001").find("'cameras[1].serial'"),
            std::string::npos);
  EXPECT_NE(refusal("/cameras/0/rig_from_depth/rotation/0/0", 0.5).find("is no rotation"),
            std::string::npos);
  EXPECT_NE(refusal("/cameras/0/rig_from_depth/translation_m/1", "x").find("no number"),
            std::string::npos);
  EXPECT_NE(refusal("/cameras/0/color_from_depth/translation_m/2", 3).find("outside of the device"),
            std::string::npos);
  EXPECT_NE(refusal("/cameras/0/color/fx_px", 0).find("'cameras[0].color.fx_px'"),
            std::string::npos);
  EXPECT_NE(refusal("/cameras/0/depth/lens", "pinhole").find("'pinhole'"), std::string::npos);
  EXPECT_NE(refusal("/cameras/0/depth/k", nlohmann::json::array({1})).find("not 6 numbers"),
            std::string::npos);
  for (const char* text : {"", "{", "[]", "null", "{}", "7"})
    EXPECT_FALSE(parse_rig_calibration(text)) << text;
}

TEST(RigCalibrationFile, SaysWhereAFileWasCutShortOrIsNoJson) {
  const std::string whole = write_rig_calibration(two_cameras());
  const auto refusal = [](const std::string& text) {
    const auto read = parse_rig_calibration(text);
    EXPECT_FALSE(read);
    return read ? std::string() : read.error().message;
  };
  for (size_t length = 1; length + 2 < whole.size(); length += 37) {
    const auto line =
        1 + std::count(whole.begin(), whole.begin() + static_cast<long>(length), '\n');
    EXPECT_NE(refusal(whole.substr(0, length))
                  .find("it ends in the middle, in line " + std::to_string(line) +
                        ": the file was cut short"),
              std::string::npos)
        << refusal(whole.substr(0, length));
  }
  EXPECT_NE(refusal("").find("it is empty"), std::string::npos);
  EXPECT_NE(refusal("{\n  \"schema\": x}").find("it is no JSON: line 2, column 13 cannot be read"),
            std::string::npos)
      << refusal("{\n  \"schema\": x}");
  EXPECT_NE(refusal("{\"schema\": 1e999}").find("no JSON"), std::string::npos);
  EXPECT_NE(refusal("[]").find("'calibration' is no object"), std::string::npos);
}

TEST(RigCalibrationFile, RefusesCamerasWithoutASerialAndNeverFindsThem) {
  RigCalibration calibration = two_cameras();
  calibration.cameras[1].serial = "";
  EXPECT_EQ(calibration.find(""), nullptr);
  const auto read = parse_rig_calibration(write_rig_calibration(calibration));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("'cameras[1].serial' is empty"), std::string::npos);
}

TEST(RigCalibrationFile, RefusesWhatIsNoCovariance) {
  const auto accepts = [](const auto& change) {
    RigCalibration calibration = two_cameras();
    change(calibration.cameras[1].covariance);
    const auto read = parse_rig_calibration(write_rig_calibration(calibration));
    if (!read) {
      EXPECT_NE(read.error().message.find("'cameras[1].rig_from_depth_covariance' is no covar"),
                std::string::npos)
          << read.error().message;
    }
    return read.ok();
  };
  using Covariance = Eigen::Matrix<double, 6, 6>;
  EXPECT_TRUE(accepts([](Covariance& c) { c.setZero(); }));
  EXPECT_TRUE(accepts([](Covariance& c) { c = 1e4 * Covariance::Identity(); }));
  // As far as rounding goes, three numbers that are one.
  EXPECT_TRUE(accepts([](Covariance& c) {
    c.setZero();
    c.topLeftCorner<3, 3>().setConstant(1e-6);
    c(0, 0) -= 1e-20;
  }));
  EXPECT_FALSE(accepts([](Covariance& c) { c(4, 4) = -1e-10; }));
  EXPECT_FALSE(accepts([](Covariance& c) { c(0, 1) = 1e-7; })) << "not symmetric";
  EXPECT_FALSE(accepts([](Covariance& c) { c(0, 1) = c(1, 0) = 2e-6; })) << "more than all";
  EXPECT_FALSE(accepts([](Covariance& c) { c(5, 5) = 0, c(5, 0) = c(0, 5) = 1e-300; }));
  EXPECT_FALSE(accepts([](Covariance& c) { c = 1e200 * Covariance::Identity(); }));
  EXPECT_FALSE(accepts([](Covariance& c) {
    c.diagonal().setConstant(1e200);
    c(0, 1) = 1e308;
  }));
}

TEST(LensFile, KeepsALensAndSaysItAsOpenCvDoes) {
  const CameraModel lens = camera_of("1", 0).color.model;
  const std::string json = write_lens(lens);
  const auto read = parse_lens(json);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(write_lens(*read), json);
  const auto opencv = nlohmann::json::parse(json).at("opencv");
  EXPECT_EQ(opencv.at("camera_matrix").at(0).at(2), lens.cx_px);
  EXPECT_EQ(opencv.at("distortion").at(4), lens.k[2]);
  EXPECT_EQ(opencv.at("distortion").at(2), lens.p1);
  for (const char* text : {"", "{}", "[]", R"({"lens": {}})"}) {
    const auto none = parse_lens(text);
    ASSERT_FALSE(none) << text;
    EXPECT_NE(none.error().message.find("no lens"), std::string::npos);
  }
}

TEST(LensFile, RefusesAnotherKindALaterVersionAndATextThatIsFarTooLong) {
  const std::string whole = write_lens(camera_of("1", 0).color.model);
  const auto refusal = [](const std::string& text) {
    const auto read = parse_lens(text);
    EXPECT_FALSE(read);
    return read ? std::string() : read.error().message;
  };
  auto json = nlohmann::json::parse(whole);
  json["schema"] = 2;
  EXPECT_NE(refusal(json.dump()).find("later version"), std::string::npos);
  json = nlohmann::json::parse(whole);
  json["kind"] = "lockstep-calibration";
  EXPECT_NE(refusal(json.dump()).find("'file.kind' is not 'lockstep-lens'"), std::string::npos);
  EXPECT_NE(refusal(std::string((size_t{1} << 26) + 1, ' ')).find("far too long"),
            std::string::npos);
}

TEST(RigCalibration, TellsALensThatItsCorrectionContradicts) {
  const auto factory = parse_calibration(testing::read_file(testing::factory_calibration_file()));
  const CameraModel same = factory->color_camera(ColorResolution::p1080);
  const CalibratedLens lens = camera_of("1", 0).color;
  EXPECT_TRUE(agrees_with(lens, same));
  CalibratedLens changed = lens;
  changed.model.fx_px *= 1.005;
  EXPECT_TRUE(agrees_with(changed, same)) << "measured anew";
  changed.model.fx_px *= 1.05;
  EXPECT_FALSE(agrees_with(changed, same));
  EXPECT_TRUE(agrees_with(changed, factory->color_camera(ColorResolution::p2160))) << "not known";
  changed = lens;
  changed.correction.center_y_px += 25;
  EXPECT_FALSE(agrees_with(changed, same));
  changed = lens;
  changed.model.k[0] += 0.5;
  EXPECT_FALSE(agrees_with(changed, same));
  CalibratedCamera camera = camera_of("1", 0);
  EXPECT_TRUE(check_lenses_agree(camera, std::nullopt, same));
  camera.color = changed;
  EXPECT_TRUE(check_lenses_agree(camera, std::nullopt, std::nullopt)) << "not asked for";
  const auto refused = check_lenses_agree(camera, std::nullopt, same);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("the colour lens"), std::string::npos);
}

TEST(RigCalibration, CarriesACorrectionToAnotherMode) {
  const auto factory = parse_calibration(testing::read_file(testing::factory_calibration_file()));
  const CalibratedLens lens = camera_of("1", 0).color;
  const CameraModel same = in_mode(lens, factory->color_camera(ColorResolution::p1080));
  EXPECT_NEAR(same.fx_px, lens.model.fx_px, 1e-9);
  EXPECT_NEAR(same.cx_px, lens.model.cx_px, 1e-9);
  EXPECT_NEAR(same.cy_px, lens.model.cy_px, 1e-9);
  const CameraModel plain = factory->color_camera(ColorResolution::p2160);
  const CameraModel larger = in_mode(lens, plain);
  EXPECT_NEAR(larger.fx_px, plain.fx_px * 1.001, 1e-9);
  EXPECT_NEAR(larger.cx_px - plain.cx_px, 3.0, 1e-9);
  EXPECT_NEAR(larger.cy_px - plain.cy_px, -5.0, 1e-9);
}

}  // namespace
}  // namespace lockstep
