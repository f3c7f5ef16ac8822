// SPDX-License-Identifier: MIT
// A green screen without a screen, with the C API of the cameras alone: what lies farther than some
// distance from the main camera is replaced by another background. The main camera's colour sees
// past what is near, where its own depth camera is blind, and would leave a fringe of the room
// about every actor; there the depth of the other cameras is looked up.
//
//   green_screen CALIBRATION FOLDER [FRAMES [FARTHEST_MM]]
//
// CALIBRATION is the calibration.json of the rig (lockstep calibrate), FOLDER gets for every frame
//   frame-000.png   the picture with another background
//   alone-000.png   the same with the main camera's own depth only: the fringe that is left then
// The main camera is the one that gives the pulses. Exit code: 0 when all went well.
#include <k4a/k4a.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "png.h"
#include "rig_poses.h"

namespace {

constexpr int kExposureUs = 8330;  // the same on all, or the middles drift apart
constexpr std::uint32_t kDelayUs =
    167;  // from camera to camera, as lockstep plans it: keeps the lasers apart
constexpr long kSameInstantUs = 8000;  // closer than this is one tick; a period is 33333
constexpr std::chrono::seconds kFirstPulse(60), kNextCapture(2);

/// Readings that differ by this share of their depth lie on two surfaces.
constexpr double kApartShare = 0.02;

struct Camera {
  k4a::device device;
  std::string serial;
  bool is_main = false;
  k4a_device_configuration_t configuration{};
  k4a::calibration calibration{};
  Pose rig_from_depth{};
  k4a::transformation into_main;  ///< its depth into the main camera's picture
  k4a::capture capture;
  k4a::image depth;  ///< in the main camera's picture
};

Pose pose_of(const k4a_calibration_extrinsics_t& extrinsics) {
  Pose pose{};
  for (int i = 0; i < 9; ++i) pose.rotation[i] = extrinsics.rotation[i];
  for (int i = 0; i < 3; ++i) pose.translation[i] = extrinsics.translation[i] / 1000.0;
  return pose;
}

k4a_calibration_extrinsics_t extrinsics_of(const Pose& pose) {
  k4a_calibration_extrinsics_t extrinsics{};
  for (int i = 0; i < 9; ++i) extrinsics.rotation[i] = static_cast<float>(pose.rotation[i]);
  for (int i = 0; i < 3; ++i)
    extrinsics.translation[i] = static_cast<float>(1000 * pose.translation[i]);
  return extrinsics;
}

Camera open_camera(std::uint32_t index, const std::string& calibration_json) {
  Camera camera;
  camera.device = k4a::device::open(index);
  camera.serial = camera.device.get_serialnum();
  const auto pose = rig_from_depth(calibration_json, camera.serial);
  if (!pose) throw std::runtime_error("the calibration does not know camera " + camera.serial);
  camera.rig_from_depth = *pose;
  const bool listens = camera.device.is_sync_in_connected();
  camera.is_main = !listens && camera.device.is_sync_out_connected();
  k4a_device_configuration_t& c = camera.configuration;
  c = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  c.color_format = K4A_IMAGE_FORMAT_COLOR_BGRA32;
  c.color_resolution = K4A_COLOR_RESOLUTION_720P;
  c.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
  c.camera_fps = K4A_FRAMES_PER_SECOND_30;
  c.synchronized_images_only = true;
  c.wired_sync_mode = camera.is_main ? K4A_WIRED_SYNC_MODE_MASTER
                      : listens      ? K4A_WIRED_SYNC_MODE_SUBORDINATE
                                     : K4A_WIRED_SYNC_MODE_STANDALONE;
  camera.device.set_color_control(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                                  K4A_COLOR_CONTROL_MODE_MANUAL, kExposureUs);
  camera.calibration = camera.device.get_calibration(c.depth_mode, c.color_resolution);
  return camera;
}

/// A camera whose depth is this one's and whose colour is the main camera's: how the two stand to
/// each other is what the calibration of the rig says.
k4a::transformation into_main(const Camera& camera, const Camera& main) {
  k4a::calibration both = main.calibration;
  both.depth_camera_calibration = camera.calibration.depth_camera_calibration;
  const Pose color_from_depth =
      pose_of(main.calibration.extrinsics[K4A_CALIBRATION_TYPE_DEPTH][K4A_CALIBRATION_TYPE_COLOR]);
  const Pose motion = color_from_depth * inverse(main.rig_from_depth) * camera.rig_from_depth;
  both.extrinsics[K4A_CALIBRATION_TYPE_DEPTH][K4A_CALIBRATION_TYPE_COLOR] = extrinsics_of(motion);
  both.extrinsics[K4A_CALIBRATION_TYPE_COLOR][K4A_CALIBRATION_TYPE_DEPTH] =
      extrinsics_of(inverse(motion));
  return k4a::transformation(both);
}

/// When its colour was exposed, less its delay.
long instant_us(const Camera& camera) {
  return static_cast<long>(camera.capture.get_color_image().get_device_timestamp().count()) -
         static_cast<long>(camera.configuration.subordinate_delay_off_master_usec);
}

void next(Camera& camera) {
  const auto patience = camera.capture ? kNextCapture : kFirstPulse;
  if (!camera.device.get_capture(&camera.capture, patience))
    throw std::runtime_error("camera " + camera.serial + " sends nothing");
}

/// One capture of every camera, all of one tick: whoever is behind goes on.
void next_tick(std::vector<Camera>& cameras) {
  for (Camera& camera : cameras) next(camera);
  while (true) {
    const auto earlier = [](const Camera& a, const Camera& b) {
      return instant_us(a) < instant_us(b);
    };
    const auto ends = std::minmax_element(cameras.begin(), cameras.end(), earlier);
    if (instant_us(*ends.second) - instant_us(*ends.first) < kSameInstantUs) return;
    next(*ends.first);
  }
}

const std::uint16_t* pixels_of(const k4a::image& depth) {
  return reinterpret_cast<const std::uint16_t*>(depth.get_buffer());
}

/// Takes readings out that lie between two jumps: they are mixtures of two surfaces.
void drop_mixed(k4a::image& depth) {
  const int width = depth.get_width_pixels(), height = depth.get_height_pixels();
  auto* const pixels = reinterpret_cast<std::uint16_t*>(depth.get_buffer());
  const std::vector<std::uint16_t> was(pixels,
                                       pixels + static_cast<std::ptrdiff_t>(width) * height);
  for (int y = 1; y + 1 < height; ++y) {
    for (int x = 1; x + 1 < width; ++x) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(y) * width + x;
      const int here = was[static_cast<std::size_t>(at)];
      const auto jump = [&](std::ptrdiff_t step) {
        const int other = was[static_cast<std::size_t>(at + step)];
        return other == 0 || std::abs(other - here) > here * kApartShare;
      };
      if ((jump(-1) && jump(1)) || (jump(-width) && jump(width))) pixels[at] = 0;
    }
  }
}

/// The depth of one pixel: the main camera's, where it has one; else the nearest that another one
/// has.
int depth_at(const std::vector<Camera>& cameras, std::size_t pixel) {
  int nearest = 0;
  for (const Camera& camera : cameras) {
    const int depth = pixels_of(camera.depth)[pixel];
    if (depth == 0) continue;
    if (camera.is_main) return depth;
    if (nearest == 0 || depth < nearest) nearest = depth;
  }
  return nearest;
}

/// What nobody saw between two places of the background that are close together is background, too:
/// dark frames, edges.
void close_gaps(std::vector<int>& depth, int width, int farthest_mm) {
  constexpr std::size_t kLongest = 24;
  const auto close = [&](std::size_t first, std::size_t step, std::size_t count) {
    std::size_t known = 0;  // the last place at which something was seen
    for (std::size_t i = 1; i < count; ++i) {
      const int here = depth[first + i * step], before = depth[first + known * step];
      if (here == 0) continue;
      if (here > farthest_mm && before > farthest_mm && i - known <= kLongest) {
        for (std::size_t gap = known + 1; gap < i; ++gap) depth[first + gap * step] = here;
      }
      known = i;
    }
  };
  const auto columns = static_cast<std::size_t>(width);
  const std::size_t rows = depth.size() / columns;
  for (std::size_t y = 0; y < rows; ++y) close(y * columns, 1, columns);
  for (std::size_t x = 0; x < columns; ++x) close(x, columns, rows);
}

/// A background of two blues, darker towards the floor.
void paint_background(std::uint8_t* bgra, int y, int height) {
  const double down = static_cast<double>(y) / height;
  bgra[0] = static_cast<std::uint8_t>(170 - 90 * down);
  bgra[1] = static_cast<std::uint8_t>(110 - 70 * down);
  bgra[2] = static_cast<std::uint8_t>(40 - 20 * down);
}

void write_frame(const std::string& path, const k4a::image& color, int farthest_mm,
                 const std::vector<int>& depth) {
  const int width = color.get_width_pixels(), height = color.get_height_pixels();
  std::vector<std::uint8_t> bgra(color.get_buffer(), color.get_buffer() + 4 * depth.size());
  for (std::size_t i = 0; i < depth.size(); ++i) {
    // What nobody saw stays: it may be near.
    if (depth[i] > farthest_mm) paint_background(&bgra[4 * i], static_cast<int>(i) / width, height);
  }
  if (!write_png(path, bgra.data(), width, height))
    throw std::runtime_error(path + " cannot be written");
}

std::string numbered(const std::string& folder, const char* name, int frame) {
  char text[64];
  std::snprintf(text, sizeof(text), "/%s-%03d.png", name, frame);
  return folder + text;
}

/// Makes the pictures of one tick and tells how much of it the other cameras filled.
void make_frame(std::vector<Camera>& cameras, const Camera& main, const std::string& folder,
                int frame, int farthest_mm) {
  for (Camera& camera : cameras) {
    k4a::image depth = camera.capture.get_depth_image();
    drop_mixed(depth);
    camera.depth = camera.into_main.depth_image_to_color_camera(depth);
  }
  const k4a::image color = main.capture.get_color_image();
  const std::size_t pixels = color.get_size() / 4;
  std::vector<int> alone(pixels), filled(pixels);
  std::size_t blind = 0, helped = 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    alone[i] = pixels_of(main.depth)[i];
    filled[i] = depth_at(cameras, i);
    blind += alone[i] == 0;
    helped += alone[i] == 0 && filled[i] != 0;
  }
  for (std::vector<int>* depth : {&alone, &filled})
    close_gaps(*depth, color.get_width_pixels(), farthest_mm);
  write_frame(numbered(folder, "alone", frame), color, farthest_mm, alone);
  write_frame(numbered(folder, "frame", frame), color, farthest_mm, filled);
  std::printf("frame %d: no depth at %.1f %% of the picture, others fill %.1f %%\n", frame,
              100.0 * static_cast<double>(blind) / static_cast<double>(pixels),
              100.0 * static_cast<double>(helped) / static_cast<double>(pixels));
}

void run(const std::string& calibration, const std::string& folder, int frames, int farthest_mm) {
  std::ifstream file(calibration);
  const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (json.empty()) throw std::runtime_error(calibration + " cannot be read");
  std::filesystem::create_directories(folder);
  std::vector<Camera> cameras;
  for (std::uint32_t i = 0; i < k4a::device::get_installed_count(); ++i)
    cameras.push_back(open_camera(i, json));
  const auto found = std::find_if(cameras.begin(), cameras.end(),
                                  [](const Camera& camera) { return camera.is_main; });
  if (cameras.size() < 2 || found == cameras.end())
    throw std::runtime_error("two cameras on one sync cable are needed, one of them the master");
  const Camera& main = *found;
  std::uint32_t delay_us = 0;
  for (Camera& camera : cameras) {
    if (camera.configuration.wired_sync_mode == K4A_WIRED_SYNC_MODE_SUBORDINATE) {
      delay_us += kDelayUs;
      camera.configuration.subordinate_delay_off_master_usec = delay_us;
    }
    camera.into_main = into_main(camera, main);
    if (!camera.into_main) throw std::runtime_error("a calibration cannot be used");
  }
  // Subordinates first: they wait for the pulses that the master begins.
  for (Camera& camera : cameras)
    if (!camera.is_main) camera.device.start_cameras(&camera.configuration);
  found->device.start_cameras(&found->configuration);
  for (int frame = 0; frame < frames; ++frame) {
    next_tick(cameras);
    make_frame(cameras, main, folder, frame, farthest_mm);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) {
    std::fprintf(stderr, "usage: green_screen CALIBRATION FOLDER [FRAMES [FARTHEST_MM]]\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 10, argc > 4 ? std::atoi(argv[4]) : 2600);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return 0;
}
