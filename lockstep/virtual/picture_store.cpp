// SPDX-License-Identifier: MIT
#include "lockstep/virtual/picture_store.h"

#include <fmt/core.h>
#include <tbb/task_arena.h>

#include <bit>
#include <chrono>

#include "lockstep/base/files.h"
#include "lockstep/base/log.h"
#include "lockstep/rig/board_file.h"
#include "lockstep/rig/world_board.h"
#include "lockstep/virtual/random.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// Grows whenever the same world would look different.
constexpr int kPictureVersion = 5;
/// Whether somebody who waits for the pictures of others still wants his own.
constexpr std::chrono::milliseconds kBetweenQuestions{20};

std::string with_serial(std::string calibration, const std::string& serial) {
  const std::string key = "\"SerialId\":\"";
  const size_t at = calibration.find(key);
  if (at == std::string::npos) return calibration;
  const size_t from = at + key.size();
  return calibration.replace(from, calibration.find('"', from) - from, serial);
}

uint64_t hash_of(const std::string& text) {
  uint64_t hash = 0;
  for (const char c : text) hash = mix_bits(hash, static_cast<unsigned char>(c));
  return hash;
}

/// Where the camera is, and where all were set up: the room and the path of a board follow from it.
uint64_t standing(const RenderJob& job) {
  uint64_t hash = static_cast<uint64_t>(job.world.arrangement);
  const auto take_in = [&hash](double number) {
    hash = mix_bits(hash, std::bit_cast<uint64_t>(number));
  };
  for (const CameraPlace& place : job.places) {
    for (const double metres : place.at_m) take_in(metres);
    for (const double metres : place.look_at_m) take_in(metres);
  }
  const RigidTransform& pose = job.pose.world_from_depth;
  for (const double number : pose.rotation.reshaped()) take_in(number);
  for (const double metres : pose.translation) take_in(metres);
  return hash;
}

/// As a part of the key of a picture.
std::string what_moves(const RigWorld& world) {
  if (world.board == nullptr) return fmt::format("period {} s", world.period_s);
  return fmt::format("{} shown for {} frames", board_in_words(world.board->board),
                     world.board->ticks_per_pair);
}

}  // namespace

/// Lasts as long as pictures are made.
class PictureStore::Turn {
 public:
  Turn(PictureStore& store, const RenderProgress& progress)
      : store_(store), taken_(store.take_turn(progress)) {}
  ~Turn() {
    if (taken_) store_.end_turn();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  [[nodiscard]] bool taken() const { return taken_; }

 private:
  PictureStore& store_;
  const bool taken_;
};

bool PictureStore::take_turn(const RenderProgress& progress) {
  const MutexLock lock(mutex_);
  while (busy_) {
    if (progress && !progress(0)) return false;
    turn_ended_.wait_for(mutex_, kBetweenQuestions);
  }
  busy_ = true;
  return true;
}

void PictureStore::end_turn() {
  const MutexLock lock(mutex_);
  busy_ = false;
  turn_ended_.notify_all();
}

PictureStore::PictureStore(const Rig& rig, const VirtualRigOptions& options)
    : world_(*rig.world), options_(options) {
  for (RenderJob& job : jobs_of(rig)) {
    const std::string blob = write_calibration(job.blob, base_calibration_json()).value();
    const auto index = static_cast<size_t>(job.camera);
    views_.push_back({with_serial(blob, rig.cameras[index].serial), std::move(job)});
  }
}

const std::string& PictureStore::calibration_json(int camera) const {
  return views_[static_cast<size_t>(camera)].calibration_json;
}

const RenderJob& PictureStore::job(int camera) const {
  return views_[static_cast<size_t>(camera)].job;
}

Result<std::shared_ptr<const PictureFile>> PictureStore::file(int camera, const Recipe& recipe) {
  const RenderJob& job = views_[static_cast<size_t>(camera)].job;
  // Everything that the pictures depend on; the lenses follow from it.
  const std::string key = fmt::format(
      "pictures {} scene {} seed {} camera {} standing {:016x} bias {} m {} at {} fps mode {}",
      kPictureVersion, world_.scene, world_.seed, camera, standing(job), job.depth_bias_m,
      what_moves(world_), job.frames_per_second, recipe.mode);
  Held& held = files_[{camera, recipe.sensor}];
  if (held.file != nullptr && held.key == key) return held.file;
  auto made = render(key, camera, recipe);
  if (made) held = {key, *made};
  return made;
}

Result<std::shared_ptr<const PictureFile>> PictureStore::render(const std::string& key, int camera,
                                                                const Recipe& recipe) {
  const RenderJob& job = views_[static_cast<size_t>(camera)].job;

  const fs::path folder =
      options_.cache_folder.empty() ? default_cache_folder() : options_.cache_folder;
  const fs::path path = folder / fmt::format("{:016x}.world", hash_of(key));
  if (auto kept = PictureFile::open(path, key); kept && recipe.holds(**kept, job.frames())) {
    return kept;
  }

  if (options_.on_rendering) {
    options_.on_rendering(fmt::format("rendering the pictures of virtual camera {} ({}), once",
                                      camera + 1, recipe.mode));
  }
  const int threads =
      options_.render_threads > 0 ? options_.render_threads : tbb::task_arena::automatic;
  tbb::task_arena arena(threads);
  auto blobs = arena.execute([&] { return recipe.render(job); });
  if (!blobs) return std::move(blobs).error();
  std::string content = PictureFile::encode(key, *blobs);
  if (auto kept = keep(folder, path, content); kept) {
    if (auto opened = PictureFile::open(path, key)) return opened;
  } else {
    log(LogLevel::warning, "the rendered world is not kept: " + kept.error().message);
  }
  return PictureFile::in_memory(std::move(content));
}

Result<void> PictureStore::keep(const fs::path& folder, const fs::path& path,
                                const std::string& content) const {
  if (folder.empty()) return Error{Errc::io, "neither XDG_CACHE_HOME nor HOME is set"};
  if (content.size() > options_.cache_limit_bytes) {
    return Error{Errc::no_space, "it is larger than the cache's limit"};
  }
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return error_from_errno(failed.value(), "can't make the folder", folder);
  make_room(folder, content.size(), options_.cache_limit_bytes);
  return write_file_whole(path, content, ExistingFile::replace);
}

PictureStore::Recipe PictureStore::color_recipe(const CameraConfig& config,
                                                const RenderProgress& progress) {
  const ImageShape shape = color_shape(config);
  const ColorResolution resolution = config.color_resolution;
  if (shape.format == PixelFormat::mjpg) {
    return {Sensor::color, fmt::format("colour {}", to_string(resolution)),
            [=](const RenderJob& job) { return render_jpegs(job, resolution, progress); },
            holds_jpegs};
  }
  return {
      Sensor::color, "colour " + color_mode_name(config.color_format, resolution),
      [=](const RenderJob& job) { return render_color(job, resolution, shape.format, progress); },
      [=](const PictureFile& kept, int frames) { return holds_color(kept, shape, frames); }};
}

Result<std::shared_ptr<const Pictures>> PictureStore::get(int camera, const CameraConfig& config,
                                                          const RenderProgress& progress) {
  if (world_.timing_only) return flat_pictures(config, options_.whole_images);
  const Turn turn(*this, progress);
  if (!turn.taken()) return rendering_stopped();
  const double color_share = config.depth_on() ? 0.7 : 1;
  const auto part = [&](double from, double length) {
    return [&progress, from, length](double done) {
      return !progress || progress(from + length * done);
    };
  };
  std::shared_ptr<const PictureFile> color;
  std::shared_ptr<const PictureFile> depth;
  if (config.color_on()) {
    auto made = file(camera, color_recipe(config, part(0, color_share)));
    if (!made) return std::move(made).error();
    color = *std::move(made);
  }
  if (config.depth_on()) {
    const double from = config.color_on() ? color_share : 0;
    const Recipe recipe{Sensor::depth, std::string(to_string(config.depth_mode)),
                        [&](const RenderJob& job) {
                          return render_depth(job, config.depth_mode, part(from, 1 - from));
                        },
                        [&](const PictureFile& kept, int frames) {
                          return holds_depth(kept, config.depth_mode, frames);
                        }};
    auto made = file(camera, recipe);
    if (!made) return std::move(made).error();
    depth = *std::move(made);
  }
  return play_rendered(config, color, depth, world_.depth_noise_scale);
}

}  // namespace lockstep
