// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "lockstep/device/device.h"

namespace lockstep::testing {

/// One kind of device under test: a rig of it, made anew for every case.
class DeviceRig {
 public:
  virtual ~DeviceRig() = default;
  [[nodiscard]] virtual DeviceSource& source() = 0;
  /// Serial of a camera that delivers captures once started, and how to start it.
  [[nodiscard]] virtual std::string serial() const = 0;
  [[nodiscard]] virtual CameraConfig config() const = 0;
  [[nodiscard]] virtual bool has_imu() const { return true; }
  /// Lets time pass for devices whose clock is not the host's.
  virtual void pass(Nanos time) = 0;
};

struct DeviceKind {
  std::string name;
  /// With `unplugs`, the camera is unplugged within a second of its first capture; null where the
  /// kind has no plug.
  std::function<std::unique_ptr<DeviceRig>(bool unplugs)> make;
};
inline void PrintTo(const DeviceKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// What every device does, whichever kind (docs/architecture.md, "The house"). Instantiate with the
/// kinds:
///   INSTANTIATE_TEST_SUITE_P(Virtual, DeviceConformance, ::testing::Values(kind), name_of_kind);
class DeviceConformance : public ::testing::TestWithParam<DeviceKind> {
 protected:
  void SetUp() override { rig_ = GetParam().make(false); }

  std::unique_ptr<Device> open();
  /// The next capture, letting time pass until there is one; null at the end or when none comes.
  CapturePtr next(Device& device);

  std::unique_ptr<DeviceRig> rig_;
};

inline std::string name_of_kind(const ::testing::TestParamInfo<DeviceKind>& info) {
  return info.param.name;
}

}  // namespace lockstep::testing
