// SPDX-License-Identifier: MIT
#include "lockstep/export/fuse_clouds.h"

#include "lockstep/export/set_images.h"
#include "lockstep/fuse/cloud_fusion.h"

namespace lockstep {
namespace {

class CloudExport {
 public:
  CloudExport(const Footage& footage, const FootageViews& views, CloudFusion fusion,
              const std::filesystem::path& file)
      : footage_(footage),
        views_(views),
        fusion_(std::move(fusion)),
        images_(footage, views),
        colors_(have_color(views)) {
    exported_.target = file;
  }

  Result<void> add(const CaptureSet& set) {
    if (auto read = images_.read(set, colors_); !read) return read;
    const auto images = images_.images();
    auto fused =
        colors_ ? fusion_.fuse(with_color_only(images), cloud_) : fusion_.fuse(images, cloud_);
    if (!fused) return fused;
    if (cloud_.points.empty()) {
      ++empty_;
      return {};
    }
    const std::filesystem::path file = with_tick(exported_.target, set.tick);
    if (auto made = make_folder_of(file); !made) return made;
    if (auto added = add_fused(file, cloud_, footage_, views_, set.tick, exported_); !added)
      return added;
    ++exported_.ticks;
    return {};
  }

  [[nodiscard]] Exported& exported() { return exported_; }
  [[nodiscard]] Error nothing() const { return nothing_seen(footage_); }
  [[nodiscard]] Exported finish() {
    remark_on_empty(empty_, exported_);
    remark_on_colors(views_, exported_);
    images_.remark_on_undecoded(exported_);
    return exported_;
  }

 private:
  const Footage& footage_;
  const FootageViews& views_;
  CloudFusion fusion_;
  SetImages images_;
  bool colors_;
  PointCloud cloud_;
  int64_t empty_ = 0;  ///< ticks without a point
  Exported exported_;
};

}  // namespace

Result<Exported> fuse_clouds(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, const std::filesystem::path& file,
                             const ExportProgress& progress) {
  if (auto known = check_ending(file); !known) return std::move(known).error();
  if (auto known = need_rig(footage, views); !known) return std::move(known).error();
  if (auto has = need_depth(footage, views); !has) return std::move(has).error();
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  if (auto absent = check_no_ticks(file, *walk); !absent) return std::move(absent).error();
  CloudOptions options;
  options.colors = have_color(views);
  options.normals = true;
  auto fusion = CloudFusion::make(views.cameras, options);
  if (!fusion) return std::move(fusion).error();
  CloudExport work(footage, views, *std::move(fusion), file);
  auto exported = add_all(footage, *walk, progress, work);
  if (!exported) return exported;
  return work.finish();
}

}  // namespace lockstep
