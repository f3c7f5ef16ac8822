// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/base/new_files.h"
#include "lockstep/codec/picture.h"
#include "lockstep/export/footage_views.h"

namespace lockstep {

/// What was written.
struct Exported {
  std::filesystem::path target;   ///< the folder or file
  std::filesystem::path first{};  ///< of several files beside each other, the first
  int64_t ticks = 0;              ///< that something was written of
  int64_t left_out = 0;           ///< ticks on which a camera was missing or not in step
  uint64_t items = 0;             ///< images, messages, or clouds and meshes
  uint64_t bytes = 0;
  std::vector<std::string> remarks;  ///< what a person has to know of it, a sentence each
};

/// Told how many of so many ticks are done; false stops the work, which ends with cancelled.
using ExportProgress = std::function<bool(int64_t done, int64_t total)>;

/// "tick-000123": how files of a tick are called, so that they sort.
[[nodiscard]] std::string tick_name(Tick tick);

/// The names of cameras as other programs take them in topics and file lists: letters, digits and
/// _, none of them twice.
[[nodiscard]] std::vector<std::string> plain_names(const std::vector<FusionCamera>& cameras);

/// Whether a folder, or an MCAP file, is not called like a file of another format ("left.ply"); of
/// a folder that is asked for by its format (".png"), that is none. Errors: invalid_argument, what
/// to call it.
Result<void> check_folder_name(const std::filesystem::path& folder,
                               std::string_view of_format = {});
Result<void> check_mcap_name(const std::filesystem::path& file);

/// The new folder of an export, made with the first tick.
class NewFolder {
 public:
  explicit NewFolder(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool made() const { return made_; }
  /// Errors: those of make_new_folders.
  Result<void> make();
  /// After a failure: where not a tick came about, nothing stands in the way of another try.
  void remove_if_empty(const Exported& exported) const;

 private:
  std::filesystem::path path_;
  bool made_ = false;
};

/// Whether an image holds the pixels that its lens sees: unusable_input where it does not, as in
/// takes that were simulated with timing_only. `camera` is for the sentence.
Result<void> check_pixels(const Image& image, const CameraModel& lens, const std::string& camera,
                          Tick tick);

/// An error of one image, with its camera and tick before it.
Error of_image(const Error& why, const std::string& camera, Tick tick);

/// The pixels of a colour image. Errors: those of check_pixels, and unusable_input for what cannot
/// be decoded; all name camera and tick.
Result<RgbPicture> lens_picture(const Image& image, const CameraModel& lens,
                                const std::string& camera, Tick tick);

/// Writes the file and counts it. Errors: those of write_file_whole.
Result<void> add_file(const std::filesystem::path& path, std::string_view content, Exported& to);

/// None of the chosen ticks was one to write.
Error nothing_to_write(const Footage& footage, const TickWalk& walk);

/// Of the ticks that were there nothing could be made: no depth.
Error nothing_seen(const Footage& footage);

/// Colour images without pixels, or that could not be decoded: a cut one is no reason to stop.
struct UndecodedImages {
  int64_t images = 0;
  std::string first;  ///< camera, tick and why

  /// `why` names camera and tick.
  void add(const Error& why);
  void add(const UndecodedImages& others);
  /// Says so, if there are any.
  void remark(Exported& to) const;
};

/// Of the ticks that were there nothing could be made: no picture.
Error no_picture(const Footage& footage, const UndecodedImages& undecoded = {});

/// Says of ticks that were there, and of which nothing could be made.
void remark_on_empty(int64_t ticks, Exported& to);

/// Stopped by the user, after so much.
Error stopped(const Exported& so_far);

/// A disk that failed, with what of several files stays where some ticks were written.
Error with_what_stays(Error why, const Exported& so_far);

/// Gives every set of a walk to `work`, whose add(set) writes it, whose exported() says what was
/// written, and whose nothing() why nothing could be made of any. Errors: those of the footage and
/// of add(); stopped(); nothing_to_write(); nothing().
template <typename Work>
Result<Exported> add_all(const Footage& footage, TickWalk& walk, const ExportProgress& progress,
                         Work& work) {
  while (true) {
    auto set = walk.next(progress);
    if (!set) return std::move(set).error();
    if (!*set) break;
    if (auto added = work.add(**set); !added)
      return with_what_stays(std::move(added).error(), work.exported());
  }
  if (walk.stopped()) return stopped(work.exported());
  if (work.exported().ticks == 0)
    return walk.taken() == 0 ? nothing_to_write(footage, walk) : work.nothing();
  work.exported().left_out = walk.left_out();
  return work.exported();
}

}  // namespace lockstep
