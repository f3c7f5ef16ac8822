// SPDX-License-Identifier: MIT
#pragma once

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/recording/head_codec.h"

namespace lockstep {

/// Longer than any clock of a camera runs (292 years), and far from overflow.
inline constexpr int64_t kLatestUs = int64_t{1} << 53;

/// invalid_argument when a recording of these tracks cannot take the capture.
Result<void> check_capture(const Capture& capture, const CameraConfig& camera,
                           const KinectTracks& tracks, bool any_image_size);

}  // namespace lockstep
