// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"
#include "lockstep/sensor/modes.h"

// The factory calibration of one camera: the JSON blob that every device and recording carries
// (docs/recording-format.md), as values.

namespace lockstep {

/// One lens as the blob has it: unitised, that is fractions of the sensor's width and height with
/// (0, 0) at the corner of the top-left pixel.
struct RawLens {
  double cx = 0, cy = 0, fx = 0, fy = 0;
  std::array<double, 6> k{};
  double codx = 0, cody = 0;
  double p2 = 0, p1 = 0;
  double intrinsic_radius = 0;  ///< the fifteenth parameter, which few have
  int parameter_count = 14;     ///< how many parameters the blob has room for, at most 15
  LensModel lens = LensModel::brown_conrady;
  int sensor_width_px = 0;
  int sensor_height_px = 0;
  double metric_radius = 0;
  RigidTransform camera_from_depth;  ///< metres; identity for the depth camera
};

/// One half of the inertial unit. Corrections are polynomials of the temperature in degrees
/// Celsius, four coefficients each, low order first.
struct RawInertialSensor {
  RigidTransform sensor_from_depth;
  std::array<double, 12> bias{};                 ///< 3 axes
  std::array<double, 36> mixing{};               ///< 3 x 3, row-major
  std::array<double, 9> second_order_scaling{};  ///< 3 x 3, row-major; of the accelerometer
  double temperature_c = 0;                      ///< assumed until the first sample
};

struct FactoryCalibration {
  RawLens depth, color;
  RawInertialSensor gyro, accelerometer;

  /// Lens in pixels of a mode's images. Modes other than off.
  [[nodiscard]] CameraModel depth_camera(DepthMode mode) const;
  [[nodiscard]] CameraModel color_camera(ColorResolution resolution) const;
  [[nodiscard]] RigidTransform color_from_depth() const { return color.camera_from_depth; }
};

/// Reads a blob. Unknown keys, the case of keys, and text after the root object do not matter;
/// whatever is used must be there and be of its type. A lens may have any of the four models that
/// the vendor names, and fewer parameters than it needs, which are zero then: is_computable().
/// Errors: unusable_input, naming the entry.
Result<FactoryCalibration> parse_calibration(std::string_view json);

/// `base_json` with the lenses and transforms of `calibration` in place of its own; everything
/// else, unknown keys too, is kept. Errors: unusable_input when `base_json` is not a calibration.
Result<std::string> write_calibration(const FactoryCalibration& calibration,
                                      std::string_view base_json);

}  // namespace lockstep
