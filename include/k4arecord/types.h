/* SPDX-License-Identifier: MIT */
/* Types of the C API of recordings. */
#ifndef K4ARECORD_TYPES_H
#define K4ARECORD_TYPES_H

#include <k4a/k4atypes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names of the tracks that every recording may have. */
#define K4A_TRACK_NAME_COLOR "COLOR"
#define K4A_TRACK_NAME_DEPTH "DEPTH"
#define K4A_TRACK_NAME_IR "IR"
#define K4A_TRACK_NAME_IMU "IMU"

/* A file that is being written. */
K4A_DECLARE_HANDLE(k4a_record_t);
/* A file that is being read. */
K4A_DECLARE_HANDLE(k4a_playback_t);
/* One datum of a custom track; it has one owner. */
K4A_DECLARE_HANDLE(k4a_playback_data_block_t);

/* Where an offset of a seek counts from. */
typedef enum {
  K4A_PLAYBACK_SEEK_BEGIN = 0,
  K4A_PLAYBACK_SEEK_END,
  K4A_PLAYBACK_SEEK_DEVICE_TIME,
} k4a_playback_seek_origin_t;

/* Of functions that read on. EOF: there is nothing further that way. */
typedef enum {
  K4A_STREAM_RESULT_SUCCEEDED = 0,
  K4A_STREAM_RESULT_FAILED,
  K4A_STREAM_RESULT_EOF,
} k4a_stream_result_t;

/* How the recorded device was configured. */
typedef struct _k4a_record_configuration_t {
  /* CUSTOM without a colour track. */
  k4a_image_format_t color_format;
  k4a_color_resolution_t color_resolution;
  k4a_depth_mode_t depth_mode;
  k4a_fps_t camera_fps;
  bool color_track_enabled;
  bool depth_track_enabled;
  bool ir_track_enabled;
  bool imu_track_enabled;
  int32_t depth_delay_off_color_usec;
  k4a_wired_sync_mode_t wired_sync_mode;
  uint32_t subordinate_delay_off_master_usec;
  /* Device time of the first datum, cut to 32 bits: it wraps after 71.6 minutes. */
  uint32_t start_timestamp_offset_usec;
} k4a_record_configuration_t;

/* Of a custom video track: pixels, and whole frames per second. */
typedef struct _k4a_record_video_settings_t {
  uint64_t width;
  uint64_t height;
  uint64_t frame_rate;
} k4a_record_video_settings_t;

/* Of a custom subtitle track. high_freq_data: many samples go into one block. */
typedef struct _k4a_record_subtitle_settings_t {
  bool high_freq_data;
} k4a_record_subtitle_settings_t;

#ifdef __cplusplus
}
#endif

#endif
