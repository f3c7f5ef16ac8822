// SPDX-License-Identifier: MIT
#include "lockstep/session/session_line.h"

#include <fmt/core.h>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

constexpr int kColumns = 60;  // what is left of a line belongs to the progress behind it

std::string_view text_of(Coordinator::Phase phase) {
  using Phase = Coordinator::Phase;
  switch (phase) {
    case Phase::idle:
    case Phase::arming:
      return "arming";
    case Phase::settling:
      return "waiting before the source starts";
    case Phase::source:
      return "starting the source";
    case Phase::locking:
      return "waiting for lock";
    case Phase::recording:
      return "recording";
    case Phase::stopping:
      return "stopping";
    case Phase::rearming:
      return "arming anew";
    case Phase::done:
      return "writing";
  }
  return "";
}

std::string camera_text(const Session& session, size_t i, HostTime now) {
  const Coordinator& coordinator = session.coordinator();
  const std::string& name = session.manifest().cameras[i].name;
  const DeviceState state = coordinator.state(i, now);
  if (state == DeviceState::recording) {
    if (const auto offset = coordinator.monitor().offset_us(i))
      return fmt::format("{} {} us", name, signed_number(*offset, 0));
    return name;
  }
  return fmt::format("{} {}", name, to_string(state));
}

/// Where nothing goes to files, nothing is recorded nor written.
std::string_view text_of(const Session& session) {
  using Phase = Coordinator::Phase;
  const Phase phase = session.coordinator().phase();
  if (session.records()) return text_of(phase);
  return phase == Phase::recording ? "live" : phase == Phase::done ? "ending" : text_of(phase);
}

std::string line_of(std::string_view phase, std::optional<double> seconds_left,
                    const std::vector<std::string>& cameras) {
  std::string line(phase);
  if (seconds_left) line += fmt::format(" ({:.0f} s)", *seconds_left);
  for (size_t i = 0; i < cameras.size(); ++i) {
    if (display_columns(line) + 2 + display_columns(cameras[i]) > kColumns)
      return line + fmt::format("  and {} more", cameras.size() - i);
    line += "  " + cameras[i];
  }
  return line;
}

}  // namespace

std::string session_line(Coordinator::Phase phase, std::optional<double> seconds_left,
                         const std::vector<std::string>& cameras) {
  return line_of(text_of(phase), seconds_left, cameras);
}

std::string session_line(const Session& session, HostTime now) {
  const Coordinator& coordinator = session.coordinator();
  const std::string_view phase = text_of(session);
  const auto left = coordinator.seconds_left(now);
  if (const std::string prompt = coordinator.prompt(); !prompt.empty())
    return line_of(phase, left, {}) + "  " + prompt;
  std::vector<std::string> cameras;
  for (size_t i = 0; i < session.manifest().cameras.size(); ++i)
    cameras.push_back(camera_text(session, i, now));
  return line_of(phase, left, cameras);
}

}  // namespace lockstep
