// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/frame/capture.h"
#include "lockstep/take/manifest.h"
#include "lockstep/time/clock.h"

// What the machines of a session tell each other (docs/model.md, "Life of a camera in a session").
// On one host they are passed by function calls. All are small, except that DeviceData shares its
// capture's bytes.

namespace lockstep {

/// For a sentence, or what is counted in seconds.
[[nodiscard]] inline double to_seconds(Nanos time) {
  return std::chrono::duration<double>(time).count();
}

// Coordinator to participant.
struct StartOrder {};         ///< start the camera; a subordinate then waits, armed, for pulses
struct ExpectPulsesOrder {};  ///< pulses may come from now on: before, a capture is a fault
struct RecordOrder {
  /// First stamp to be written, less half a period; nothing: all that comes.
  std::optional<DeviceTime> from{};
  std::optional<int64_t> ticks{};  ///< stop after so many; nothing: until cut
};
struct CutOrder {};   ///< close the file; answered by RecordedReport in every state
struct StopOrder {};  ///< stop the camera
using Order = std::variant<StartOrder, ExpectPulsesOrder, RecordOrder, CutOrder, StopOrder>;

// Participant to coordinator.
struct StartedReport {};
struct RefusedReport {  ///< the camera did not start
  Error error;
};
struct NotPluggedReport {};  ///< started, but nothing is in its sync-in
struct ArmedReport {};
struct EarlyPulseReport {};   ///< a capture while the line had to be silent
struct NotRolledBackReport {  ///< pictures come, but a subordinate's clock never rolled back
  DeviceTime stamp;           ///< of the first of them
};
struct StampReport {
  DeviceTime stamp;
  std::optional<HostTime> arrival;
};
struct LostReport {  ///< the camera delivers no more
  Error error;
};
struct RecordedReport {  ///< everything that was asked for is handed to the recorder
  EndOfCamera how = EndOfCamera::cut;
};
struct StoppedReport {};
using Report =
    std::variant<StartedReport, RefusedReport, NotPluggedReport, ArmedReport, EarlyPulseReport,
                 NotRolledBackReport, StampReport, LostReport, RecordedReport, StoppedReport>;

// Device to participant.
struct DeviceStarted {
  SyncJacks jacks;
};
struct DeviceRefused {
  Error error;
};
struct DeviceJacks {
  SyncJacks jacks;
};
struct DeviceData {
  CapturePtr capture;
  HostTime arrival;
  std::vector<ImuSample> imu;
};
struct DeviceLost {
  Error error;
};
struct DeviceStopped {};
using DeviceEvent =
    std::variant<DeviceStarted, DeviceRefused, DeviceJacks, DeviceData, DeviceLost, DeviceStopped>;

// Participant to its device and recorder.
enum class DeviceCommand { start, read_jacks, stop };
struct WriteCapture {
  CapturePtr capture;
  int64_t tick = 0;  ///< counted along this stream
};
struct WriteImu {
  std::vector<ImuSample> samples;
};
struct BeginPart {  ///< the device clock broke: what follows goes to the next file
  std::string reason;
};
struct CloseFile {
  CameraEnd end;
};
using ParticipantAction =
    std::variant<Report, DeviceCommand, WriteCapture, WriteImu, BeginPart, CloseFile>;

}  // namespace lockstep
