// SPDX-License-Identifier: MIT
#pragma once

namespace lockstep::testing {

/// Calibration of the check vectors that the vendor's library was asked for.
inline constexpr const char* kCheckCalibration = R"({"CalibrationInformation": {
 "Cameras": [
  {"Location": "CALIBRATION_CameraLocationD0", "SensorWidth": 1024, "SensorHeight": 1024, "MetricRadius": 1.74,
   "Rt": {"Rotation": [1,0,0, 0,1,0, 0,0,1], "Translation": [0,0,0]},
   "Intrinsics": {"ModelType": "CALIBRATION_LensDistortionModelBrownConrady", "ModelParameterCount": 14,
    "ModelParameters": [0.5, 0.51, 0.49, 0.4905, 0.5, -0.02, -0.002, 0.85, 0.08, -0.01, 0, 0, -0.00007, 0.00002]}},
  {"Location": "CALIBRATION_CameraLocationPV0", "SensorWidth": 4096, "SensorHeight": 3072, "MetricRadius": 0,
   "Rt": {"Rotation": [1,0,0, 0,0.9945,0.1047, 0,-0.1047,0.9945], "Translation": [-0.032,-0.002,0.004]},
   "Intrinsics": {"ModelType": "CALIBRATION_LensDistortionModelBrownConrady", "ModelParameterCount": 14,
    "ModelParameters": [0.5, 0.505, 0.478, 0.637, 0.33, -2.5, 1.45, 0.21, -2.3, 1.38, 0, 0, -0.00013, -0.00016]}}],
 "InertialSensors": [
  {"SensorType": "CALIBRATION_InertialSensorType_Gyro", "BiasTemperatureModel": [], "MixingMatrixTemperatureModel": [],
   "Rt": {"Rotation": [0,0,-1, -1,0,0, 0,1,0], "Translation": [0,0,0]}},
  {"SensorType": "CALIBRATION_InertialSensorType_Accelerometer", "BiasTemperatureModel": [], "MixingMatrixTemperatureModel": [],
   "Rt": {"Rotation": [0,0,-1, -1,0,0, 0,1,0], "Translation": [-0.05,0.003,0.001]}}]}})";

}  // namespace lockstep::testing
