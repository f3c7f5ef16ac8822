// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/identity.h"

#include <cstdlib>

#include "lockstep/recording/reader.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/told_family.h"

namespace lockstep {
namespace {

/// As the camera of that serial of a take that is played.
void identify_in_take(const std::string& folder, const std::string& serial,
                      CameraIdentityInRig& identity) {
  const auto manifest = read_manifest(folder);
  if (!manifest) return;
  identity.is_virtual = manifest->is_virtual;
  for (const PlannedCamera& camera : manifest->plan.cameras) {
    if (camera.serial != serial) continue;
    identity.name = camera.name;
    identity.family = camera.family;
    identity.rig_name = manifest->plan.rig_name;
  }
}

/// As the camera of a recording that is played by itself.
void identify_in_recording(const std::string& file, CameraIdentityInRig& identity) {
  const auto reader = RecordingReader::open(file);
  if (!reader) return;
  identity.is_virtual = (*reader)->info().header.is_virtual;
  if (const auto told = told_family((*reader)->info())) identity.family = told->family;
}

void identify_in_rig(const std::string& rig, const std::string& serial,
                     CameraIdentityInRig& identity) {
  const auto chosen = choose_rig(rig);
  if (!chosen) return;
  for (const RigCamera& camera : chosen->rig.cameras) {
    if (camera.serial != serial) continue;
    identity = {.name = camera.name,
                .family = camera.family,
                .is_virtual = chosen->rig.is_virtual(),
                .rig_name = chosen->rig.name,
                .rig_toml = chosen->toml};
  }
}

}  // namespace

CameraIdentityInRig identify(const std::string& serial) {
  CameraIdentityInRig identity{.name = serial.empty() ? "camera" : serial};
  const char* const named = std::getenv("LOCKSTEP_RIG");
  const std::string rig = named == nullptr ? "" : named;
  if (rig.empty()) return identity;
  if (is_take_folder(rig)) {
    identify_in_take(rig, serial, identity);
  } else if (rig.ends_with(".mkv")) {
    identify_in_recording(rig, identity);
  } else {
    identify_in_rig(rig, serial, identity);
  }
  return identity;
}

}  // namespace lockstep
