// SPDX-License-Identifier: MIT
#include "lockstep/export/colmap_folder.h"

#include <fmt/core.h>

#include <Eigen/Geometry>

#include "lockstep/base/files.h"
#include "lockstep/codec/color_picture.h"
#include "lockstep/codec/png_file.h"
#include "lockstep/export/set_images.h"
#include "lockstep/fuse/cloud_fusion.h"
#include "lockstep/geometry/opencv_lens.h"

namespace lockstep {
namespace {

/// The files of the model (https://colmap.github.io/format.html), grown image by image.
struct Model {
  std::vector<RigidTransform> color_from_rig;  ///< of each camera
  std::string cameras, images, frames, points;
  int64_t image_count = 0, frame_count = 0;
};

/// QW QX QY QZ TX TY TZ.
std::string pose_text(const RigidTransform& pose) {
  const Eigen::Quaterniond q = Eigen::Quaterniond(pose.rotation).normalized();
  const Eigen::Vector3d& t = pose.translation;
  return fmt::format("{} {} {} {} {} {} {}", q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z());
}

Result<void> add_camera(const FusionCamera& camera, Model& model) {
  if (!camera.geometry.color) {
    return Error{
        Errc::unusable_input,
        fmt::format("'{}' has no colour pictures, and a COLMAP model is made of them: leave "
                    "the camera out with --camera",
                    camera.name)};
  }
  const CameraModel& lens = *camera.geometry.color;
  const auto distortion = opencv_distortion(lens);
  if (!distortion) {
    return Error{Errc::unsupported,
                 fmt::format("'{}' has a colour lens that COLMAP's FULL_OPENCV is not: export png, "
                             "which is undistorted, or leave the camera out with --camera",
                             camera.name)};
  }
  model.color_from_rig.push_back(camera.geometry.color_from_depth *
                                 camera.rig_from_depth.inverse());
  // COLMAP counts pixels from the corner of the first one, not from its centre.
  model.cameras +=
      fmt::format("{} FULL_OPENCV {} {} {} {} {} {}", model.color_from_rig.size(), lens.width_px,
                  lens.height_px, lens.fx_px, lens.fy_px, lens.cx_px + 0.5, lens.cy_px + 0.5);
  for (const double number : *distortion) model.cameras += fmt::format(" {}", number);
  model.cameras += '\n';
  return {};
}

/// Cameras are numbered from 1, and the first one defines the rig.
std::string rigs_text(const Model& model) {
  std::string text = fmt::format("1 {} CAMERA 1", model.color_from_rig.size());
  const RigidTransform world_from_first = model.color_from_rig.front().inverse();
  for (size_t i = 1; i < model.color_from_rig.size(); ++i) {
    text += fmt::format(" CAMERA {} 1 {}", i + 1,
                        pose_text(model.color_from_rig[i] * world_from_first));
  }
  return text + "\n";
}

Result<void> write_model(const std::filesystem::path& folder, const Model& model, Exported& to) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return error_from_errno(failed.value(), "cannot make the folder", folder);
  const std::pair<const char*, std::string> files[] = {
      {"cameras.txt",
       "# CAMERA_ID, MODEL, WIDTH, HEIGHT, fx, fy, cx, cy, k1, k2, p1, p2, k3..k6\n" +
           model.cameras},
      {"rigs.txt",
       "# RIG_ID, NUM_SENSORS, REF_SENSOR_TYPE, REF_SENSOR_ID, SENSORS[] as (SENSOR_TYPE, "
       "SENSOR_ID, HAS_POSE, QW, QX, QY, QZ, TX, TY, TZ)\n" +
           rigs_text(model)},
      {"frames.txt",
       "# FRAME_ID, RIG_ID, QW, QX, QY, QZ, TX, TY, TZ, NUM_DATA_IDS, DATA_IDS[] as (SENSOR_TYPE, "
       "SENSOR_ID, DATA_ID)\n" +
           model.frames},
      {"images.txt",
       "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME, then a line of points, empty\n" +
           model.images},
      {"points3D.txt", "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[], empty\n" + model.points}};
  for (const auto& [name, text] : files) {
    if (auto added = add_file(folder / name, text, to); !added) return added;
  }
  return {};
}

/// The cloud of a set, of which every so many points are kept.
Result<std::string> points_text(const Footage& footage, const FootageViews& views,
                                const CaptureSet& set) {
  constexpr size_t kMostPoints = 100'000;
  SetImages images(footage, views);
  if (auto read = images.read(set, true); !read) return std::move(read).error();
  auto fusion = CloudFusion::make(views.cameras);
  if (!fusion) return std::move(fusion).error();
  PointCloud cloud;
  if (auto fused = fusion->fuse(with_color_only(images.images()), cloud); !fused)
    return std::move(fused).error();
  std::string text;
  const size_t step = cloud.points.size() / kMostPoints + 1;
  for (size_t i = 0; i < cloud.points.size(); i += step) {
    const Eigen::Vector3f& p = cloud.points[i];
    const auto& c = cloud.colors[i];
    text += fmt::format("{} {} {} {} {} {} {} 0\n", i / step + 1, p.x(), p.y(), p.z(), c[0], c[1],
                        c[2]);
  }
  return text;
}

/// The picture as it was recorded; what is no JPEG becomes a PNG.
struct ColmapPicture {
  std::string ending, content;
};

/// Errors name the camera and the tick.
Result<ColmapPicture> picture_of(const Image& image, const FusionCamera& camera, Tick tick) {
  if (auto checked = check_pixels(image, *camera.geometry.color, camera.name, tick); !checked)
    return std::move(checked).error();
  if (image.format == PixelFormat::mjpg) {
    const auto bytes = image.bytes.get();
    return ColmapPicture{".jpg", {reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
  }
  const auto picture = color_picture(image);
  if (!picture) return of_image(picture.error(), camera.name, tick);
  auto png = encode_png(*picture);
  if (!png) return of_image(png.error(), camera.name, tick);
  return ColmapPicture{".png", *std::move(png)};
}

class ColmapExport {
 public:
  ColmapExport(const Footage& footage, const FootageViews& views, bool points,
               const std::filesystem::path& folder)
      : footage_(footage),
        views_(views),
        names_(plain_names(views.cameras)),
        points_(points),
        folder_(folder) {
    exported_.target = folder;
  }

  Result<void> begin() {
    for (const FusionCamera& camera : views_.cameras) {
      if (auto added = add_camera(camera, model_); !added) return added;
    }
    return check_new(folder_.path());
  }

  /// A tick is in the model only once all its images are written.
  Result<void> add(const CaptureSet& set) {
    std::string data_ids, lines;
    int images = 0;
    for (size_t i = 0; i < set.slots.size(); ++i) {
      const CapturePtr& capture = set.slots[i].capture;
      if (capture == nullptr || !capture->color) continue;
      const auto name = add_image(i, set.tick, *capture->color);
      if (!name) return name.error();
      if (!*name) continue;
      ++images;
      const int number = model_.image_count + images;
      lines += fmt::format("{} {} {} {}\n\n", number, pose_text(model_.color_from_rig[i]), i + 1,
                           **name);
      data_ids += fmt::format(" CAMERA {} {}", i + 1, number);
    }
    if (images == 0) return {};
    if (points_ && model_.frame_count == 0) {
      auto text = points_text(footage_, views_, set);
      if (!text) return std::move(text).error();
      model_.points = *std::move(text);
    }
    model_.images += lines;
    model_.image_count += images;
    model_.frames += fmt::format("{} 1 {} {}{}\n", ++model_.frame_count,
                                 pose_text(model_.color_from_rig.front()), images, data_ids);
    ++exported_.ticks;
    return {};
  }

  Result<Exported> finish() {
    if (auto written = write_model(folder_.path() / "sparse", model_, exported_); !written)
      return std::move(written).error();
    undecoded_.remark(exported_);
    return exported_;
  }
  [[nodiscard]] Exported& exported() { return exported_; }
  [[nodiscard]] const NewFolder& folder() const { return folder_; }
  [[nodiscard]] Error nothing() const { return no_picture(footage_, undecoded_); }

 private:
  Result<void> make_folders() {
    if (auto made = folder_.make(); !made) return made;
    for (const std::string& name : names_) {
      if (auto made = make_new_folders(folder_.path() / "images" / name); !made) return made;
    }
    return {};
  }

  /// The name of its file; nothing where it is no picture.
  Result<std::optional<std::string>> add_image(size_t camera, Tick tick, const Image& image) {
    const FusionCamera& view = views_.cameras[camera];
    auto picture = picture_of(image, view, tick);
    if (!picture) {
      undecoded_.add(picture.error());
      return std::optional<std::string>();
    }
    if (!folder_.made()) {
      if (auto made = make_folders(); !made) return std::move(made).error();
    }
    const std::string name = names_[camera] + "/" + tick_name(tick) + picture->ending;
    const std::filesystem::path file = folder_.path() / "images" / name;
    if (auto added = add_file(file, picture->content, exported_); !added)
      return std::move(added).error();
    ++exported_.items;
    return std::optional(name);
  }

  const Footage& footage_;
  const FootageViews& views_;
  std::vector<std::string> names_;
  bool points_;
  NewFolder folder_;
  Model model_;
  UndecodedImages undecoded_;
  Exported exported_;
};

}  // namespace

Result<Exported> export_colmap(Footage& footage, const FootageViews& views,
                               const FootageChoice& choice, bool points,
                               const std::filesystem::path& folder,
                               const ExportProgress& progress) {
  if (auto named = check_folder_name(folder); !named) return std::move(named).error();
  if (auto known = need_rig(footage, views); !known) return std::move(known).error();
  if (points) {
    if (auto has = need_depth(footage, views); !has) return std::move(has).error();
  }
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  ColmapExport model(footage, views, points, folder);
  if (auto begun = model.begin(); !begun) return std::move(begun).error();
  auto exported = add_all(footage, *walk, progress, model);
  if (exported) return model.finish();
  // What came before has its model, too, if the disk still takes it.
  if (model.exported().ticks > 0) (void)model.finish();
  model.folder().remove_if_empty(model.exported());
  return exported;
}

}  // namespace lockstep
