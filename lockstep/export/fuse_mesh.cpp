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
             const std::filesystem::path& file, bool per_tick)
      : footage_(footage),
        views_(views),
        surface_(std::move(surface)),
        images_(footage, views),
        colors_(have_color(views)),
        per_tick_(per_tick) {
    exported_.target = file;
  }

  /// Writes it, too, where every tick has a mesh of its own.
  Result<void> add(const CaptureSet& set) {
    if (per_tick_) surface_.clear();
    if (auto read = images_.read(set, colors_); !read) return read;
    if (auto added = surface_.integrate(images_.images()); !added) return added;
    if (per_tick_) return write(set.tick);
    ++exported_.ticks;
    return {};
  }

  [[nodiscard]] Exported& exported() { return exported_; }
  [[nodiscard]] Error nothing() const { return nothing_seen(footage_); }

  /// Writes the mesh of all ticks.
  Result<Exported> finish() {
    if (!per_tick_) {
      const TriangleMesh mesh = surface_.mesh();
      if (mesh.triangles.empty()) return nothing();
      const std::filesystem::path& file = exported_.target;
      if (auto made = make_folder_of(file); !made) return std::move(made).error();
      if (auto added = add_fused(file, mesh, footage_, views_, std::nullopt, exported_); !added)
        return std::move(added).error();
    }
    remark_on_empty(empty_, exported_);
    images_.remark_on_undecoded(exported_);
    if (surface_.dropped_blocks() > 0) {
      exported_.remarks.push_back(
          fmt::format("the scene is larger than what is held in memory, and {} of it had to go: "
                      "choose larger voxels with --voxel-mm, fewer cameras or fewer ticks",
                      counted(static_cast<int64_t>(surface_.dropped_blocks()), "block")));
    }
    remark_on_colors(views_, exported_);
    if (surface_.overflowed()) {
      exported_.remarks.emplace_back(
          "what the cameras see at one tick is more than is held in memory, and parts of the "
          "surface are missing: choose larger voxels with --voxel-mm, or fewer cameras");
    }
    return exported_;
  }

 private:
  Result<void> write(Tick tick) {
    const TriangleMesh mesh = surface_.mesh();
    if (mesh.triangles.empty()) {
      ++empty_;
      return {};
    }
    const std::filesystem::path file = with_tick(exported_.target, tick);
    if (auto made = make_folder_of(file); !made) return made;
    if (auto added = add_fused(file, mesh, footage_, views_, tick, exported_); !added) return added;
    ++exported_.ticks;
    return {};
  }

  const Footage& footage_;
  const FootageViews& views_;
  Tsdf surface_;
  SetImages images_;
  bool colors_, per_tick_;
  int64_t empty_ = 0;  ///< ticks without a surface
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
  MeshExport work(footage, views, *std::move(surface), file, mesh.per_tick);
  auto exported = add_all(footage, *walk, progress, work);
  if (!exported) return exported;
  return work.finish();
}

}  // namespace lockstep
