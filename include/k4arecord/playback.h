/* SPDX-License-Identifier: MIT */
/*
 * Reading recordings. A handle belongs to one thread at a time. Functions that fill a buffer tell
 * the size that is needed when it is NULL or too small.
 */
#ifndef K4A_PLAYBACK_H
#define K4A_PLAYBACK_H

#include <k4arecord/k4arecord_export.h>
#include <k4arecord/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a recording. */
K4ARECORD_EXPORT k4a_result_t k4a_playback_open(const char* path, k4a_playback_t* playback_handle);

/* The factory calibration of the recorded device, a JSON text with its NUL. */
K4ARECORD_EXPORT k4a_buffer_result_t
k4a_playback_get_raw_calibration(k4a_playback_t playback_handle, uint8_t* data, size_t* data_size);

/* The calibration in the modes of the recording. */
K4ARECORD_EXPORT k4a_result_t k4a_playback_get_calibration(k4a_playback_t playback_handle,
                                                           k4a_calibration_t* calibration);

/* How the device was configured. */
K4ARECORD_EXPORT k4a_result_t k4a_playback_get_record_configuration(
    k4a_playback_t playback_handle, k4a_record_configuration_t* config);

/* Whether there is a track of that name. */
K4ARECORD_EXPORT bool k4a_playback_check_track_exists(k4a_playback_t playback_handle,
                                                      const char* track_name);

/* Number of tracks, custom ones included. */
K4ARECORD_EXPORT size_t k4a_playback_get_track_count(k4a_playback_t playback_handle);

/* Name of a track, in alphabetical order. */
K4ARECORD_EXPORT k4a_buffer_result_t k4a_playback_get_track_name(k4a_playback_t playback_handle,
                                                                 size_t track_index,
                                                                 char* track_name,
                                                                 size_t* track_name_size);

/* Whether it is the track of colour, depth, IR or the IMU. */
K4ARECORD_EXPORT bool k4a_playback_track_is_builtin(k4a_playback_t playback_handle,
                                                    const char* track_name);

/* Size and rate of a video track. */
K4ARECORD_EXPORT k4a_result_t
k4a_playback_track_get_video_settings(k4a_playback_t playback_handle, const char* track_name,
                                      k4a_record_video_settings_t* video_settings);

/* Codec of a track. */
K4ARECORD_EXPORT k4a_buffer_result_t k4a_playback_track_get_codec_id(k4a_playback_t playback_handle,
                                                                     const char* track_name,
                                                                     char* codec_id,
                                                                     size_t* codec_id_size);

/* Private data of the codec of a track. */
K4ARECORD_EXPORT k4a_buffer_result_t
k4a_playback_track_get_codec_context(k4a_playback_t playback_handle, const char* track_name,
                                     uint8_t* codec_context, size_t* codec_context_size);

/* The first tag of that name. */
K4ARECORD_EXPORT k4a_buffer_result_t k4a_playback_get_tag(k4a_playback_t playback_handle,
                                                          const char* name, char* value,
                                                          size_t* value_size);

/* The format in which colour images come from now on. */
K4ARECORD_EXPORT k4a_result_t k4a_playback_set_color_conversion(k4a_playback_t playback_handle,
                                                                k4a_image_format_t target_format);

/* The first attachment of that name. */
K4ARECORD_EXPORT k4a_buffer_result_t k4a_playback_get_attachment(k4a_playback_t playback_handle,
                                                                 const char* file_name,
                                                                 uint8_t* data, size_t* data_size);

/* The next capture; the caller owns one reference. */
K4ARECORD_EXPORT k4a_stream_result_t k4a_playback_get_next_capture(k4a_playback_t playback_handle,
                                                                   k4a_capture_t* capture_handle);

/* The capture before; the caller owns one reference. */
K4ARECORD_EXPORT k4a_stream_result_t
k4a_playback_get_previous_capture(k4a_playback_t playback_handle, k4a_capture_t* capture_handle);

/* The next sample of the IMU. Its temperature is NaN. */
K4ARECORD_EXPORT k4a_stream_result_t
k4a_playback_get_next_imu_sample(k4a_playback_t playback_handle, k4a_imu_sample_t* imu_sample);

/* The sample of the IMU before. */
K4ARECORD_EXPORT k4a_stream_result_t
k4a_playback_get_previous_imu_sample(k4a_playback_t playback_handle, k4a_imu_sample_t* imu_sample);

/* The next datum of a custom track; the caller owns it. */
K4ARECORD_EXPORT k4a_stream_result_t
k4a_playback_get_next_data_block(k4a_playback_t playback_handle, const char* track_name,
                                 k4a_playback_data_block_t* data_block_handle);

/* The datum of a custom track before; the caller owns it. */
K4ARECORD_EXPORT k4a_stream_result_t
k4a_playback_get_previous_data_block(k4a_playback_t playback_handle, const char* track_name,
                                     k4a_playback_data_block_t* data_block_handle);

/* Its stamp of the device clock. */
K4ARECORD_EXPORT uint64_t
k4a_playback_data_block_get_device_timestamp_usec(k4a_playback_data_block_t data_block_handle);

/* Its size in bytes. */
K4ARECORD_EXPORT size_t
k4a_playback_data_block_get_buffer_size(k4a_playback_data_block_t data_block_handle);

/* Its bytes, valid while it lives; NULL when it has none. */
K4ARECORD_EXPORT uint8_t* k4a_playback_data_block_get_buffer(
    k4a_playback_data_block_t data_block_handle);

/* Frees it. */
K4ARECORD_EXPORT void k4a_playback_data_block_release(k4a_playback_data_block_t data_block_handle);

/* Goes to a time. What follows gives the first item at or after it, or the last one before it.
 * Beyond an end is the end. */
K4ARECORD_EXPORT k4a_result_t k4a_playback_seek_timestamp(k4a_playback_t playback_handle,
                                                          int64_t offset_usec,
                                                          k4a_playback_seek_origin_t origin);

/* Time of the last datum of any track, counted from the first. */
K4ARECORD_EXPORT uint64_t k4a_playback_get_recording_length_usec(k4a_playback_t playback_handle);

/* The older name of k4a_playback_get_recording_length_usec. */
K4ARECORD_DEPRECATED_EXPORT uint64_t
k4a_playback_get_last_timestamp_usec(k4a_playback_t playback_handle);

/* Closes the recording. What came from it stays valid. */
K4ARECORD_EXPORT void k4a_playback_close(k4a_playback_t playback_handle);

#ifdef __cplusplus
}
#endif

#endif
