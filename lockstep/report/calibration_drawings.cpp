// SPDX-License-Identifier: MIT
#include "lockstep/report/calibration_drawings.h"

#include <fmt/core.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "lockstep/base/text.h"
#include "lockstep/report/html.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kWidth = 760;
constexpr double kMargin = 50;
constexpr double kExaggerated = 10;

struct Seen {
  std::string name;
  double x = 0, y = 0;            ///< metres, from above: x to the right, y up the page
  double look_x = 0, look_y = 0;  ///< where it looks, unit length unless it looks up or down
  double half_view_rad = 0;       ///< of its depth camera, to each side

  /// What lies `way_m` away at an edge of its view (`side` 1 or -1), or in the middle (0).
  [[nodiscard]] std::pair<double, double> seen(double way_m, int side) const {
    const double turn = side * half_view_rad;
    return {x + way_m * (look_x * std::cos(turn) - look_y * std::sin(turn)),
            y + way_m * (look_x * std::sin(turn) + look_y * std::cos(turn))};
  }
};

/// By how far left and right of its middle the image reaches, as a lens without distortion sees it.
double half_view_of(const Json& lens) {
  const double half_px = lens.at("width_px").get<double>() / 2;
  return std::atan(half_px / lens.at("fx_px").get<double>());
}

bool is_upright(const Json& calibration) {
  return calibration.at("origin") != "camera" && calibration.at("origin") != "board";
}

/// An axis of a camera in the rig's frame: 0 right, 1 down, 2 forward.
Eigen::Vector3d axis_of(const Json& camera, size_t axis) {
  const Json& r = camera.at("rig_from_depth").at("rotation");
  return {r.at(0).at(axis).get<double>(), r.at(1).at(axis).get<double>(),
          r.at(2).at(axis).get<double>()};
}

/// How the page lies in the rig's frame.
struct Page {
  Eigen::Vector3d right, up;
};

Page page_from_above(const Json& calibration) {
  if (is_upright(calibration)) return {Eigen::Vector3d::UnitX(), Eigen::Vector3d::UnitY()};
  const Json& cameras = calibration.at("cameras");
  const Json& first = cameras.at(0);
  Eigen::Vector3d above = Eigen::Vector3d::Zero();
  for (const Json& camera : cameras) above -= axis_of(camera, 1);
  if (above.norm() < 0.1) above = -axis_of(first, 1);
  above.normalize();
  const auto level = [&above](const Eigen::Vector3d& way) -> Eigen::Vector3d {
    return way - above * above.dot(way);
  };
  Eigen::Vector3d ahead = level(axis_of(first, 2));
  if (ahead.norm() < 0.1) ahead = level(-axis_of(first, 1));  // it looks down
  ahead.normalize();
  return {ahead.cross(above), ahead};
}

std::vector<Seen> from_above(const Json& calibration) {
  const Page page = page_from_above(calibration);
  std::vector<Seen> cameras;
  for (const Json& camera : calibration.at("cameras")) {
    const Json& t = camera.at("rig_from_depth").at("translation_m");
    const Eigen::Vector3d at(t.at(0).get<double>(), t.at(1).get<double>(), t.at(2).get<double>());
    const Eigen::Vector3d look = axis_of(camera, 2);
    cameras.push_back({camera.at("name").get<std::string>(), page.right.dot(at), page.up.dot(at),
                       page.right.dot(look), page.up.dot(look), half_view_of(camera.at("depth"))});
  }
  return cameras;
}

/// Metres to drawing.
class Ground {
 public:
  explicit Ground(const std::vector<Seen>& cameras) {
    double low_x = 1e9, high_x = -1e9, low_y = 1e9, high_y = -1e9;
    for (const Seen& camera : cameras) {
      const std::pair<double, double> here{camera.x, camera.y};
      for (const auto& [x, y] :
           {here, camera.seen(kLookM, -1), camera.seen(kLookM, 0), camera.seen(kLookM, 1)}) {
        low_x = std::min(low_x, x);
        high_x = std::max(high_x, x);
        low_y = std::min(low_y, y);
        high_y = std::max(high_y, y);
      }
    }
    low_x_ = low_x;
    high_y_ = high_y;
    scale_ = std::min((kWidth - 2 * kMargin) / std::max(high_x - low_x, 0.5),
                      420 / std::max(high_y - low_y, 0.5));
    height_ = 2 * kMargin + (high_y - low_y) * scale_;
    shift_ = (kWidth - (high_x - low_x) * scale_) / 2;
  }

  [[nodiscard]] double x(double m) const { return shift_ + (m - low_x_) * scale_; }
  [[nodiscard]] double y(double m) const { return kMargin + (high_y_ - m) * scale_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] double scale() const { return scale_; }

  static constexpr double kLookM = 0.6;

 private:
  double low_x_ = 0, high_y_ = 0, scale_ = 1, height_ = 0, shift_ = 0;
};

void draw_camera(const Ground& ground, const Seen& camera, size_t index, Svg& svg) {
  const std::string color = fmt::format("c{}", index % 10);
  const double x = ground.x(camera.x);
  const double y = ground.y(camera.y);
  std::vector<std::pair<double, double>> view;
  for (const auto& [to_x, to_y] :
       {camera.seen(Ground::kLookM, 1), camera.seen(0, 0), camera.seen(Ground::kLookM, -1)})
    view.emplace_back(ground.x(to_x), ground.y(to_y));
  svg.polyline(view, "s" + std::to_string(index % 10));
  svg.circle(x, y, 6, color, camera.name);
  const double away = std::hypot(camera.look_x, camera.look_y) > 0.1 ? 16 : 0;
  svg.text(x - away * camera.look_x, y + away * camera.look_y + 4, camera.name, "label",
           camera.look_x > 0.3    ? "end"
           : camera.look_x < -0.3 ? "start"
                                  : "middle");
}

/// Whether a line between two cameras would run through a third one, as in a chain it does.
bool through_another(const std::vector<Seen>& cameras, const Seen& a, const Seen& b) {
  constexpr double kNear = 0.12;  // of the length
  const double along_x = b.x - a.x, along_y = b.y - a.y;
  const double square = along_x * along_x + along_y * along_y;
  return std::any_of(cameras.begin(), cameras.end(), [&](const Seen& camera) {
    if (&camera == &a || &camera == &b || square == 0) return false;
    const double x = camera.x - a.x, y = camera.y - a.y;
    const double share = (x * along_x + y * along_y) / square;
    const double aside = std::abs(x * along_y - y * along_x) / square;
    return share > 0 && share < 1 && aside < kNear;
  });
}

/// Two cameras that share ticks, and what is said of it.
struct DrawnPair {
  const Seen *a, *b;
  std::string said;

  void line(const Ground& ground, Svg& svg) const {
    svg.line(ground.x(a->x), ground.y(a->y), ground.x(b->x), ground.y(b->y), "grid");
  }
  void label(const Ground& ground, Svg& svg) const {
    svg.text((ground.x(a->x) + ground.x(b->x)) / 2, (ground.y(a->y) + ground.y(b->y)) / 2 - 4, said,
             "label onbar", "middle");
  }
};

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j)
      text += i + j > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * j) & 63];
  }
  return text;
}

std::string draw_view(const Json& view, const CalibrationPicture& picture) {
  const double scale = 370.0 / picture.width_px;
  std::string marks;
  for (const Json& corner : view.at("corners")) {
    const double x = (corner.at(1).get<double>() + 0.5) * scale;
    const double y = (corner.at(2).get<double>() + 0.5) * scale;
    const double off_x = (corner.at(3).get<double>() - corner.at(1).get<double>()) * scale;
    const double off_y = (corner.at(4).get<double>() - corner.at(2).get<double>()) * scale;
    marks += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" class=\"seen\"/>"
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"off\"/>",
        x, y, x, y, x + kExaggerated * off_x, y + kExaggerated * off_y);
  }
  const std::string sensor = view.at("sensor") == "color" ? "colour" : "infrared";
  return fmt::format(
      "<figure><svg viewBox=\"0 0 370 {0:.1f}\" role=\"img\" aria-label=\"corners in {1}'s "
      "{2}\"><image width=\"370\" height=\"{0:.1f}\" href=\"data:image/jpeg;base64,{3}\"/>{4}</svg>"
      "<figcaption>{1}, {2}, tick {5}: {6} corners, {7:.2f} px{8}</figcaption></figure>\n",
      picture.height_px * scale, html_escape(view.at("camera").get<std::string>()), sensor,
      base64(picture.jpeg), marks, view.at("tick").get<int64_t>(), view.at("corners").size(),
      view.at("rms_px").get<double>(), view.at("worst").get<bool>() ? ", the worst one" : "");
}

}  // namespace

bool stands_upright(std::string_view calibration_json) {
  return is_upright(Json::parse(calibration_json));
}

std::string draw_rig_from_above(std::string_view calibration_json) {
  const Json calibration = Json::parse(calibration_json);
  const std::vector<Seen> cameras = from_above(calibration);
  const Ground ground(cameras);
  Svg svg(kWidth, ground.height(), "the cameras from above and which of them share ticks");
  std::map<std::string, const Seen*> by_name;
  for (const Seen& camera : cameras) by_name[camera.name] = &camera;
  std::vector<DrawnPair> pairs;
  for (const Json& pair : calibration.at("pairs")) {
    const Seen* a = by_name[pair.at("a").get<std::string>()];
    const Seen* b = by_name[pair.at("b").get<std::string>()];
    // The table has them all.
    if (a == nullptr || b == nullptr || through_another(cameras, *a, *b)) continue;
    std::string said = fmt::format("{} ticks", pair.at("ticks").get<int>());
    if (!pair.at("held_out").is_null())
      said += fmt::format(", {} mm", or_below(pair.at("held_out").at("mm").get<double>(), 1));
    pairs.push_back({a, b, std::move(said)});
  }
  // What is to be read comes last, on top of all lines.
  for (const DrawnPair& pair : pairs) pair.line(ground, svg);
  for (size_t i = 0; i < cameras.size(); ++i) draw_camera(ground, cameras[i], i, svg);
  for (const DrawnPair& pair : pairs) pair.label(ground, svg);
  const double end = kWidth - kMargin / 2;
  svg.line(end - ground.scale() / 2, ground.height() - 14, end, ground.height() - 14, "axis");
  svg.text(end - ground.scale() / 4, ground.height() - 20, "0.5 m", "label", "middle");
  return svg.take();
}

std::string draw_shown_views(std::string_view shown_json,
                             const std::vector<CalibrationPicture>& pictures) {
  const Json shown = Json::parse(shown_json);
  std::string html;
  for (size_t i = 0; i < shown.size() && i < pictures.size(); ++i) {
    if (!pictures[i].jpeg.empty()) html += draw_view(shown.at(i), pictures[i]);
  }
  return html;
}

}  // namespace lockstep
