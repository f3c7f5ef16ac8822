/* SPDX-License-Identifier: MIT */
/*
 * Two cameras joined by a sync cable, with the C API of the cameras alone: looks at the jacks to
 * see which one is the master, sets both exposures once, starts the subordinate before the master,
 * pairs what they saw by its stamps, carries depth into the colour picture, and records; then plays
 * the recordings back and pairs them again.
 *
 *   two_cameras FOLDER            both cameras in one process, then both recordings
 *   two_cameras FOLDER INDEX      one camera of the two, as a process of its own
 *   two_cameras FOLDER play       the two recordings
 *
 * FOLDER gets camera-0.mkv and camera-1.mkv. Exit code: 0 when all went well.
 */
#include <k4a/k4a.h>
#include <k4arecord/playback.h>
#include <k4arecord/record.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CAMERAS = 2,
  CAPTURES = 60,              /* to record, of each camera */
  EXPOSURE_US = 8330,         /* the same on both, or their centres drift apart */
  SUBORDINATE_DELAY_US = 160, /* keeps the two lasers apart */
  SAME_INSTANT_US = 8000,     /* closer than this is a pair; a period is 33333 */
  FIRST_PULSE_MS = 60000,     /* a subordinate waits until somebody starts the master */
  NEXT_CAPTURE_MS = 2000
};

typedef struct {
  uint32_t index;
  k4a_device_t device;
  bool is_master;
  k4a_device_configuration_t configuration;
  k4a_transformation_t transformation;
  k4a_image_t depth_in_color;
  k4a_record_t recording;
  int captures;
} camera_t;

static int complain(const char* what, uint32_t index) {
  fprintf(stderr, "camera %u: %s\n", (unsigned)index, what);
  return 1;
}

static void path_of(char* path, size_t size, const char* folder, uint32_t index) {
  snprintf(path, size, "%s/camera-%u.mkv", folder, (unsigned)index);
}

/* Colour is what pulses trigger: its stamp is the one to compare. 0 without a colour image. */
static uint64_t color_stamp_us(k4a_capture_t capture) {
  k4a_image_t color = k4a_capture_get_color_image(capture);
  uint64_t stamp_us = 0;
  if (color != NULL) {
    stamp_us = k4a_image_get_device_timestamp_usec(color);
    k4a_image_release(color);
  }
  return stamp_us;
}

/* How far `subordinate` is from the instant at which it should be, given the master's stamp. */
static int64_t apart_us(uint64_t master, uint64_t subordinate) {
  return (int64_t)subordinate - SUBORDINATE_DELAY_US - (int64_t)master;
}

static int open_camera(camera_t* camera, uint32_t index) {
  memset(camera, 0, sizeof(*camera));
  camera->index = index;
  if (K4A_FAILED(k4a_device_open(index, &camera->device)))
    return complain("cannot be opened", index);

  char serial[64];
  size_t size = sizeof(serial);
  if (k4a_device_get_serialnum(camera->device, serial, &size) != K4A_BUFFER_RESULT_SUCCEEDED)
    return complain("has no serial number", index);

  bool sync_in = false;
  bool sync_out = false;
  if (K4A_FAILED(k4a_device_get_sync_jack(camera->device, &sync_in, &sync_out)))
    return complain("does not tell its jacks", index);
  if (!sync_in && !sync_out) return complain("has no sync cable", index);
  camera->is_master = !sync_in;
  printf("camera %u: %s, %s\n", (unsigned)index, serial,
         camera->is_master ? "master" : "subordinate");

  if (K4A_FAILED(k4a_device_set_color_control(camera->device,
                                              K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                                              K4A_COLOR_CONTROL_MODE_MANUAL, EXPOSURE_US)))
    return complain("does not take the exposure", index);
  return 0;
}

static int prepare_camera(camera_t* camera, const char* folder) {
  k4a_device_configuration_t configuration = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  configuration.color_format = K4A_IMAGE_FORMAT_COLOR_MJPG;
  configuration.color_resolution = K4A_COLOR_RESOLUTION_720P;
  configuration.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
  configuration.camera_fps = K4A_FRAMES_PER_SECOND_30;
  configuration.synchronized_images_only = true;
  if (camera->is_master) {
    configuration.wired_sync_mode = K4A_WIRED_SYNC_MODE_MASTER;
  } else {
    configuration.wired_sync_mode = K4A_WIRED_SYNC_MODE_SUBORDINATE;
    configuration.subordinate_delay_off_master_usec = SUBORDINATE_DELAY_US;
  }
  camera->configuration = configuration;

  k4a_calibration_t calibration;
  if (K4A_FAILED(k4a_device_get_calibration(camera->device, configuration.depth_mode,
                                            configuration.color_resolution, &calibration)))
    return complain("has no calibration", camera->index);
  camera->transformation = k4a_transformation_create(&calibration);
  const int width = calibration.color_camera_calibration.resolution_width;
  const int height = calibration.color_camera_calibration.resolution_height;
  if (camera->transformation == NULL ||
      K4A_FAILED(k4a_image_create(K4A_IMAGE_FORMAT_DEPTH16, width, height,
                                  width * (int)sizeof(uint16_t), &camera->depth_in_color)))
    return complain("cannot be transformed", camera->index);

  char path[4096];
  path_of(path, sizeof(path), folder, camera->index);
  if (K4A_FAILED(k4a_record_create(path, camera->device, configuration, &camera->recording)) ||
      K4A_FAILED(k4a_record_add_tag(camera->recording, "EXAMPLE", "two cameras")) ||
      K4A_FAILED(k4a_record_write_header(camera->recording)))
    return complain("cannot be recorded", camera->index);
  return 0;
}

static void close_camera(camera_t* camera) {
  if (camera->device != NULL) k4a_device_stop_cameras(camera->device);
  if (camera->recording != NULL) k4a_record_close(camera->recording);
  if (camera->depth_in_color != NULL) k4a_image_release(camera->depth_in_color);
  if (camera->transformation != NULL) k4a_transformation_destroy(camera->transformation);
  if (camera->device != NULL) k4a_device_close(camera->device);
}

static int start(camera_t* camera) {
  if (K4A_FAILED(k4a_device_start_cameras(camera->device, &camera->configuration)))
    return complain("cannot be started", camera->index);
  return 0;
}

/* The next capture, written to the file. NULL when none came. */
static k4a_capture_t record_next(camera_t* camera) {
  k4a_capture_t capture = NULL;
  const int timeout_ms = camera->captures == 0 ? FIRST_PULSE_MS : NEXT_CAPTURE_MS;
  if (k4a_device_get_capture(camera->device, &capture, timeout_ms) != K4A_WAIT_RESULT_SUCCEEDED)
    return NULL;
  if (K4A_FAILED(k4a_record_write_capture(camera->recording, capture))) {
    complain("lost a capture on its way to the disk", camera->index);
    k4a_capture_release(capture);
    return NULL;
  }
  ++camera->captures;
  return capture;
}

/* How much of the colour picture has depth, in percent; negative when it cannot be said. */
static double depth_coverage(camera_t* camera, k4a_capture_t capture) {
  k4a_image_t depth = k4a_capture_get_depth_image(capture);
  if (depth == NULL) return -1;
  const k4a_result_t result = k4a_transformation_depth_image_to_color_camera(
      camera->transformation, depth, camera->depth_in_color);
  k4a_image_release(depth);
  if (K4A_FAILED(result)) return -1;
  const uint16_t* pixels = (const uint16_t*)(void*)k4a_image_get_buffer(camera->depth_in_color);
  const size_t count = k4a_image_get_size(camera->depth_in_color) / sizeof(uint16_t);
  size_t filled = 0;
  for (size_t i = 0; i < count; ++i) filled += pixels[i] != 0;
  return 100.0 * (double)filled / (double)count;
}

/* Goes on with whichever camera is behind until both show one instant. 0 when a camera ended. */
static int next_pair(camera_t* master, camera_t* subordinate, k4a_capture_t* of_master,
                     k4a_capture_t* of_subordinate) {
  *of_master = record_next(master);
  *of_subordinate = record_next(subordinate);
  while (*of_master != NULL && *of_subordinate != NULL) {
    const int64_t apart = apart_us(color_stamp_us(*of_master), color_stamp_us(*of_subordinate));
    if (llabs(apart) < SAME_INSTANT_US) return 1;
    camera_t* behind = apart > 0 ? master : subordinate;
    k4a_capture_t* capture = apart > 0 ? of_master : of_subordinate;
    k4a_capture_release(*capture);
    *capture = record_next(behind);
  }
  if (*of_master != NULL) k4a_capture_release(*of_master);
  if (*of_subordinate != NULL) k4a_capture_release(*of_subordinate);
  return 0;
}

static int record_pairs(camera_t* master, camera_t* subordinate) {
  for (int pair = 0; pair < CAPTURES; ++pair) {
    k4a_capture_t a = NULL;
    k4a_capture_t b = NULL;
    if (!next_pair(master, subordinate, &a, &b)) {
      fprintf(stderr, "a camera stopped sending after %d pairs\n", pair);
      return 1;
    }
    if (pair % 20 == 0) {
      printf(
          "pair %d: %lld us from where it should be, depth in %.0f %% and %.0f %% of the "
          "pictures\n",
          pair, (long long)apart_us(color_stamp_us(a), color_stamp_us(b)),
          depth_coverage(master, a), depth_coverage(subordinate, b));
    }
    k4a_capture_release(a);
    k4a_capture_release(b);
  }
  return 0;
}

/* A subordinate is started first: it waits for pulses, and the master begins them. */
static int run_both(const char* folder) {
  camera_t cameras[CAMERAS];
  memset(cameras, 0, sizeof(cameras));
  if (k4a_device_get_installed_count() < CAMERAS) {
    fprintf(stderr, "two cameras are needed, %u are there\n",
            (unsigned)k4a_device_get_installed_count());
    return 1;
  }
  int result = 0;
  for (uint32_t i = 0; i < CAMERAS && result == 0; ++i) result = open_camera(&cameras[i], i);
  if (result == 0 && cameras[0].is_master == cameras[1].is_master)
    result = complain("one master and one subordinate are needed", 0);
  camera_t* master = cameras[0].is_master ? &cameras[0] : &cameras[1];
  camera_t* subordinate = cameras[0].is_master ? &cameras[1] : &cameras[0];
  for (uint32_t i = 0; i < CAMERAS && result == 0; ++i)
    result = prepare_camera(&cameras[i], folder);
  if (result == 0) result = start(subordinate);
  if (result == 0) result = start(master);
  if (result == 0) result = record_pairs(master, subordinate);
  for (uint32_t i = 0; i < CAMERAS; ++i) close_camera(&cameras[i]);
  return result;
}

/* The other camera runs in another process. A subordinate ends when the pulses do. */
static int run_one(const char* folder, uint32_t index) {
  camera_t camera;
  int result = open_camera(&camera, index);
  if (result == 0) result = prepare_camera(&camera, folder);
  if (result == 0) result = start(&camera);
  if (result == 0) {
    printf("camera %u: started\n", (unsigned)index);
    fflush(stdout);
    for (k4a_capture_t capture; camera.captures < CAPTURES; k4a_capture_release(capture)) {
      capture = record_next(&camera);
      if (capture == NULL) break;
      if (camera.captures % 20 == 1) {
        printf("camera %u: capture %d, depth in %.0f %% of the picture\n", (unsigned)index,
               camera.captures, depth_coverage(&camera, capture));
      }
    }
    if (camera.captures == 0) result = complain("sent nothing", index);
  }
  close_camera(&camera);
  return result;
}

static int pair_recordings(k4a_playback_t master, k4a_playback_t subordinate) {
  k4a_capture_t a = NULL;
  k4a_capture_t b = NULL;
  int pairs = 0;
  int64_t largest_us = 0;
  k4a_stream_result_t of_a = k4a_playback_get_next_capture(master, &a);
  k4a_stream_result_t of_b = k4a_playback_get_next_capture(subordinate, &b);
  while (of_a == K4A_STREAM_RESULT_SUCCEEDED && of_b == K4A_STREAM_RESULT_SUCCEEDED) {
    const int64_t apart = apart_us(color_stamp_us(a), color_stamp_us(b));
    const int paired = llabs(apart) < SAME_INSTANT_US;
    if (paired) {
      ++pairs;
      if (llabs(apart) > largest_us) largest_us = llabs(apart);
    }
    if (paired || apart > 0) {
      k4a_capture_release(a);
      of_a = k4a_playback_get_next_capture(master, &a);
    }
    if (paired || apart < 0) {
      k4a_capture_release(b);
      of_b = k4a_playback_get_next_capture(subordinate, &b);
    }
  }
  if (of_a == K4A_STREAM_RESULT_SUCCEEDED) k4a_capture_release(a);
  if (of_b == K4A_STREAM_RESULT_SUCCEEDED) k4a_capture_release(b);
  printf("recorded: %d pairs, at most %lld us from where they should be\n", pairs,
         (long long)largest_us);
  const int both_ended = of_a != K4A_STREAM_RESULT_FAILED && of_b != K4A_STREAM_RESULT_FAILED;
  return both_ended && pairs > 0 ? 0 : 1;
}

static int play(const char* folder) {
  k4a_playback_t recordings[CAMERAS] = {NULL, NULL};
  k4a_playback_t master = NULL;
  k4a_playback_t subordinate = NULL;
  int result = 0;
  for (uint32_t i = 0; i < CAMERAS && result == 0; ++i) {
    char path[4096];
    path_of(path, sizeof(path), folder, i);
    k4a_record_configuration_t configuration;
    if (K4A_FAILED(k4a_playback_open(path, &recordings[i])) ||
        K4A_FAILED(k4a_playback_get_record_configuration(recordings[i], &configuration))) {
      result = complain("its recording cannot be read", i);
    } else if (configuration.wired_sync_mode == K4A_WIRED_SYNC_MODE_MASTER) {
      master = recordings[i];
    } else {
      subordinate = recordings[i];
    }
  }
  if (result == 0 && master != NULL && subordinate != NULL) {
    result = pair_recordings(master, subordinate);
  } else if (result == 0) {
    result = complain("one master and one subordinate are needed", 0);
  }
  for (uint32_t i = 0; i < CAMERAS; ++i) {
    if (recordings[i] != NULL) k4a_playback_close(recordings[i]);
  }
  return result;
}

int main(int argc, char** argv) {
  if (argc == 2) {
    const int result = run_both(argv[1]);
    return result == 0 ? play(argv[1]) : result;
  }
  if (argc == 3 && strcmp(argv[2], "play") == 0) return play(argv[1]);
  if (argc == 3) return run_one(argv[1], (uint32_t)strtoul(argv[2], NULL, 10));
  fprintf(stderr, "usage: two_cameras FOLDER [INDEX | play]\n");
  return 2;
}
