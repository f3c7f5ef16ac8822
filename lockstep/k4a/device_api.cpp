// SPDX-License-Identifier: MIT
// The functions k4a_device_* but those of the colour controls.
#include <fmt/core.h>
#include <k4a/k4a.h>

#include <string>
#include <string_view>

#include "lockstep/k4a/calibration.h"
#include "lockstep/k4a/copy_out.h"
#include "lockstep/k4a/device.h"
#include "lockstep/k4a/device_lookup.h"
#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/installed.h"
#include "lockstep/k4a/publish.h"
#include "lockstep/k4a/versions.h"

using namespace lockstep;       // NOLINT(google-build-using-namespace)
using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

/// Says why a queue gives nothing; `stopped` when it was never started.
k4a_wait_result_t refuse_wait(const char* function, QueueEnd how, std::string_view stopped) {
  if (how == QueueEnd::stopped) refuse(function, stopped);
  if (how == QueueEnd::lost) refuse(function, "The camera is gone: stop and start it");
  if (how == QueueEnd::played)
    refuse(function, "The recording has ended: stop and start the cameras to play it again");
  return K4A_WAIT_RESULT_FAILED;
}

}  // namespace

uint32_t k4a_device_get_installed_count(void) {
  return guarded(uint32_t{0},
                 [] { return static_cast<uint32_t>(installed_devices()->devices.size()); });
}

k4a_result_t k4a_device_open(uint32_t index, k4a_device_t* device_handle) {
  return guarded(K4A_RESULT_FAILED, [&] {
    if (device_handle == nullptr) return refuse("k4a_device_open", "device_handle is NULL");
    auto device = OpenDevice::open(index);
    if (!device) return refuse("k4a_device_open", device.error().message);
    *device_handle = DeviceTable::instance().add(*std::move(device));
    return K4A_RESULT_SUCCEEDED;
  });
}

void k4a_device_close(k4a_device_t device_handle) {
  guarded([&] {
    const auto device = find_device(device_handle, "k4a_device_close");
    // Of two who close it at once, one does.
    if (device && DeviceTable::instance().release(device_handle)) device->close();
  });
}

k4a_result_t k4a_device_start_cameras(k4a_device_t device_handle,
                                      const k4a_device_configuration_t* config) {
  static constexpr const char* kName = "k4a_device_start_cameras";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (config == nullptr) {
      device->stop_cameras();
      return refuse(kName, "config is NULL");
    }
    return answer(kName, device->start_cameras(*config));
  });
}

void k4a_device_stop_cameras(k4a_device_t device_handle) {
  guarded([&] {
    if (const auto device = find_device(device_handle, "k4a_device_stop_cameras"))
      device->stop_cameras();
  });
}

k4a_wait_result_t k4a_device_get_capture(k4a_device_t device_handle, k4a_capture_t* capture_handle,
                                         int32_t timeout_in_ms) {
  static constexpr const char* kName = "k4a_device_get_capture";
  return guarded(K4A_WAIT_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_WAIT_RESULT_FAILED;
    if (capture_handle == nullptr)
      return refuse<k4a_wait_result_t>(kName, "capture_handle is NULL");
    CapturePtr capture;
    const k4a_wait_result_t result = device->captures.pop(capture, timeout_in_ms);
    if (result == K4A_WAIT_RESULT_FAILED)
      return refuse_wait(kName, device->captures.how_it_ended(), "The cameras do not run");
    if (result != K4A_WAIT_RESULT_SUCCEEDED) return result;
    if (const uint64_t dropped = device->captures.take_dropped(); dropped > 0)
      log(K4A_LOG_LEVEL_INFO, __FILE__, __LINE__,
          fmt::format("{}(). {} captures were dropped: nobody read them in time", kName, dropped));
    const k4a_capture_t made = publish(*capture, device->info().family);
    if (made == nullptr)
      return refuse<k4a_wait_result_t>(kName, "The allocator has no memory for an image");
    *capture_handle = made;
    return K4A_WAIT_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_device_start_imu(k4a_device_t device_handle) {
  static constexpr const char* kName = "k4a_device_start_imu";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    return device ? answer(kName, device->start_imu()) : K4A_RESULT_FAILED;
  });
}

void k4a_device_stop_imu(k4a_device_t device_handle) {
  guarded([&] {
    if (const auto device = find_device(device_handle, "k4a_device_stop_imu")) device->stop_imu();
  });
}

k4a_wait_result_t k4a_device_get_imu_sample(k4a_device_t device_handle,
                                            k4a_imu_sample_t* imu_sample, int32_t timeout_in_ms) {
  static constexpr const char* kName = "k4a_device_get_imu_sample";
  return guarded(K4A_WAIT_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_WAIT_RESULT_FAILED;
    if (imu_sample == nullptr) return refuse<k4a_wait_result_t>(kName, "imu_sample is NULL");
    const k4a_wait_result_t result = device->imu_samples.pop(*imu_sample, timeout_in_ms);
    if (result == K4A_WAIT_RESULT_FAILED)
      return refuse_wait(kName, device->imu_samples.how_it_ended(), "The IMU does not run");
    return result;
  });
}

k4a_buffer_result_t k4a_device_get_serialnum(k4a_device_t device_handle, char* serial_number,
                                             size_t* serial_number_size) {
  static constexpr const char* kName = "k4a_device_get_serialnum";
  return guarded(K4A_BUFFER_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_BUFFER_RESULT_FAILED;
    if (serial_number_size == nullptr)
      return refuse<k4a_buffer_result_t>(kName, "serial_number_size is NULL");
    // What is too short for the serial becomes an empty text.
    if (serial_number != nullptr && *serial_number_size > 0) *serial_number = '\0';
    return copy_out(device->info().serial, true, serial_number, serial_number_size);
  });
}

k4a_result_t k4a_device_get_version(k4a_device_t device_handle, k4a_hardware_version_t* version) {
  static constexpr const char* kName = "k4a_device_get_version";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (version == nullptr) return refuse(kName, "version is NULL");
    *version = hardware_version(device->info());
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_result_t k4a_device_get_sync_jack(k4a_device_t device_handle, bool* sync_in_jack_connected,
                                      bool* sync_out_jack_connected) {
  static constexpr const char* kName = "k4a_device_get_sync_jack";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (sync_in_jack_connected == nullptr && sync_out_jack_connected == nullptr)
      return refuse(kName, "Both pointers are NULL");
    const SyncJacks& jacks = device->jacks();
    if (sync_in_jack_connected != nullptr)
      *sync_in_jack_connected = jacks.in_plugged.value_or(false);
    if (sync_out_jack_connected != nullptr)
      *sync_out_jack_connected = jacks.out_plugged.value_or(false);
    return K4A_RESULT_SUCCEEDED;
  });
}

k4a_buffer_result_t k4a_device_get_raw_calibration(k4a_device_t device_handle, uint8_t* data,
                                                   size_t* data_size) {
  static constexpr const char* kName = "k4a_device_get_raw_calibration";
  return guarded(K4A_BUFFER_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_BUFFER_RESULT_FAILED;
    if (data_size == nullptr) return refuse<k4a_buffer_result_t>(kName, "data_size is NULL");
    return copy_out(device->calibration_json(), true, data, data_size);
  });
}

k4a_result_t k4a_device_get_calibration(k4a_device_t device_handle,
                                        const k4a_depth_mode_t depth_mode,
                                        const k4a_color_resolution_t color_resolution,
                                        k4a_calibration_t* calibration) {
  static constexpr const char* kName = "k4a_device_get_calibration";
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto device = find_device(device_handle, kName);
    if (!device) return K4A_RESULT_FAILED;
    if (calibration == nullptr) return refuse(kName, "calibration is NULL");
    const auto made =
        assemble_calibration(device->calibration_json(), depth_mode, color_resolution);
    if (!made) return refuse(kName, made.error().message);
    *calibration = *made;
    return K4A_RESULT_SUCCEEDED;
  });
}
