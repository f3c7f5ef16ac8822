// SPDX-License-Identifier: MIT
#include "lockstep/export/mcap_export.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "lockstep/codec/color_picture.h"
#include "lockstep/export/camera_cloud.h"
#include "lockstep/export/mcap_file.h"
#include "lockstep/export/recorded_stream.h"
#include "lockstep/export/ros_messages.h"
#include "lockstep/geometry/calibration.h"

namespace lockstep {
namespace {

// As `ros2 bag` writes it for a topic whose last message late listeners get, too.
constexpr const char* kLatched =
    "- history: 3\n  depth: 0\n  reliability: 1\n  durability: 1\n  deadline:\n    sec: "
    "9223372036\n    nsec: 854775807\n  lifespan:\n    sec: 9223372036\n    nsec: 854775807\n  "
    "liveliness: 1\n  liveliness_lease_duration:\n    sec: 9223372036\n    nsec: 854775807\n  "
    "avoid_ros_namespace_conventions: false";

McapChannel add_channel(McapFile& file, const std::string& topic, RosType type,
                        const std::string& qos = "") {
  return file.add_channel(topic, ros_name(type), "ros2msg", ros_definition(type), "cdr",
                          {{"offered_qos_profiles", qos}});
}

/// Images of one sensor with the camera info that goes with each.
struct ImageTopic {
  McapChannel image = 0;
  std::optional<McapChannel> info;
  std::string frame;
  std::optional<CameraModel> lens;
};

/// Everything that one camera's recordings become.
class CameraTopics {
 public:
  CameraTopics(McapFile& file, const FootageCamera& camera, const FusionCamera& view,
               const std::string& name, bool points)
      : file_(file), view_(view), name_(name) {
    const RecordingHeader& header = camera.header;
    if (header.has_color) {
      const bool jpeg = header.camera.color_format == ColorFormat::mjpg;
      color_ = add_images("rgb", jpeg ? "/image_raw/compressed" : "/image_raw",
                          jpeg ? RosType::compressed_image : RosType::image, "color",
                          view.geometry.color);
    }
    if (header.has_depth)
      depth_ = add_images("depth", "/image_raw", RosType::image, "depth", view.geometry.depth);
    if (header.has_ir)
      ir_ = add_images("ir", "/image_raw", RosType::image, "depth", view.geometry.depth);
    if (header.has_imu) imu_ = add_channel(file, "/" + name + "/imu", RosType::imu);
    if (points && header.has_depth) {
      points_ = add_channel(file, "/" + name + "/points2", RosType::point_cloud);
      cloud_ = std::make_unique<CameraCloud>(view);
    }
  }

  /// `tick`: that the capture is nearest to, for messages.
  Result<void> write(const Capture& capture, const FootagePart& clock, Tick tick) {
    color_is_whole_ = true;
    if (capture.color) {
      if (auto written = write_color(*capture.color, clock.rig_time(capture.color->stamp), tick);
          !written)
        return written;
    }
    for (const auto& [image, topic, encoding] :
         {Plane{capture.depth, depth_, "16UC1"}, Plane{capture.ir, ir_, "mono16"}}) {
      if (!image) continue;
      if (auto checked = check(*image, topic, tick); !checked) return checked;
      const RosHeader header{clock.rig_time(image->stamp), topic.frame};
      const std::string message = ros_image(header, image->width_px, image->height_px, encoding,
                                            image->width_px * 2, image->bytes.get());
      if (auto written = write_image(topic, header, message); !written) return written;
    }
    return points_ && capture.depth ? write_points(capture, clock, tick) : Result<void>{};
  }

  Result<void> write(const ImuSample& sample, RigTime time) {
    return file_.write(imu_, time, ros_imu({time, imu_frame()}, sample));
  }

  [[nodiscard]] const UndecodedImages& undecoded() const { return undecoded_; }
  [[nodiscard]] int64_t images() const { return images_; }  ///< written

  /// What stands still: the camera in the rig, where that is known, and its sensors.
  void add_transforms(const FootageCamera& camera, bool in_rig,
                      std::vector<RosTransform>& transforms) const {
    const std::string depth = frame_of("depth");
    if (in_rig) transforms.push_back({"rig", depth, view_.rig_from_depth});
    if (view_.geometry.color)
      transforms.push_back({depth, frame_of("color"), view_.geometry.color_from_depth.inverse()});
    const auto factory = parse_calibration(camera.header.calibration_json);
    if (factory && camera.header.has_imu) {
      transforms.push_back(
          {depth, imu_frame(), factory->accelerometer.sensor_from_depth.inverse()});
    }
  }

 private:
  struct Plane {
    const std::optional<Image>& image;
    const ImageTopic& topic;
    const char* encoding;
  };

  [[nodiscard]] std::string frame_of(const char* sensor) const {
    return fmt::format("{}_{}_optical_frame", name_, sensor);
  }
  [[nodiscard]] std::string imu_frame() const { return name_ + "_imu_frame"; }

  ImageTopic add_images(const char* topic, const char* ending, RosType type, const char* sensor,
                        const std::optional<CameraModel>& lens) {
    const std::string base = fmt::format("/{}/{}", name_, topic);
    ImageTopic images;
    images.image = add_channel(file_, base + ending, type);
    if (lens) images.info = add_channel(file_, base + "/camera_info", RosType::camera_info);
    images.frame = frame_of(sensor);
    images.lens = lens;
    return images;
  }

  Result<void> write_image(const ImageTopic& topic, const RosHeader& header,
                           std::string_view message) {
    ++images_;
    if (auto written = file_.write(topic.image, header.time, message); !written || !topic.info)
      return written;
    return file_.write(*topic.info, header.time, ros_camera_info(header, *topic.lens));
  }

  /// Against its lens, where that is known.
  [[nodiscard]] Result<void> check(const Image& image, const ImageTopic& topic, Tick tick) const {
    return check_pixels(image, topic.lens.value_or(CameraModel{image.width_px, image.height_px}),
                        view_.name, tick);
  }

  Result<void> write_color(const Image& image, RigTime time, Tick tick) {
    if (auto checked = check(image, color_, tick); !checked) return leave_out(checked.error());
    const RosHeader header{time, color_.frame};
    if (image.format == PixelFormat::mjpg)
      return write_image(color_, header, ros_compressed_image(header, "jpeg", image.bytes.get()));
    if (image.format == PixelFormat::bgra32) {
      return write_image(color_, header,
                         ros_image(header, image.width_px, image.height_px, "bgra8",
                                   image.stride_bytes, image.bytes.get()));
    }
    // Readers take YUV for limited range, and the sensor gives full range.
    const auto picture = color_picture(image);
    if (!picture) return leave_out(of_image(picture.error(), view_.name, tick));
    return write_image(color_, header,
                       ros_image(header, image.width_px, image.height_px, "rgb8",
                                 3 * image.width_px, std::as_bytes(std::span(picture->rgb))));
  }

  /// A colour image that is no picture.
  Result<void> leave_out(const Error& why) {
    undecoded_.add(why);
    color_is_whole_ = false;
    return {};
  }

  Result<void> write_points(const Capture& capture, const FootagePart& clock, Tick tick) {
    const RigTime time = clock.rig_time(capture.depth->stamp);
    std::vector<uint8_t> bgra;
    if (capture.color && color_is_whole_ && view_.geometry.color) {
      auto converted = color_bgra(*capture.color);
      if (converted)
        bgra = *std::move(converted);
      else
        undecoded_.add(of_image(converted.error(), view_.name, tick));
    }
    const auto points = cloud_->points(capture.depth->samples(), bgra);
    if (!points) return points.error();
    return file_.write(*points_, time,
                       ros_point_cloud({time, depth_.frame}, *points, !bgra.empty()));
  }

  McapFile& file_;
  const FusionCamera& view_;
  std::string name_;
  ImageTopic color_, depth_, ir_;
  McapChannel imu_ = 0;
  std::optional<McapChannel> points_;
  UndecodedImages undecoded_;  ///< that are not written, or whose points have no colour
  int64_t images_ = 0;
  bool color_is_whole_ = true;  ///< of the capture that is written
  std::unique_ptr<CameraCloud> cloud_;
};

/// The streams of all cameras and what becomes of them.
class McapExport {
 public:
  McapExport(Footage& footage, const FootageViews& views, McapFile file)
      : footage_(footage), views_(views), file_(std::move(file)) {}

  Result<void> begin(const TickWalk& walk, const FootageChoice& choice, bool points) {
    const std::vector<std::string> names = plain_names(views_.cameras);
    if (auto told = tell_of_footage(); !told) return told;
    const McapChannel tf = add_channel(file_, "/tf_static", RosType::transforms, kLatched);
    const Nanos half_period(500'000'000 / footage_.frames_per_second());
    const RigTime first = footage_.instant(walk.first()) - half_period;
    // A message has no time before zero, which is tick 0 of most takes, give or take its jitter.
    const RigTime from = choice.first_tick ? first : RigTime(std::chrono::milliseconds(-1));
    const RigTime to = choice.last_tick
                           ? footage_.instant(walk.first() + walk.ticks()) - half_period
                           : RigTime::max();
    std::vector<RosTransform> transforms;
    for (size_t i = 0; i < views_.chosen.size(); ++i) {
      const FootageCamera& camera = footage_.cameras()[views_.chosen[i]];
      if (points && camera.header.has_depth && !views_.cameras[i].geometry.depth) {
        return Error{Errc::invalid_argument,
                     fmt::format("there are no points of '{}', whose lenses are not known",
                                 views_.cameras[i].name)};
      }
      topics_.push_back(
          std::make_unique<CameraTopics>(file_, camera, views_.cameras[i], names[i], points));
      topics_.back()->add_transforms(camera, views_.calibration.has_value(), transforms);
      streams_.emplace_back(camera, from, to);
      if (auto begun = streams_.back().begin(); !begun) return begun;
    }
    return file_.write(tf, first, ros_transforms(first, transforms));
  }

  /// False after the last. `now` is the rig time of what was written.
  Result<bool> step(RigTime& now) {
    const auto next = std::min_element(
        streams_.begin(), streams_.end(),
        [](const RecordedStream& a, const RecordedStream& b) { return a.due() < b.due(); });
    if (next == streams_.end() || next->at_end()) return false;
    now = next->due();
    CameraTopics& topics = *topics_[static_cast<size_t>(next - streams_.begin())];
    const Tick tick = tick_at(now);
    const bool imu = next->imu_is_next();
    const Result<void> written =
        imu ? topics.write(next->imu(), now) : topics.write(next->capture(), next->clock(), tick);
    if (!written) return written.error();
    if (!imu && (!last_tick_ || tick > *last_tick_)) {  // they come in their order
      ++ticks_;
      last_tick_ = tick;
    }
    if (auto moved = next->advance(); !moved) return std::move(moved).error();
    return true;
  }

  [[nodiscard]] McapFile& file() { return file_; }
  /// On which some camera has a capture, whatever ticks are common to all.
  [[nodiscard]] int64_t ticks() const { return ticks_; }
  void remark_on_undecoded(Exported& to) const { undecoded().remark(to); }
  /// Where images were recorded, and not one of them is one.
  [[nodiscard]] Result<void> check_images() const {
    const UndecodedImages lost = undecoded();
    const bool none = std::all_of(topics_.begin(), topics_.end(),
                                  [](const auto& topics) { return topics->images() == 0; });
    if (none && lost.images > 0) return no_picture(footage_, lost);
    return {};
  }

 private:
  [[nodiscard]] UndecodedImages undecoded() const {
    UndecodedImages all;
    for (const auto& topics : topics_) all.add(topics->undecoded());
    return all;
  }
  [[nodiscard]] Tick tick_at(RigTime time) const {
    return nearest_tick(RigTime(time - footage_.instant(Tick{0})), footage_.frames_per_second());
  }

  /// Also of "take/" and ".".
  [[nodiscard]] std::string take_name() const {
    std::error_code failed;
    const auto whole = std::filesystem::absolute(footage_.path(), failed).lexically_normal();
    return without_trailing_slash(whole).filename().string();
  }

  Result<void> tell_of_footage() {
    return file_.add_metadata(
        "lockstep",
        {{"take", take_name()},
         {"tick_0_ns", std::to_string(footage_.instant(Tick{0}).time_since_epoch().count())},
         {"frames_per_second", std::to_string(footage_.frames_per_second())},
         {"rig", views_.calibration ? std::string(to_string(views_.calibration->origin)) : ""}});
  }

  Footage& footage_;
  const FootageViews& views_;
  McapFile file_;
  std::vector<std::unique_ptr<CameraTopics>> topics_;
  std::vector<RecordedStream> streams_;
  std::optional<Tick> last_tick_;  ///< that a capture was written of
  int64_t ticks_ = 0;
};

}  // namespace

Result<Exported> export_mcap(Footage& footage, const FootageViews& views,
                             const FootageChoice& choice, bool points,
                             const std::filesystem::path& file, const ExportProgress& progress) {
  if (auto named = check_mcap_name(file); !named) return std::move(named).error();
  auto walk = TickWalk::begin(footage, views, choice);
  if (!walk) return std::move(walk).error();
  if (auto absent = check_new(file); !absent) return std::move(absent).error();
  if (auto made = make_folder_of(file); !made) return std::move(made).error();
  auto begun = McapFile::begin(file, "ros2", "lockstep");
  if (!begun) return std::move(begun).error();
  McapExport work(footage, views, *std::move(begun));
  if (auto ready = work.begin(*walk, choice, points); !ready) return std::move(ready).error();
  RigTime now = footage.instant(walk->first());
  for (bool more = true; more;) {
    const Nanos since_first = now - footage.instant(walk->first());
    const int64_t done = nearest_tick(RigTime(since_first), footage.frames_per_second()).index;
    if (!progress(std::clamp<int64_t>(done, 0, walk->ticks()), walk->ticks())) {
      return Error{Errc::cancelled, fmt::format("stopped; {} was not written", file.string())};
    }
    auto stepped = work.step(now);
    if (!stepped) return std::move(stepped).error();
    more = *stepped;
  }
  if (auto some = work.check_images(); !some) return std::move(some).error();
  Exported exported{.target = file, .ticks = work.ticks(), .items = work.file().messages()};
  auto finished = work.file().finish();
  if (!finished) return std::move(finished).error();
  exported.bytes = *finished;
  work.remark_on_undecoded(exported);
  return exported;
}

}  // namespace lockstep
