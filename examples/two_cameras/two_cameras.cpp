// SPDX-License-Identifier: MIT
// Two cameras joined by a sync cable, with the C++ classes of the cameras' API. What it does, and
// how it is called, is told in two_cameras.c, which does the same in C.
#include <k4a/k4a.hpp>
#include <k4arecord/playback.hpp>
#include <k4arecord/record.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kCaptures = 60;                  // to record, of each camera
constexpr int32_t kExposureUs = 8330;          // the same on both, or their centres drift apart
constexpr uint32_t kSubordinateDelayUs = 160;  // keeps the two lasers apart
constexpr microseconds kSameInstant(8000);     // closer than this is a pair; a period is 33333
constexpr milliseconds kFirstPulse(60000);  // a subordinate waits until somebody starts the master
constexpr milliseconds kNextCapture(2000);

std::string path_of(const std::string& folder, uint32_t index) {
  return folder + "/camera-" + std::to_string(index) + ".mkv";
}

/// How far the subordinate is from the instant at which it should be. Colour is what pulses
/// trigger: its stamps are the ones to compare.
microseconds apart(const k4a::capture& of_master, const k4a::capture& of_subordinate) {
  return of_subordinate.get_color_image().get_device_timestamp() -
         microseconds(kSubordinateDelayUs) - of_master.get_color_image().get_device_timestamp();
}

bool same_instant(microseconds difference) {
  return std::chrono::abs(difference) < kSameInstant;
}

class Camera {
 public:
  explicit Camera(uint32_t index) : device_(k4a::device::open(index)) {
    if (!device_.is_sync_in_connected() && !device_.is_sync_out_connected()) {
      throw k4a::error("camera " + std::to_string(index) + " has no sync cable");
    }
    is_master_ = !device_.is_sync_in_connected();
    std::printf("camera %u: %s, %s\n", index, device_.get_serialnum().c_str(),
                is_master_ ? "master" : "subordinate");
    device_.set_color_control(K4A_COLOR_CONTROL_EXPOSURE_TIME_ABSOLUTE,
                              K4A_COLOR_CONTROL_MODE_MANUAL, kExposureUs);

    configuration_.color_format = K4A_IMAGE_FORMAT_COLOR_MJPG;
    configuration_.color_resolution = K4A_COLOR_RESOLUTION_720P;
    configuration_.depth_mode = K4A_DEPTH_MODE_NFOV_UNBINNED;
    configuration_.camera_fps = K4A_FRAMES_PER_SECOND_30;
    configuration_.synchronized_images_only = true;
    configuration_.wired_sync_mode =
        is_master_ ? K4A_WIRED_SYNC_MODE_MASTER : K4A_WIRED_SYNC_MODE_SUBORDINATE;
    if (!is_master_) configuration_.subordinate_delay_off_master_usec = kSubordinateDelayUs;
    transformation_ = k4a::transformation(
        device_.get_calibration(configuration_.depth_mode, configuration_.color_resolution));
  }

  bool is_master() const { return is_master_; }
  int captures() const { return captures_; }

  void record_to(const std::string& path) {
    recording_ = k4a::record::create(path.c_str(), device_, configuration_);
    recording_.add_tag("EXAMPLE", "two cameras");
    recording_.write_header();
  }

  void start() { device_.start_cameras(&configuration_); }

  /// The next capture, written to the file. Not valid when none came.
  k4a::capture record_next() {
    k4a::capture capture;
    if (!device_.get_capture(&capture, captures_ == 0 ? kFirstPulse : kNextCapture)) return {};
    recording_.write_capture(capture);
    ++captures_;
    return capture;
  }

  /// How much of the colour picture has depth, in percent.
  double depth_coverage(const k4a::capture& capture) const {
    k4a::image image = transformation_.depth_image_to_color_camera(capture.get_depth_image());
    const auto* first = reinterpret_cast<const uint16_t*>(image.get_buffer());
    const auto count = static_cast<std::ptrdiff_t>(image.get_size() / sizeof(uint16_t));
    return 100.0 * static_cast<double>(count - std::count(first, first + count, 0)) /
           static_cast<double>(count);
  }

 private:
  k4a::device device_;
  bool is_master_ = false;
  k4a_device_configuration_t configuration_ = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  k4a::transformation transformation_;
  k4a::record recording_;
  int captures_ = 0;
};

/// Goes on with whichever side is behind until both show one instant. Not valid when one ended.
template <typename NextOfMaster, typename NextOfSubordinate>
std::pair<k4a::capture, k4a::capture> next_pair(NextOfMaster next_of_master,
                                                NextOfSubordinate next_of_subordinate) {
  std::pair<k4a::capture, k4a::capture> pair(next_of_master(), next_of_subordinate());
  while (pair.first && pair.second) {
    const microseconds difference = apart(pair.first, pair.second);
    if (same_instant(difference)) return pair;
    if (difference.count() > 0) {
      pair.first = next_of_master();
    } else {
      pair.second = next_of_subordinate();
    }
  }
  return {};
}

/// A subordinate is started first: it waits for pulses, and the master begins them.
void run_both(const std::string& folder) {
  if (k4a::device::get_installed_count() < 2) throw k4a::error("two cameras are needed");
  Camera first(0);
  Camera second(1);
  if (first.is_master() == second.is_master()) {
    throw k4a::error("one master and one subordinate are needed");
  }
  first.record_to(path_of(folder, 0));
  second.record_to(path_of(folder, 1));
  Camera& master = first.is_master() ? first : second;
  Camera& subordinate = first.is_master() ? second : first;
  subordinate.start();
  master.start();
  for (int i = 0; i < kCaptures; ++i) {
    const auto pair =
        next_pair([&] { return master.record_next(); }, [&] { return subordinate.record_next(); });
    if (!pair.first) {
      throw k4a::error("a camera stopped sending after " + std::to_string(i) + " pairs");
    }
    if (i % 20 != 0) continue;
    std::printf(
        "pair %d: %lld us from where it should be, depth in %.0f %% and %.0f %% of the pictures\n",
        i, static_cast<long long>(apart(pair.first, pair.second).count()),
        master.depth_coverage(pair.first), subordinate.depth_coverage(pair.second));
  }
}

/// The other camera runs in another process. A subordinate ends when the pulses do.
void run_one(const std::string& folder, uint32_t index) {
  Camera camera(index);
  camera.record_to(path_of(folder, index));
  camera.start();
  std::printf("camera %u: started\n", index);
  std::fflush(stdout);
  while (camera.captures() < kCaptures) {
    const k4a::capture capture = camera.record_next();
    if (!capture) break;
    if (camera.captures() % 20 != 1) continue;
    std::printf("camera %u: capture %d, depth in %.0f %% of the picture\n", index,
                camera.captures(), camera.depth_coverage(capture));
  }
  if (camera.captures() == 0) throw k4a::error("nothing came");
}

k4a::capture next_of(k4a::playback& recording) {
  k4a::capture capture;
  recording.get_next_capture(&capture);
  return capture;
}

void play(const std::string& folder) {
  k4a::playback master = k4a::playback::open(path_of(folder, 0).c_str());
  k4a::playback subordinate = k4a::playback::open(path_of(folder, 1).c_str());
  if (master.get_record_configuration().wired_sync_mode != K4A_WIRED_SYNC_MODE_MASTER) {
    std::swap(master, subordinate);
  }
  int pairs = 0;
  microseconds largest(0);
  for (;; ++pairs) {
    const auto pair =
        next_pair([&] { return next_of(master); }, [&] { return next_of(subordinate); });
    if (!pair.first) break;
    largest = std::max(largest, microseconds(std::chrono::abs(apart(pair.first, pair.second))));
  }
  std::printf("recorded: %d pairs, at most %lld us from where they should be\n", pairs,
              static_cast<long long>(largest.count()));
  if (pairs == 0) throw k4a::error("no pairs");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments.size() > 2) {
    std::fprintf(stderr, "usage: two_cameras FOLDER [INDEX | play]\n");
    return 2;
  }
  try {
    const std::string& folder = arguments[0];
    if (arguments.size() == 2 && arguments[1] != "play") {
      run_one(folder, static_cast<uint32_t>(std::stoul(arguments[1])));
      return 0;
    }
    if (arguments.size() == 1) run_both(folder);
    play(folder);
    return 0;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}
