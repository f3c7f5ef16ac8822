// SPDX-License-Identifier: MIT
// Every mode at its full rate, through the C API: the master and a subordinate of one virtual rig,
// each in a process of its own; a mode without colour standalone. Prints a line for each mode and
// ends with 1 when one lost a frame after its first ten captures or strayed from the plan's gates.
//
//   lockstep_full_rate [--seconds S] [MODE...]     such as BGRA_2160P+NFOV_UNBINNED; none: all 89
//
// The rig is that of LOCKSTEP_RIG, whose first two cameras are a master and a subordinate, or one
// of its own; the first run of a mode renders its pictures.
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/full_rate/camera.h"
#include "bench/full_rate/judge.h"
#include "bench/full_rate/mode.h"
#include "lockstep/sensor/timing.h"

namespace lockstep::full_rate {
namespace {

constexpr int kDelayUs = 500;
constexpr std::string_view kRig = R"(schema = 1
rig = { name = "full-rate", frame_rate = 30, source = "left" }
all_cameras = { family = "azure-kinect" }
camera = [ { name = "left", serial = "virtual-0001" }, { name = "right", serial = "virtual-0002" } ]
cable = [ { from = "left.out", to = "right.in", length_m = 3 } ]
world = { seed = 1, scene = "room", period_s = 0.4 }
)";

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "full_rate: {}\n", why);
  std::exit(2);
}

/// A folder for the rig and what its processes share, gone at the end.
class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "lockstep-rate-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) die("cannot make a folder " + pattern);
    path_ = pattern;
    setenv("XDG_RUNTIME_DIR", path_.c_str(), 1);
    setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
    if (std::getenv("LOCKSTEP_RIG") != nullptr) return;
    std::ofstream(path_ / "rig.toml") << kRig;
    setenv("LOCKSTEP_RIG", (path_ / "rig.toml").c_str(), 1);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  std::filesystem::path path_;
};

/// This program again as one camera.
class CameraProcess {
 public:
  CameraProcess(uint32_t index, const Mode& mode, int captures) {
    std::string words[] = {"full_rate",           "--camera",
                           std::to_string(index), std::to_string(mode.config.wired_sync_mode),
                           mode.name(),           std::to_string(captures)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (pipe(ends) != 0) die("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    const int failed =
        posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    out_ = ends[0];
    if (failed != 0) die("cannot start itself");
  }
  ~CameraProcess() {
    close(out_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  CameraProcess(const CameraProcess&) = delete;
  CameraProcess& operator=(const CameraProcess&) = delete;

  /// Waits until it runs, or has ended.
  void wait_for_start() {
    while (printed_.find('\n') == std::string::npos && read_more()) {
    }
  }
  /// All that it prints until its end.
  std::string finish() {
    while (read_more()) {
    }
    return printed_;
  }

 private:
  bool read_more() {
    char buffer[4096];
    const ssize_t got = read(out_, buffer, sizeof(buffer));
    if (got > 0) printed_.append(buffer, static_cast<size_t>(got));
    return got > 0;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  std::string printed_;
};

Mode as(Mode mode, k4a_wired_sync_mode_t role) {
  mode.config.wired_sync_mode = role;
  const bool delayed = role == K4A_WIRED_SYNC_MODE_SUBORDINATE;
  mode.config.subordinate_delay_off_master_usec = delayed ? kDelayUs : 0;
  return mode;
}

/// So that nobody renders while another waits for pulses.
void render(const Mode& mode, uint32_t cameras) {
  for (uint32_t i = 0; i < cameras; ++i) CameraProcess(i, mode, 0).finish();
}

Outcome run(const Mode& mode, double seconds) {
  const int captures = 10 + static_cast<int>(std::ceil(seconds * mode.frames_per_second()));
  if (!mode.color_on()) {
    render(mode, 1);
    return judge(mode, {read_camera(CameraProcess(0, mode, captures).finish())}, 0);
  }
  render(mode, 2);
  CameraProcess subordinate(1, as(mode, K4A_WIRED_SYNC_MODE_SUBORDINATE), captures);
  subordinate.wait_for_start();
  CameraProcess master(0, as(mode, K4A_WIRED_SYNC_MODE_MASTER), captures);
  const Camera left = read_camera(master.finish());
  const Camera right = read_camera(subordinate.finish());
  return judge(mode, {left, right}, realised_delay_us(Family::azure_kinect, Micros(kDelayUs)));
}

int run_all(const std::vector<Mode>& modes, double seconds) {
  const Folder folder;
  fmt::print("{:<28} {:>3} {:>8} {:>4} {:>9} {:>9} {:>9} {:>8} {:>10}\n", "mode", "fps", "captures",
             "lost", "colour us", "worst us", "depth us", "late ms", "processors");
  int short_of = 0;
  for (const Mode& mode : modes) {
    const Outcome o = run(mode, seconds);
    fmt::print("{:<28} {:>3} {:>8} {:>4} {:>9.1f} {:>9.1f} {:>9.1f} {:>8.1f} {:>10.2f} {}\n",
               mode.name(), mode.frames_per_second(), o.captures, o.lost, o.color_us, o.worst_us,
               o.depth_us, o.late_ms, o.processors, o.problem);
    std::fflush(stdout);
    short_of += o.problem.empty() ? 0 : 1;
  }
  fmt::print("{} of {} modes at their full rate\n", modes.size() - static_cast<size_t>(short_of),
             modes.size());
  return short_of == 0 ? 0 : 1;
}

Mode mode_or_die(const std::string& name) {
  const auto mode = mode_of(name);
  if (!mode) die("no camera has the mode " + name);
  return *mode;
}

int main_of(const std::vector<std::string>& words) {
  if (words.size() == 5 && words[0] == "--camera") {
    const auto role = static_cast<k4a_wired_sync_mode_t>(std::stoi(words[2]));
    return run_camera(static_cast<uint32_t>(std::stoul(words[1])), as(mode_or_die(words[3]), role),
                      std::stoi(words[4]));
  }
  double seconds = 2;
  std::vector<Mode> modes;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--seconds" && i + 1 < words.size()) {
      seconds = std::stod(words[++i]);
    } else {
      modes.push_back(mode_or_die(words[i]));
    }
  }
  return run_all(modes.empty() ? all_modes() : modes, seconds);
}

}  // namespace
}  // namespace lockstep::full_rate

int main(int argc, char** argv) {
  try {
    return lockstep::full_rate::main_of({argv + 1, argv + argc});
  } catch (const std::exception&) {
    lockstep::full_rate::die("[--seconds S] [MODE...]");
  }
}
