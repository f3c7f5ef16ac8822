// SPDX-License-Identifier: MIT
// The C API of k4a.h as C++ classes that own their handles (C++11; nothing here is in the library).
//
// A call that fails throws k4a::error. Copying an image or a capture adds a reference and shares
// the pixels; devices and transformations can only be moved. What may be called from which thread
// is what the C functions allow.
#ifndef K4A_HPP
#define K4A_HPP

#include <k4a/k4a.h>
#include <k4a/k4a_handles.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace k4a {

/// An image: pixels, and what is known of them.
class image : public detail::shared_handle<k4a_image_t, k4a_image_reference, k4a_image_release> {
 public:
  /// Takes over the reference that `handle` stands for.
  image(k4a_image_t handle = nullptr) noexcept : shared_handle(handle) {}

  image& operator=(std::nullptr_t) noexcept {
    reset();
    return *this;
  }

  /// An image with memory of its own; a stride of 0 means the smallest. Not for MJPG.
  static image create(k4a_image_format_t format, int width_pixels, int height_pixels,
                      int stride_bytes) {
    k4a_image_t handle = nullptr;
    detail::require(k4a_image_create(format, width_pixels, height_pixels, stride_bytes, &handle),
                    "k4a_image_create");
    return image(handle);
  }

  /// An image in the caller's memory, which `buffer_release_cb` gives back at the end.
  static image create_from_buffer(k4a_image_format_t format, int width_pixels, int height_pixels,
                                  int stride_bytes, std::uint8_t* buffer, std::size_t buffer_size,
                                  k4a_memory_destroy_cb_t* buffer_release_cb,
                                  void* buffer_release_cb_context) {
    k4a_image_t handle = nullptr;
    detail::require(k4a_image_create_from_buffer(format, width_pixels, height_pixels, stride_bytes,
                                                 buffer, buffer_size, buffer_release_cb,
                                                 buffer_release_cb_context, &handle),
                    "k4a_image_create_from_buffer");
    return image(handle);
  }

  std::uint8_t* get_buffer() noexcept { return k4a_image_get_buffer(handle_); }
  const std::uint8_t* get_buffer() const noexcept { return k4a_image_get_buffer(handle_); }
  std::size_t get_size() const noexcept { return k4a_image_get_size(handle_); }
  k4a_image_format_t get_format() const noexcept { return k4a_image_get_format(handle_); }
  int get_width_pixels() const noexcept { return k4a_image_get_width_pixels(handle_); }
  int get_height_pixels() const noexcept { return k4a_image_get_height_pixels(handle_); }
  int get_stride_bytes() const noexcept { return k4a_image_get_stride_bytes(handle_); }

  /// Centre of the exposure by the device clock.
  std::chrono::microseconds get_device_timestamp() const noexcept {
    return std::chrono::microseconds(k4a_image_get_device_timestamp_usec(handle_));
  }
  /// When the host had received it, by its monotonic clock.
  std::chrono::nanoseconds get_system_timestamp() const noexcept {
    return std::chrono::nanoseconds(k4a_image_get_system_timestamp_nsec(handle_));
  }
  std::chrono::microseconds get_exposure() const noexcept {
    return std::chrono::microseconds(k4a_image_get_exposure_usec(handle_));
  }
  std::uint32_t get_white_balance() const noexcept { return k4a_image_get_white_balance(handle_); }
  std::uint32_t get_iso_speed() const noexcept { return k4a_image_get_iso_speed(handle_); }

  void set_timestamp(std::chrono::microseconds timestamp) noexcept {
    k4a_image_set_device_timestamp_usec(handle_, static_cast<std::uint64_t>(timestamp.count()));
  }
  void set_exposure_time(std::chrono::microseconds exposure) noexcept {
    k4a_image_set_exposure_usec(handle_, static_cast<std::uint64_t>(exposure.count()));
  }
  void set_white_balance(std::uint32_t kelvin) noexcept {
    k4a_image_set_white_balance(handle_, kelvin);
  }
  void set_iso_speed(std::uint32_t iso_speed) noexcept {
    k4a_image_set_iso_speed(handle_, iso_speed);
  }
};

/// The images of one instant of one device.
class capture
    : public detail::shared_handle<k4a_capture_t, k4a_capture_reference, k4a_capture_release> {
 public:
  /// Takes over the reference that `handle` stands for.
  capture(k4a_capture_t handle = nullptr) noexcept : shared_handle(handle) {}

  capture& operator=(std::nullptr_t) noexcept {
    reset();
    return *this;
  }

  /// A capture without images.
  static capture create() {
    k4a_capture_t handle = nullptr;
    detail::require(k4a_capture_create(&handle), "k4a_capture_create");
    return capture(handle);
  }

  /// The images; not valid when the capture has none of that kind.
  image get_color_image() const noexcept { return image(k4a_capture_get_color_image(handle_)); }
  image get_depth_image() const noexcept { return image(k4a_capture_get_depth_image(handle_)); }
  image get_ir_image() const noexcept { return image(k4a_capture_get_ir_image(handle_)); }

  void set_color_image(const image& color) noexcept {
    k4a_capture_set_color_image(handle_, color.handle());
  }
  void set_depth_image(const image& depth) noexcept {
    k4a_capture_set_depth_image(handle_, depth.handle());
  }
  void set_ir_image(const image& ir) noexcept { k4a_capture_set_ir_image(handle_, ir.handle()); }

  void set_temperature_c(float temperature_c) noexcept {
    k4a_capture_set_temperature_c(handle_, temperature_c);
  }
  float get_temperature_c() const noexcept { return k4a_capture_get_temperature_c(handle_); }
};

/// The cameras of a device in a pair of modes. Points in millimetres, pixels from the centre of the
/// first one. The conversions of points return whether the result is one that the lens can see, and
/// leave it in the last argument.
struct calibration : public k4a_calibration_t {
  k4a_float3_t convert_3d_to_3d(const k4a_float3_t& source_point3d,
                                k4a_calibration_type_t source_camera,
                                k4a_calibration_type_t target_camera) const {
    k4a_float3_t target;
    detail::require(
        k4a_calibration_3d_to_3d(this, &source_point3d, source_camera, target_camera, &target),
        "k4a_calibration_3d_to_3d");
    return target;
  }

  bool convert_2d_to_3d(const k4a_float2_t& source_point2d, float source_depth,
                        k4a_calibration_type_t source_camera, k4a_calibration_type_t target_camera,
                        k4a_float3_t* target_point3d) const {
    int valid = 0;
    detail::require(k4a_calibration_2d_to_3d(this, &source_point2d, source_depth, source_camera,
                                             target_camera, target_point3d, &valid),
                    "k4a_calibration_2d_to_3d");
    return valid != 0;
  }

  bool convert_3d_to_2d(const k4a_float3_t& source_point3d, k4a_calibration_type_t source_camera,
                        k4a_calibration_type_t target_camera, k4a_float2_t* target_point2d) const {
    int valid = 0;
    detail::require(k4a_calibration_3d_to_2d(this, &source_point3d, source_camera, target_camera,
                                             target_point2d, &valid),
                    "k4a_calibration_3d_to_2d");
    return valid != 0;
  }

  bool convert_2d_to_2d(const k4a_float2_t& source_point2d, float source_depth,
                        k4a_calibration_type_t source_camera, k4a_calibration_type_t target_camera,
                        k4a_float2_t* target_point2d) const {
    int valid = 0;
    detail::require(k4a_calibration_2d_to_2d(this, &source_point2d, source_depth, source_camera,
                                             target_camera, target_point2d, &valid),
                    "k4a_calibration_2d_to_2d");
    return valid != 0;
  }

  bool convert_color_2d_to_depth_2d(const k4a_float2_t& source_point2d, const image& depth_image,
                                    k4a_float2_t* target_point2d) const {
    int valid = 0;
    detail::require(k4a_calibration_color_2d_to_depth_2d(
                        this, &source_point2d, depth_image.handle(), target_point2d, &valid),
                    "k4a_calibration_color_2d_to_depth_2d");
    return valid != 0;
  }

  /// From the JSON text of a device; the size counts its NUL.
  static calibration get_from_raw(char* raw_calibration, std::size_t raw_calibration_size,
                                  k4a_depth_mode_t depth_mode,
                                  k4a_color_resolution_t color_resolution) {
    calibration result;
    detail::require(k4a_calibration_get_from_raw(raw_calibration, raw_calibration_size, depth_mode,
                                                 color_resolution, &result),
                    "k4a_calibration_get_from_raw");
    return result;
  }
  static calibration get_from_raw(std::uint8_t* raw_calibration, std::size_t raw_calibration_size,
                                  k4a_depth_mode_t depth_mode,
                                  k4a_color_resolution_t color_resolution) {
    return get_from_raw(reinterpret_cast<char*>(raw_calibration), raw_calibration_size, depth_mode,
                        color_resolution);
  }
  static calibration get_from_raw(std::vector<std::uint8_t>& raw_calibration,
                                  k4a_depth_mode_t depth_mode,
                                  k4a_color_resolution_t color_resolution) {
    return get_from_raw(raw_calibration.data(), raw_calibration.size(), depth_mode,
                        color_resolution);
  }
};

/// Carries images from one camera of a device into the other. Each function has two forms: into an
/// image of the right size, or into one that it makes.
class transformation
    : public detail::unique_handle<k4a_transformation_t, k4a_transformation_destroy> {
 public:
  /// Not valid when the calibration cannot be used.
  transformation(const k4a_calibration_t& calibration) noexcept
      : unique_handle(k4a_transformation_create(&calibration)),
        color_(size_of(calibration.color_camera_calibration)),
        depth_(size_of(calibration.depth_camera_calibration)) {}

  /// Takes over a handle, whose sizes nobody knows: use the forms that take an output image.
  explicit transformation(k4a_transformation_t handle = nullptr) noexcept : unique_handle(handle) {}

  transformation(transformation&&) noexcept = default;
  transformation& operator=(transformation&&) noexcept = default;
  transformation& operator=(std::nullptr_t) noexcept {
    destroy();
    return *this;
  }

  void destroy() noexcept { release(); }

  void depth_image_to_color_camera(const image& depth_image, image* transformed_depth_image) const {
    detail::require(k4a_transformation_depth_image_to_color_camera(
                        handle_, depth_image.handle(), transformed_depth_image->handle()),
                    "k4a_transformation_depth_image_to_color_camera");
  }
  image depth_image_to_color_camera(const image& depth_image) const {
    image result = make(K4A_IMAGE_FORMAT_DEPTH16, color_, 2);
    depth_image_to_color_camera(depth_image, &result);
    return result;
  }

  void depth_image_to_color_camera_custom(
      const image& depth_image, const image& custom_image, image* transformed_depth_image,
      image* transformed_custom_image, k4a_transformation_interpolation_type_t interpolation_type,
      std::uint32_t invalid_custom_value) const {
    detail::require(
        k4a_transformation_depth_image_to_color_camera_custom(
            handle_, depth_image.handle(), custom_image.handle(), transformed_depth_image->handle(),
            transformed_custom_image->handle(), interpolation_type, invalid_custom_value),
        "k4a_transformation_depth_image_to_color_camera_custom");
  }
  /// The depth image, then the custom one, which is CUSTOM8 or CUSTOM16 as the input is.
  std::pair<image, image> depth_image_to_color_camera_custom(
      const image& depth_image, const image& custom_image,
      k4a_transformation_interpolation_type_t interpolation_type,
      std::uint32_t invalid_custom_value) const {
    const k4a_image_format_t format = custom_image.get_format();
    const int bytes = format == K4A_IMAGE_FORMAT_CUSTOM8 ? 1 : 2;
    std::pair<image, image> result(make(K4A_IMAGE_FORMAT_DEPTH16, color_, 2),
                                   make(format, color_, bytes));
    depth_image_to_color_camera_custom(depth_image, custom_image, &result.first, &result.second,
                                       interpolation_type, invalid_custom_value);
    return result;
  }

  void color_image_to_depth_camera(const image& depth_image, const image& color_image,
                                   image* transformed_color_image) const {
    detail::require(
        k4a_transformation_color_image_to_depth_camera(
            handle_, depth_image.handle(), color_image.handle(), transformed_color_image->handle()),
        "k4a_transformation_color_image_to_depth_camera");
  }
  image color_image_to_depth_camera(const image& depth_image, const image& color_image) const {
    image result = make(K4A_IMAGE_FORMAT_COLOR_BGRA32, depth_, 4);
    color_image_to_depth_camera(depth_image, color_image, &result);
    return result;
  }

  void depth_image_to_point_cloud(const image& depth_image, k4a_calibration_type_t camera,
                                  image* xyz_image) const {
    detail::require(k4a_transformation_depth_image_to_point_cloud(handle_, depth_image.handle(),
                                                                  camera, xyz_image->handle()),
                    "k4a_transformation_depth_image_to_point_cloud");
  }
  /// Three int16 per pixel: x, y, z in millimetres. `camera` says which one took the depth image.
  image depth_image_to_point_cloud(const image& depth_image, k4a_calibration_type_t camera) const {
    const pixels size = camera == K4A_CALIBRATION_TYPE_COLOR ? color_ : depth_;
    image result = make(K4A_IMAGE_FORMAT_CUSTOM, size, 3 * 2);
    depth_image_to_point_cloud(depth_image, camera, &result);
    return result;
  }

 private:
  struct pixels {
    int width = 0;
    int height = 0;
  };

  static pixels size_of(const k4a_calibration_camera_t& camera) noexcept {
    pixels size;
    size.width = camera.resolution_width;
    size.height = camera.resolution_height;
    return size;
  }
  static image make(k4a_image_format_t format, pixels size, int bytes_per_pixel) {
    return image::create(format, size.width, size.height, size.width * bytes_per_pixel);
  }

  pixels color_;
  pixels depth_;
};

/// A device that this process has open; closed when the object goes.
class device : public detail::unique_handle<k4a_device_t, k4a_device_close> {
 public:
  /// Takes over a handle.
  device(k4a_device_t handle = nullptr) noexcept : unique_handle(handle) {}
  device(device&&) noexcept = default;
  device& operator=(device&&) noexcept = default;
  device& operator=(std::nullptr_t) noexcept {
    close();
    return *this;
  }

  static device open(std::uint32_t index) {
    k4a_device_t handle = nullptr;
    detail::require(k4a_device_open(index, &handle), "k4a_device_open");
    return device(handle);
  }
  static std::uint32_t get_installed_count() noexcept { return k4a_device_get_installed_count(); }

  void close() noexcept { release(); }

  /// False when nothing came in time. Throws when the cameras are not running, or are stopped.
  bool get_capture(capture* cap, std::chrono::milliseconds timeout) {
    return next_capture(cap, static_cast<std::int32_t>(timeout.count()));
  }
  /// Waits for ever.
  bool get_capture(capture* cap) { return next_capture(cap, K4A_WAIT_INFINITE); }

  /// False when nothing came in time. Throws when the IMU is not running, or is stopped.
  bool get_imu_sample(k4a_imu_sample_t* imu_sample, std::chrono::milliseconds timeout) {
    return next_imu_sample(imu_sample, static_cast<std::int32_t>(timeout.count()));
  }
  /// Waits for ever.
  bool get_imu_sample(k4a_imu_sample_t* imu_sample) {
    return next_imu_sample(imu_sample, K4A_WAIT_INFINITE);
  }

  void start_cameras(const k4a_device_configuration_t* configuration) {
    detail::require(k4a_device_start_cameras(handle_, configuration), "k4a_device_start_cameras");
  }
  void stop_cameras() noexcept { k4a_device_stop_cameras(handle_); }
  void start_imu() { detail::require(k4a_device_start_imu(handle_), "k4a_device_start_imu"); }
  void stop_imu() noexcept { k4a_device_stop_imu(handle_); }

  std::string get_serialnum() const {
    std::string text;
    const k4a_buffer_result_t result =
        detail::read_all(text, [this](char* buffer, std::size_t* size) {
          return k4a_device_get_serialnum(handle_, buffer, size);
        });
    if (result != K4A_BUFFER_RESULT_SUCCEEDED) throw error("k4a_device_get_serialnum failed.");
    if (!text.empty()) text.pop_back();  // the NUL, which the size counts
    return text;
  }

  void get_color_control(k4a_color_control_command_t command, k4a_color_control_mode_t* mode,
                         std::int32_t* value) const {
    detail::require(k4a_device_get_color_control(handle_, command, mode, value),
                    "k4a_device_get_color_control");
  }
  void set_color_control(k4a_color_control_command_t command, k4a_color_control_mode_t mode,
                         std::int32_t value) {
    detail::require(k4a_device_set_color_control(handle_, command, mode, value),
                    "k4a_device_set_color_control");
  }

  /// The JSON text of the factory calibration, with its NUL.
  std::vector<std::uint8_t> get_raw_calibration() const {
    std::vector<std::uint8_t> text;
    const k4a_buffer_result_t result =
        detail::read_all(text, [this](std::uint8_t* buffer, std::size_t* size) {
          return k4a_device_get_raw_calibration(handle_, buffer, size);
        });
    if (result != K4A_BUFFER_RESULT_SUCCEEDED) {
      throw error("k4a_device_get_raw_calibration failed.");
    }
    return text;
  }

  calibration get_calibration(k4a_depth_mode_t depth_mode,
                              k4a_color_resolution_t color_resolution) const {
    calibration result;
    detail::require(k4a_device_get_calibration(handle_, depth_mode, color_resolution, &result),
                    "k4a_device_get_calibration");
    return result;
  }

  bool is_sync_in_connected() const { return jacks().first; }
  bool is_sync_out_connected() const { return jacks().second; }

  k4a_hardware_version_t get_version() const {
    k4a_hardware_version_t version;
    detail::require(k4a_device_get_version(handle_, &version), "k4a_device_get_version");
    return version;
  }

 private:
  bool next_capture(capture* cap, std::int32_t timeout_in_ms) {
    k4a_capture_t handle = nullptr;
    const bool came = detail::arrived(k4a_device_get_capture(handle_, &handle, timeout_in_ms),
                                      "k4a_device_get_capture");
    if (came) *cap = capture(handle);
    return came;
  }
  bool next_imu_sample(k4a_imu_sample_t* imu_sample, std::int32_t timeout_in_ms) {
    return detail::arrived(k4a_device_get_imu_sample(handle_, imu_sample, timeout_in_ms),
                           "k4a_device_get_imu_sample");
  }
  /// Whether plugs are in "sync in" and in "sync out".
  std::pair<bool, bool> jacks() const {
    std::pair<bool, bool> plugs(false, false);
    detail::require(k4a_device_get_sync_jack(handle_, &plugs.first, &plugs.second),
                    "k4a_device_get_sync_jack");
    return plugs;
  }
};

}  // namespace k4a

#endif
