// SPDX-License-Identifier: MIT
#include "lockstep/session/live_evidence.h"

#include <algorithm>

#include "lockstep/recording/side_track.h"
#include "lockstep/take/gather.h"

namespace lockstep {
namespace {

constexpr const char* kSource = "the session";  // where a finding would name a file

DeviceEvidence part_of(const RecordingHeader& header) {
  DeviceEvidence device = evidence_of(header);
  device.source = kSource;
  return device;
}

}  // namespace

LiveEvidence::LiveEvidence(const std::vector<RecordingHeader>& cameras) : headers_(cameras) {
  for (const RecordingHeader& header : cameras) parts_.push_back({part_of(header)});
}

void LiveEvidence::add(size_t camera, const Capture& capture) {
  DeviceEvidence& device = parts_[camera].back();
  if (capture.color) device.color.push_back(capture.color->stamp);
  const auto& depth = capture.depth ? capture.depth : capture.ir;
  if (depth) device.depth.push_back(depth->stamp);
  add_note(note_of(capture), device);
}

void LiveEvidence::begin_part(size_t camera) {
  parts_[camera].push_back(part_of(headers_[camera]));
}

Evidence LiveEvidence::evidence(const TakeManifest& manifest) const {
  Evidence evidence = evidence_of(manifest);
  for (size_t i = 0; i < parts_.size(); ++i) {
    const TakeCamera& camera = manifest.cameras[i];
    const size_t told = std::min(parts_[i].size(), camera.parts.size());
    for (size_t part = 0; part < told; ++part) {
      evidence.devices.push_back(parts_[i][part]);
      describe_part(camera, part, manifest.plan, evidence.devices.back());
    }
  }
  return evidence;
}

}  // namespace lockstep
