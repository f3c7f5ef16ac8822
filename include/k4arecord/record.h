/* SPDX-License-Identifier: MIT */
/*
 * Writing recordings. The functions that write may be called from several threads; set-up, flush
 * and close must not race anything.
 */
#ifndef K4A_RECORD_H
#define K4A_RECORD_H

#include <k4arecord/k4arecord_export.h>
#include <k4arecord/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Begins a file; one that is there is overwritten. `device` may be NULL. */
K4ARECORD_EXPORT k4a_result_t k4a_record_create(const char* path, k4a_device_t device,
                                                const k4a_device_configuration_t device_config,
                                                k4a_record_t* recording_handle);

/* Adds a tag, before the header. A name of other characters than A-Z 0-9 - _ is passed over. */
K4ARECORD_EXPORT k4a_result_t k4a_record_add_tag(k4a_record_t recording_handle, const char* name,
                                                 const char* value);

/* Adds the track of the IMU, before the header. */
K4ARECORD_EXPORT k4a_result_t k4a_record_add_imu_track(k4a_record_t recording_handle);

/* Adds a file in the file, before the header. */
K4ARECORD_EXPORT k4a_result_t k4a_record_add_attachment(const k4a_record_t recording_handle,
                                                        const char* attachment_name,
                                                        const uint8_t* buffer, size_t buffer_size);

/* Adds a video track of any codec, before the header. */
K4ARECORD_EXPORT k4a_result_t k4a_record_add_custom_video_track(
    const k4a_record_t recording_handle, const char* track_name, const char* codec_id,
    const uint8_t* codec_context, size_t codec_context_size,
    const k4a_record_video_settings_t* track_settings);

/* Adds a track of other data, before the header. NULL settings: the defaults. */
K4ARECORD_EXPORT k4a_result_t k4a_record_add_custom_subtitle_track(
    const k4a_record_t recording_handle, const char* track_name, const char* codec_id,
    const uint8_t* codec_context, size_t codec_context_size,
    const k4a_record_subtitle_settings_t* track_settings);

/* Ends the set-up; from here on data can be written. */
K4ARECORD_EXPORT k4a_result_t k4a_record_write_header(k4a_record_t recording_handle);

/* Writes the images of a capture; their bytes are copied. FAILED for an image that has no track, is
 * of another format than was said, or older than what is on the disk already; the others are
 * written. */
K4ARECORD_EXPORT k4a_result_t k4a_record_write_capture(k4a_record_t recording_handle,
                                                       k4a_capture_t capture_handle);

/* Writes a sample of the IMU. */
K4ARECORD_EXPORT k4a_result_t k4a_record_write_imu_sample(k4a_record_t recording_handle,
                                                          k4a_imu_sample_t imu_sample);

/* Writes to a custom track; the bytes are copied. */
K4ARECORD_EXPORT k4a_result_t k4a_record_write_custom_track_data(
    const k4a_record_t recording_handle, const char* track_name, uint64_t device_timestamp_usec,
    uint8_t* custom_data, size_t custom_data_size);

/* Writes all that waits, and makes the file whole as of now. What comes later must be later. */
K4ARECORD_EXPORT k4a_result_t k4a_record_flush(k4a_record_t recording_handle);

/* Flushes, and closes the file. */
K4ARECORD_EXPORT void k4a_record_close(k4a_record_t recording_handle);

#ifdef __cplusplus
}
#endif

#endif
