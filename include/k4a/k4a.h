/* SPDX-License-Identifier: MIT */
/*
 * The C API of Azure-Kinect-class cameras: what the vendor's library offers, on virtual rigs and on
 * takes. Functions on one device may be called from several threads, also those that start, stop
 * and close it: a stop or a close ends a start that takes long, and of two who close it one does. A
 * handle that is none gives FAILED, NULL or 0, and a line in the log.
 */
#ifndef K4A_H
#define K4A_H

#ifdef __cplusplus
#include <cinttypes>
#else
#include <inttypes.h>
#endif

#include <k4a/k4a_export.h>
#include <k4a/k4atypes.h>
#include <k4a/k4aversion.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many devices are there, those that are open included. 0 on any error. */
K4A_EXPORT uint32_t k4a_device_get_installed_count(void);

/* Sends the messages of this library to one callback of the process, or with NULL to none. FAILED
 * for a second callback while one is set, and for a level out of range. The same callback again
 * changes its context and level. FAILED from inside the callback, which is not called for what it
 * does itself, and must not stop or close devices. */
K4A_EXPORT k4a_result_t k4a_set_debug_message_handler(k4a_logging_message_cb_t* message_cb,
                                                      void* message_cb_context,
                                                      k4a_log_level_t min_level);

/* Takes the buffers of images from these two functions, or with NULL for both from malloc again.
 * Each buffer goes back to the function that was set when it was taken. 32 bytes more than the
 * image needs are asked for; the image begins behind them. FAILED when one of the two is NULL. */
K4A_EXPORT k4a_result_t k4a_set_allocator(k4a_memory_allocate_cb_t allocate,
                                          k4a_memory_destroy_cb_t free);

/* Opens device `index`, counted from 0. FAILED when there is none, or somebody has it open already,
 * in this process or another. */
K4A_EXPORT k4a_result_t k4a_device_open(uint32_t index, k4a_device_t* device_handle);

/* Stops everything and gives the device back. Captures and images that came from it stay valid. */
K4A_EXPORT void k4a_device_close(k4a_device_t device_handle);

/* Starts the cameras. A subordinate gives nothing until pulses come. FAILED for a configuration
 * that the device cannot run, a jack without its plug, and while cameras or IMU are running;
 * cameras that were running are stopped then. */
K4A_EXPORT k4a_result_t k4a_device_start_cameras(k4a_device_t device_handle,
                                                 const k4a_device_configuration_t* config);

/* Stops the cameras; waiting readers return FAILED. The IMU goes on. */
K4A_EXPORT void k4a_device_stop_cameras(k4a_device_t device_handle);

/* Waits for the next capture, for ever when the timeout is negative. The caller owns one reference.
 * FAILED when the cameras are not running, are stopped meanwhile, or are lost. */
K4A_EXPORT k4a_wait_result_t k4a_device_get_capture(k4a_device_t device_handle,
                                                    k4a_capture_t* capture_handle,
                                                    int32_t timeout_in_ms);

/* Starts the IMU. FAILED unless the cameras are running and it is not. */
K4A_EXPORT k4a_result_t k4a_device_start_imu(k4a_device_t device_handle);

/* Stops the IMU; waiting readers return FAILED. */
K4A_EXPORT void k4a_device_stop_imu(k4a_device_t device_handle);

/* Waits for the next sample of the IMU, as k4a_device_get_capture does for a capture. */
K4A_EXPORT k4a_wait_result_t k4a_device_get_imu_sample(k4a_device_t device_handle,
                                                       k4a_imu_sample_t* imu_sample,
                                                       int32_t timeout_in_ms);

/* The serial number with its NUL. `*serial_number_size`: bytes there are, then bytes that it has.
 */
K4A_EXPORT k4a_buffer_result_t k4a_device_get_serialnum(k4a_device_t device_handle,
                                                        char* serial_number,
                                                        size_t* serial_number_size);

/* Versions of the firmware. */
K4A_EXPORT k4a_result_t k4a_device_get_version(k4a_device_t device_handle,
                                               k4a_hardware_version_t* version);

/* Whether plugs were in the sync jacks when the device was opened. One of the pointers may be NULL.
 */
K4A_EXPORT k4a_result_t k4a_device_get_sync_jack(k4a_device_t device_handle,
                                                 bool* sync_in_jack_connected,
                                                 bool* sync_out_jack_connected);

/* What a setting of the colour camera can be. No pointer may be NULL. */
K4A_EXPORT k4a_result_t k4a_device_get_color_control_capabilities(
    k4a_device_t device_handle, k4a_color_control_command_t command, bool* supports_auto,
    int32_t* min_value, int32_t* max_value, int32_t* step_value, int32_t* default_value,
    k4a_color_control_mode_t* default_mode);

/* How a setting of the colour camera stands. In AUTO the value is the manual one that waits. */
K4A_EXPORT k4a_result_t k4a_device_get_color_control(k4a_device_t device_handle,
                                                     k4a_color_control_command_t command,
                                                     k4a_color_control_mode_t* mode,
                                                     int32_t* value);

/* Changes a setting of the colour camera; it outlives the handle. In AUTO the value does not
 * matter. */
K4A_EXPORT k4a_result_t k4a_device_set_color_control(k4a_device_t device_handle,
                                                     k4a_color_control_command_t command,
                                                     k4a_color_control_mode_t mode, int32_t value);

/* The factory calibration, a JSON text with its NUL. */
K4A_EXPORT k4a_buffer_result_t k4a_device_get_raw_calibration(k4a_device_t device_handle,
                                                              uint8_t* data, size_t* data_size);

/* The calibration in a pair of modes, one of which may be OFF. */
K4A_EXPORT k4a_result_t k4a_device_get_calibration(k4a_device_t device_handle,
                                                   const k4a_depth_mode_t depth_mode,
                                                   const k4a_color_resolution_t color_resolution,
                                                   k4a_calibration_t* calibration);

/* A capture without images, with one reference. */
K4A_EXPORT k4a_result_t k4a_capture_create(k4a_capture_t* capture_handle);

/* Adds a reference. */
K4A_EXPORT void k4a_capture_reference(k4a_capture_t capture_handle);

/* Drops a reference; the last one drops those on the images. */
K4A_EXPORT void k4a_capture_release(k4a_capture_t capture_handle);

/* The colour image with a reference for the caller, or NULL. */
K4A_EXPORT k4a_image_t k4a_capture_get_color_image(k4a_capture_t capture_handle);

/* The depth image with a reference for the caller, or NULL. */
K4A_EXPORT k4a_image_t k4a_capture_get_depth_image(k4a_capture_t capture_handle);

/* The IR image with a reference for the caller, or NULL. */
K4A_EXPORT k4a_image_t k4a_capture_get_ir_image(k4a_capture_t capture_handle);

/* Puts an image, of any format, in the place of the colour image; NULL empties it. */
K4A_EXPORT void k4a_capture_set_color_image(k4a_capture_t capture_handle, k4a_image_t image_handle);

/* Puts an image, of any format, in the place of the depth image; NULL empties it. */
K4A_EXPORT void k4a_capture_set_depth_image(k4a_capture_t capture_handle, k4a_image_t image_handle);

/* Puts an image, of any format, in the place of the IR image; NULL empties it. */
K4A_EXPORT void k4a_capture_set_ir_image(k4a_capture_t capture_handle, k4a_image_t image_handle);

/* Sets the temperature of the depth sensor. NaN is refused. */
K4A_EXPORT void k4a_capture_set_temperature_c(k4a_capture_t capture_handle, float temperature_c);

/* Temperature of the depth sensor; NaN when nobody set one. */
K4A_EXPORT float k4a_capture_get_temperature_c(k4a_capture_t capture_handle);

/* An image with memory of its own. A stride of 0 means the smallest. Not for MJPG. */
K4A_EXPORT k4a_result_t k4a_image_create(k4a_image_format_t format, int width_pixels,
                                         int height_pixels, int stride_bytes,
                                         k4a_image_t* image_handle);

/* An image in memory of the caller, which `buffer_release_cb` (may be NULL) gives back when the
 * last reference goes. Neither stride nor size are checked against the format. */
K4A_EXPORT k4a_result_t k4a_image_create_from_buffer(k4a_image_format_t format, int width_pixels,
                                                     int height_pixels, int stride_bytes,
                                                     uint8_t* buffer, size_t buffer_size,
                                                     k4a_memory_destroy_cb_t* buffer_release_cb,
                                                     void* buffer_release_cb_context,
                                                     k4a_image_t* image_handle);

/* Adds a reference. */
K4A_EXPORT void k4a_image_reference(k4a_image_t image_handle);

/* Drops a reference. */
K4A_EXPORT void k4a_image_release(k4a_image_t image_handle);

/* The pixels; they stay in place while the image lives. */
K4A_EXPORT uint8_t* k4a_image_get_buffer(k4a_image_t image_handle);

/* Bytes of the buffer. */
K4A_EXPORT size_t k4a_image_get_size(k4a_image_t image_handle);

/* Format; CUSTOM for a handle that is none. */
K4A_EXPORT k4a_image_format_t k4a_image_get_format(k4a_image_t image_handle);

/* Width. */
K4A_EXPORT int k4a_image_get_width_pixels(k4a_image_t image_handle);

/* Height. */
K4A_EXPORT int k4a_image_get_height_pixels(k4a_image_t image_handle);

/* Bytes from row to row; 0 for MJPG of devices and recordings. */
K4A_EXPORT int k4a_image_get_stride_bytes(k4a_image_t image_handle);

/* The older name of k4a_image_get_device_timestamp_usec. */
K4A_DEPRECATED_EXPORT uint64_t k4a_image_get_timestamp_usec(k4a_image_t image_handle);

/* Centre of the exposure by the device clock. */
K4A_EXPORT uint64_t k4a_image_get_device_timestamp_usec(k4a_image_t image_handle);

/* When the host had received it, by CLOCK_MONOTONIC. */
K4A_EXPORT uint64_t k4a_image_get_system_timestamp_nsec(k4a_image_t image_handle);

/* Exposure; 0 when unknown. */
K4A_EXPORT uint64_t k4a_image_get_exposure_usec(k4a_image_t image_handle);

/* Kelvin; 0 when unknown. */
K4A_EXPORT uint32_t k4a_image_get_white_balance(k4a_image_t image_handle);

/* ISO; 0 when unknown. */
K4A_EXPORT uint32_t k4a_image_get_iso_speed(k4a_image_t image_handle);

/* Sets the stamp of the device clock. */
K4A_EXPORT void k4a_image_set_device_timestamp_usec(k4a_image_t image_handle,
                                                    uint64_t timestamp_usec);

/* The older name of k4a_image_set_device_timestamp_usec. */
K4A_DEPRECATED_EXPORT void k4a_image_set_timestamp_usec(k4a_image_t image_handle,
                                                        uint64_t timestamp_usec);

/* Sets the stamp of the host. */
K4A_EXPORT void k4a_image_set_system_timestamp_nsec(k4a_image_t image_handle,
                                                    uint64_t timestamp_nsec);

/* Sets the exposure. */
K4A_EXPORT void k4a_image_set_exposure_usec(k4a_image_t image_handle, uint64_t exposure_usec);

/* The older name of k4a_image_set_exposure_usec. */
K4A_DEPRECATED_EXPORT void k4a_image_set_exposure_time_usec(k4a_image_t image_handle,
                                                            uint64_t exposure_usec);

/* Sets the white balance. */
K4A_EXPORT void k4a_image_set_white_balance(k4a_image_t image_handle, uint32_t white_balance);

/* Sets the ISO speed. */
K4A_EXPORT void k4a_image_set_iso_speed(k4a_image_t image_handle, uint32_t iso_speed);

/* The calibration in a pair of modes from the JSON text of a device. The size counts its NUL. */
K4A_EXPORT k4a_result_t k4a_calibration_get_from_raw(char* raw_calibration,
                                                     size_t raw_calibration_size,
                                                     const k4a_depth_mode_t depth_mode,
                                                     const k4a_color_resolution_t color_resolution,
                                                     k4a_calibration_t* calibration);

/* Carries a point from one frame into another. */
K4A_EXPORT k4a_result_t k4a_calibration_3d_to_3d(const k4a_calibration_t* calibration,
                                                 const k4a_float3_t* source_point3d_mm,
                                                 const k4a_calibration_type_t source_camera,
                                                 const k4a_calibration_type_t target_camera,
                                                 k4a_float3_t* target_point3d_mm);

/* The point at `source_depth_mm` on the ray of a pixel, in the frame of `target_camera`. `*valid`
 * is 0 where the lens model has no such ray. */
K4A_EXPORT k4a_result_t k4a_calibration_2d_to_3d(const k4a_calibration_t* calibration,
                                                 const k4a_float2_t* source_point2d,
                                                 const float source_depth_mm,
                                                 const k4a_calibration_type_t source_camera,
                                                 const k4a_calibration_type_t target_camera,
                                                 k4a_float3_t* target_point3d_mm, int* valid);

/* The pixel of a point, which may lie outside the image. `*valid` is 0 where the lens does not see
 * it. */
K4A_EXPORT k4a_result_t k4a_calibration_3d_to_2d(const k4a_calibration_t* calibration,
                                                 const k4a_float3_t* source_point3d_mm,
                                                 const k4a_calibration_type_t source_camera,
                                                 const k4a_calibration_type_t target_camera,
                                                 k4a_float2_t* target_point2d, int* valid);

/* The pixel in one camera of what another sees at a pixel and depth. */
K4A_EXPORT k4a_result_t k4a_calibration_2d_to_2d(const k4a_calibration_t* calibration,
                                                 const k4a_float2_t* source_point2d,
                                                 const float source_depth_mm,
                                                 const k4a_calibration_type_t source_camera,
                                                 const k4a_calibration_type_t target_camera,
                                                 k4a_float2_t* target_point2d, int* valid);

/* Searches in a depth image for the pixel that a colour pixel shows. */
K4A_EXPORT k4a_result_t k4a_calibration_color_2d_to_depth_2d(const k4a_calibration_t* calibration,
                                                             const k4a_float2_t* source_point2d,
                                                             const k4a_image_t depth_image,
                                                             k4a_float2_t* target_point2d,
                                                             int* valid);

/* Prepares a calibration for carrying images over; NULL when it cannot be used. */
K4A_EXPORT k4a_transformation_t k4a_transformation_create(const k4a_calibration_t* calibration);

/* Frees it. */
K4A_EXPORT void k4a_transformation_destroy(k4a_transformation_t transformation_handle);

/* The depth image as the colour camera would see it, in its size. */
K4A_EXPORT k4a_result_t k4a_transformation_depth_image_to_color_camera(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    k4a_image_t transformed_depth_image);

/* The same, and an image that belongs to the depth image (CUSTOM8 or CUSTOM16) along with it. */
K4A_EXPORT k4a_result_t k4a_transformation_depth_image_to_color_camera_custom(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    const k4a_image_t custom_image, k4a_image_t transformed_depth_image,
    k4a_image_t transformed_custom_image,
    k4a_transformation_interpolation_type_t interpolation_type, uint32_t invalid_custom_value);

/* The colour image (BGRA32) as the depth camera would see it. All bytes 0: nothing is known. */
K4A_EXPORT k4a_result_t k4a_transformation_color_image_to_depth_camera(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    const k4a_image_t color_image, k4a_image_t transformed_color_image);

/* The points of a depth image in the frame of its own camera: three int16 per pixel, millimetres.
 */
K4A_EXPORT k4a_result_t k4a_transformation_depth_image_to_point_cloud(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    const k4a_calibration_type_t camera, k4a_image_t xyz_image);

#ifdef __cplusplus
}
#endif

#endif
