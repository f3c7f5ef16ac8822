// SPDX-License-Identifier: MIT
#include "lockstep/session/session_line.h"

#include <fmt/core.h>

#include "lockstep/base/text.h"

namespace lockstep {
namespace {

constexpr size_t kColumns = 70;

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

}  // namespace

std::string session_line(const Session& session, HostTime now) {
  const Coordinator& coordinator = session.coordinator();
  const std::string prompt = coordinator.prompt();
  std::string line = coordinator.phase() == Coordinator::Phase::recording ? "recording" : "arming";
  if (const auto left = coordinator.seconds_left(now)) line += fmt::format(" ({:.0f} s)", *left);
  if (!prompt.empty()) return line + "  " + prompt;
  const size_t cameras = session.manifest().cameras.size();
  for (size_t i = 0; i < cameras; ++i) {
    const std::string text = camera_text(session, i, now);
    if (line.size() + 2 + text.size() > kColumns - 10) {
      return line + fmt::format("  and {} more", cameras - i);
    }
    line += "  " + text;
  }
  return line;
}

}  // namespace lockstep
