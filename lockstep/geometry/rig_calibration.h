// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/calibration.h"
#include "lockstep/geometry/camera_model.h"
#include "lockstep/geometry/rigid.h"

// Where the cameras of a rig are and what their factory calibrations were off by: what
// calibration.json holds of every camera (docs/calibration.md).

namespace lockstep {

/// Correction of one lens, in pixels of the mode that it was found in.
struct LensCorrection {
  double focal_x = 0, focal_y = 0;  ///< to be added to 1
  double center_x_px = 0, center_y_px = 0;

  friend bool operator==(const LensCorrection&, const LensCorrection&) = default;
};

/// `camera` with a correction.
[[nodiscard]] CameraModel corrected(CameraModel camera, const LensCorrection& correction);

/// One lens as it is known after calibration, and what that differs from the factory by.
struct CalibratedLens {
  CameraModel model;  ///< corrected, in the mode of the take that was calibrated
  LensCorrection correction;
};

struct CalibratedCamera {
  std::string name;
  std::string serial;
  RigidTransform rig_from_depth;
  RigidTransform color_from_depth;
  CalibratedLens color;
  CalibratedLens depth;  ///< also of infrared
  /// The depth camera measures so much too far, along its optical axis.
  double depth_offset_m = 0;
  /// Of rig_from_depth: a turn about the axes of the camera (rad), then a shift along them (m).
  /// Zero for the reference: the first camera, against which all others are known.
  PoseCovariance covariance = PoseCovariance::Zero();
};

/// Whether some six numbers can have this covariance: symmetric, with no direction of a negative
/// variance, and bounded as rigs are. A direction of no variance is fine.
[[nodiscard]] bool is_covariance(const PoseCovariance& matrix);

/// One sigma of a pose, all directions together.
struct PoseSigma {
  double turn_rad = 0, shift_m = 0;
};
[[nodiscard]] PoseSigma known_to(const PoseCovariance& covariance);

/// What the frame of the rig is fixed to.
enum class RigOrigin {
  camera,   ///< the depth camera of the first camera
  gravity,  ///< at the first camera, z up by the accelerometers, x where it looks
  floor,    ///< on the floor below the first camera, z up, x where it looks
  board,    ///< the frame of a board as it lay at one tick, z out of the board
};

struct RigCalibration {
  RigOrigin origin = RigOrigin::camera;
  std::vector<CalibratedCamera> cameras;

  /// Null where no camera has that serial number, and for the empty one: who has none is not known.
  [[nodiscard]] const CalibratedCamera* find(std::string_view serial) const;
};

/// Whether a lens is about what `factory`, the camera's model in that mode, and its correction come
/// to: within a hundredth of the width of a picture, as where the factory calibration was made
/// anew. If not, the file was changed, or it is another camera's. In another mode that is not
/// known.
[[nodiscard]] bool agrees_with(const CalibratedLens& lens, const CameraModel& factory);

/// Refuses a camera one of whose lenses does not agree with the factory's of the device that it is
/// used for; of a lens that is not given nothing is asked. Errors: unusable_input, naming both.
Result<void> check_lenses_agree(const CalibratedCamera& camera,
                                const std::optional<CameraModel>& factory_depth,
                                const std::optional<CameraModel>& factory_color);

/// The lens of the same camera in another mode, whose factory model is `factory`. A lens's
/// correction is a scale and a shift; the shift is scaled with the focal length.
[[nodiscard]] CameraModel in_mode(const CalibratedLens& lens, const CameraModel& factory);

/// Names of the origins in files, in the order of RigOrigin.
[[nodiscard]] std::string_view to_string(RigOrigin origin);

/// calibration.json, schema 1: docs/schemas/calibration.schema.json. What a later version added
/// does not matter. Errors: unusable_input, naming the entry, for anything that is no calibration
/// of a rig: transforms that are not rigid, covariances that are none, numbers that are none,
/// cameras without a serial, two of one.
Result<RigCalibration> parse_rig_calibration(std::string_view json);

/// The same of a file, which the message names. Errors: those of read_text_file(), too.
Result<RigCalibration> read_rig_calibration(const std::filesystem::path& file);

/// As JSON: an object with "origin" and "cameras", to which others may add.
[[nodiscard]] std::string write_rig_calibration(const RigCalibration& calibration);

/// One lens by itself: an object with "lens", as in calibration.json, and "opencv", its
/// camera_matrix and distortion as OpenCV has them; docs/schemas/lens.schema.json.
[[nodiscard]] std::string write_lens(const CameraModel& lens);
/// Errors: unusable_input, naming the entry.
Result<CameraModel> parse_lens(std::string_view json);

inline constexpr const char* kRigCalibrationFile = "calibration.json";

}  // namespace lockstep
