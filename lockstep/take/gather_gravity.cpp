// SPDX-License-Identifier: MIT
#include "lockstep/take/gather_gravity.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "lockstep/calibrate/rig_origin.h"
#include "lockstep/geometry/calibration.h"
#include "lockstep/recording/reader.h"

namespace lockstep {
namespace {

constexpr size_t kSamples = 1000;  // of each camera
constexpr double kMostDisagreementDeg = 3;

Result<std::vector<ImuSample>> inertial_samples(RecordingReader& reader) {
  std::vector<ImuSample> samples;
  while (samples.size() < kSamples) {
    auto sample = reader.next_imu();
    if (!sample) return std::move(sample).error();
    if (!*sample) break;
    samples.push_back(**sample);
  }
  return samples;
}

/// The mean of what the accelerometers say, which must agree.
Result<Eigen::Vector3d> agreed(const std::vector<Eigen::Vector3d>& ups) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3d& up : ups) sum += up;
  sum.normalize();
  for (const Eigen::Vector3d& up : ups) {
    const double off_deg = kDegPerRad * std::acos(std::clamp(up.dot(sum), -1.0, 1.0));
    if (off_deg < kMostDisagreementDeg) continue;
    return Error{Errc::unusable_input,
                 fmt::format("the accelerometers disagree by {:.1f}° about which way is up: see "
                             "that no camera moves while it records, or fix the rig to something "
                             "else (--origin board)",
                             off_deg)};
  }
  return sum;
}

}  // namespace

Result<std::optional<Eigen::Vector3d>> gather_gravity(const SetReader& take,
                                                      const RigCalibration& calibration) {
  std::vector<Eigen::Vector3d> ups;
  bool any_samples = false;
  for (size_t i = 0; i < calibration.cameras.size(); ++i) {
    const auto reader = RecordingReader::open(take.first_file(i));
    if (!reader) return reader.error();
    const auto factory = parse_calibration((*reader)->info().header.calibration_json);
    if (!factory) return factory.error();
    const auto samples = inertial_samples(**reader);
    if (!samples) return samples.error();
    any_samples = any_samples || !samples->empty();
    if (const auto up = up_in_depth(*factory, *samples))
      ups.push_back(calibration.cameras[i].rig_from_depth.rotation * *up);
  }
  if (!any_samples) return std::optional<Eigen::Vector3d>{};
  if (ups.empty()) {
    return Error{Errc::unusable_input,
                 "no camera was at rest for as much as its accelerometer recorded: see that none "
                 "moves while it records, or fix the rig to something else (--origin board)"};
  }
  const auto up = agreed(ups);
  if (!up) return up.error();
  return std::optional(*up);
}

}  // namespace lockstep
