// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/recording/header.h"
#include "lockstep/sync/evidence.h"
#include "lockstep/take/manifest.h"

// Recordings to what the judge looks at.

namespace lockstep {

/// Evidence of loose recordings, in the order given; names are the files' stems. Files are scanned
/// on up to `threads` threads. Errors name the file: not_found, unusable_input (no Kinect
/// recording, or nothing in it can be read), invalid_argument for a file that is given twice, also
/// as what recover made of it.
Result<Evidence> gather_files(const std::vector<std::filesystem::path>& files, int threads);

/// Evidence of a take by its manifest, with its plan; every part of every camera is a device of its
/// own. Recordings that the manifest names and the folder lacks, or holds as something else, are in
/// `lost`.
Result<Evidence> gather_take(const std::filesystem::path& take_folder, const TakeManifest& manifest,
                             int threads);

/// What both are made of, for whoever has the captures themselves. Of a device without stamps:
/// what the head of its recording says.
[[nodiscard]] DeviceEvidence evidence_of(const RecordingHeader& header);
/// What was noted beside one capture, in the order of the stream.
void add_note(const CaptureNote& note, DeviceEvidence& device);
/// What the take says of a part of a camera: name, serial number, family, clock, loss.
void describe_part(const TakeCamera& camera, size_t part, const Plan& plan, DeviceEvidence& device);
/// Of a take without its devices: its plan, and how it ended.
[[nodiscard]] Evidence evidence_of(const TakeManifest& manifest);

}  // namespace lockstep
