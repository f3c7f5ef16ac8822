// SPDX-License-Identifier: MIT
#include "lockstep/export/fuse_clouds.h"

#include "lockstep/export/set_images.h"
#include "lockstep/fuse/cloud_fusion.h"

namespace lockstep {

Result<Exported> fuse_clouds(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, const std::filesystem::path& file,
                             const ExportProgress& progress) {
  if (auto known = check_ending(file); !known) return std::move(known).error();
  if (auto known = need_rig(footage, views); !known) return std::move(known).error();
  if (auto has = need_depth(footage, views); !has) return std::move(has).error();
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  if (auto absent = check_no_ticks(file, *walk); !absent) return std::move(absent).error();
  const bool colors = have_color(views);
  CloudOptions options;
  options.colors = colors;
  options.normals = true;
  auto fusion = CloudFusion::make(views.cameras, options);
  if (!fusion) return std::move(fusion).error();
  SetImages set_images(footage, views);
  PointCloud cloud;
  Exported exported{.target = file};
  while (true) {
    if (!progress(walk->walked(), walk->ticks())) return stopped(exported);
    auto set = walk->next();
    if (!set) return std::move(set).error();
    if (!*set) break;
    if (auto read = set_images.read(**set, colors); !read) return std::move(read).error();
    const auto images = set_images.images();
    auto fused =
        colors ? fusion->fuse(with_color_only(images), cloud) : fusion->fuse(images, cloud);
    if (!fused) return std::move(fused).error();
    if (auto made = make_folder_of(file); !made) return std::move(made).error();
    const Tick tick = (*set)->tick;
    if (auto added = add_fused(with_tick(file, tick), cloud, footage, views, tick, exported);
        !added)
      return std::move(added).error();
    ++exported.ticks;
  }
  if (exported.ticks == 0) return nothing_to_write(footage, *walk);
  exported.left_out = walk->left_out();
  return exported;
}

}  // namespace lockstep
