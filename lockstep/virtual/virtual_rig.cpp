// SPDX-License-Identifier: MIT
#include "lockstep/virtual/virtual_rig.h"

#include <fmt/core.h>

#include "lockstep/virtual/rig_core.h"
#include "lockstep/virtual/truth.h"

namespace lockstep {
namespace {

class VirtualRigImpl final : public VirtualRig {
 public:
  VirtualRigImpl(const Rig& rig, const Plan& plan, const VirtualRigOptions& options,
                 std::unique_ptr<RigMemory> memory)
      : core_(std::make_shared<RigCore>(rig, plan, options, std::move(memory))) {}

  Result<std::vector<DeviceInfo>> list() override {
    std::vector<DeviceInfo> all;
    for (const CameraTraits& camera : core_->traits)
      all.push_back(device_info(*core_, camera.index));
    return all;
  }

  Result<std::unique_ptr<Device>> open(std::string_view serial) override {
    const auto camera = find(serial);
    if (!camera) return camera.error();
    if (!core_->acquire((*camera)->index)) {
      return Error{Errc::busy, fmt::format("{} ({}) is open already: close it where it is held.",
                                           (*camera)->name, serial)};
    }
    return make_virtual_device(core_, (*camera)->index);
  }

  Result<ColorControls> color_controls(std::string_view serial) override {
    const auto camera = find(serial);
    if (!camera) return camera.error();
    return core_->color_controls((*camera)->index);
  }

  Result<void> set_color_control(std::string_view serial, size_t control,
                                 const ColorControl& value) override {
    const auto camera = find(serial);
    if (!camera) return camera.error();
    core_->set_color_control((*camera)->index, control, value);
    return {};
  }

  Result<void> prepare(const RenderProgress& progress) override {
    const auto& cameras = core_->plan.cameras;
    for (size_t i = 0; i < cameras.size(); ++i) {
      const auto part = [&](double done) {
        return !progress ||
               progress((static_cast<double>(i) + done) / static_cast<double>(cameras.size()));
      };
      auto made = core_->pictures.get(static_cast<int>(i), cameras[i].config, part);
      if (!made) return std::move(made).error();
      if (!part(1)) return rendering_stopped();
    }
    return {};
  }

  SessionClock& clock() override { return core_->clock; }

  [[nodiscard]] std::string truth_json() const override { return describe_truth(*core_); }

 private:
  [[nodiscard]] Result<const CameraTraits*> find(std::string_view serial) const {
    for (const CameraTraits& camera : core_->traits) {
      if (camera.serial == serial) return &camera;
    }
    return Error{Errc::not_found,
                 fmt::format("no camera {} in the virtual rig '{}': 'lockstep devices' lists those "
                             "that are there.",
                             serial, core_->rig.name)};
  }

  const std::shared_ptr<RigCore> core_;
};

}  // namespace

Result<std::shared_ptr<VirtualRig>> VirtualRig::create(const Rig& rig, const Plan& plan,
                                                       VirtualRigOptions options) {
  if (!rig.world) {
    return Error{
        Errc::invalid_argument,
        fmt::format("rig '{}' has no world, so it can't be simulated: add 'world = {{}}' and "
                    "virtual serials, or record it with real cameras.",
                    rig.name)};
  }
  if (plan.cameras.size() != rig.cameras.size()) {
    return Error{
        Errc::invalid_argument,
        fmt::format("the plan of '{}' is for {} cameras, the rig has {}: make the plan again.",
                    rig.name, plan.cameras.size(), rig.cameras.size())};
  }
  std::unique_ptr<RigMemory> memory = make_own_memory(rig.cameras.size());
  if (!options.shared_file.empty()) {
    if (options.pace != VirtualRigOptions::Pace::real_time) {
      return Error{Errc::invalid_argument,
                   "processes share a rig in real time only: they have no other clock in common."};
    }
    auto shared = open_shared_memory(options.shared_file, rig.cameras.size());
    if (!shared) return std::move(shared).error();
    memory = *std::move(shared);
  }
  return std::shared_ptr<VirtualRig>(
      std::make_shared<VirtualRigImpl>(rig, plan, options, std::move(memory)));
}

}  // namespace lockstep
