// SPDX-License-Identifier: MIT
#include "lockstep/export/fuse_mesh.h"

#include <fmt/core.h>

#include "lockstep/base/text.h"
#include "lockstep/export/set_images.h"
#include "lockstep/fuse/tsdf.h"

namespace lockstep {
namespace {

class MeshExport {
 public:
  MeshExport(const Footage& footage, const FootageViews& views, Tsdf surface,
             const std::filesystem::path& file)
      : footage_(footage),
        views_(views),
        surface_(std::move(surface)),
        images_(footage, views),
        colors_(have_color(views)) {
    exported_.target = file;
  }

  Result<void> add(const CaptureSet& set) {
    if (auto read = images_.read(set, colors_); !read) return read;
    if (auto added = surface_.integrate(images_.images()); !added) return added;
    ++exported_.ticks;
    return {};
  }

  /// Writes what was added so far.
  Result<void> write(std::optional<Tick> tick) {
    const TriangleMesh mesh = surface_.mesh();
    const std::filesystem::path& file = exported_.target;
    if (mesh.triangles.empty()) {
      return Error{
          Errc::unusable_input,
          fmt::format("{}{}: no camera read depth that makes a surface", footage_.path().string(),
                      tick ? fmt::format(", tick {}", tick->index) : "")};
    }
    if (auto made = make_folder_of(file); !made) return made;
    return add_fused(tick ? with_tick(file, *tick) : file, mesh, footage_, views_, tick, exported_);
  }

  /// A mesh of this tick alone.
  Result<void> write_alone(const CaptureSet& set) {
    surface_.clear();
    if (auto added = add(set); !added) return added;
    return write(set.tick);
  }

  [[nodiscard]] Exported finish(int64_t left_out) {
    exported_.left_out = left_out;
    if (surface_.dropped_blocks() > 0) {
      exported_.remarks.push_back(
          fmt::format("the scene is larger than what is held in memory, and {} of it had to go: "
                      "choose larger voxels with --voxel-mm, fewer cameras or fewer ticks",
                      counted(static_cast<int64_t>(surface_.dropped_blocks()), "block")));
    }
    return exported_;
  }
  [[nodiscard]] const Exported& so_far() const { return exported_; }

 private:
  const Footage& footage_;
  const FootageViews& views_;
  Tsdf surface_;
  SetImages images_;
  bool colors_;
  Exported exported_;
};

}  // namespace

Result<Exported> fuse_mesh(Footage& footage, const FootageViews& views, const FootageChoice& choice,
                           const std::filesystem::path& file, const MeshChoice& mesh,
                           const ExportProgress& progress) {
  if (auto known = check_ending(file); !known) return std::move(known).error();
  if (auto known = need_rig(footage, views); !known) return std::move(known).error();
  if (auto has = need_depth(footage, views); !has) return std::move(has).error();
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  if (auto absent = mesh.per_tick ? check_no_ticks(file, *walk) : check_new(file); !absent)
    return std::move(absent).error();
  TsdfOptions options;
  options.voxel_m = mesh.voxel_m;
  options.colors = have_color(views);
  auto surface = Tsdf::make(views.cameras, options);
  if (!surface) return std::move(surface).error();
  MeshExport work(footage, views, *std::move(surface), file);
  while (true) {
    if (!progress(walk->walked(), walk->ticks())) return stopped(work.so_far());
    auto set = walk->next();
    if (!set) return std::move(set).error();
    if (!*set) break;
    if (auto added = mesh.per_tick ? work.write_alone(**set) : work.add(**set); !added)
      return std::move(added).error();
  }
  if (work.so_far().ticks == 0) return nothing_to_write(footage, *walk);
  if (!mesh.per_tick) {
    if (auto written = work.write(std::nullopt); !written) return std::move(written).error();
  }
  return work.finish(walk->left_out());
}

}  // namespace lockstep
