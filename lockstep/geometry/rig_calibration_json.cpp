// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "lockstep/base/files.h"
#include "lockstep/base/text.h"
#include "lockstep/geometry/opencv_lens.h"
#include "lockstep/geometry/rig_calibration.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr size_t kLimitBytes = 1u << 26;
constexpr std::array<std::string_view, 4> kOrigins{"camera", "gravity", "floor", "board"};
constexpr std::array<std::pair<LensModel, const char*>, 4> kLenses{
    {{LensModel::brown_conrady, "brown-conrady"},
     {LensModel::rational_6kt, "rational-6kt"},
     {LensModel::polynomial_3k, "polynomial-3k"},
     {LensModel::theta, "theta"}}};
// A turn written with ten digits is orthonormal to far better than this.
constexpr double kNotRigid = 1e-5;
// A rig fills a hall, and no more; farther away are millimetres that were taken for metres.
constexpr double kFarthestM = 200;
// The lenses of one device are 32 mm apart of any such camera; nothing this large is held in a
// hand.
constexpr double kFarthestInDeviceM = 0.2;

Json json_of(const RigidTransform& transform) {
  Json rotation = Json::array();
  for (int row = 0; row < 3; ++row) {
    rotation.push_back(
        {transform.rotation(row, 0), transform.rotation(row, 1), transform.rotation(row, 2)});
  }
  const Eigen::Vector3d& t = transform.translation;
  return {{"rotation", rotation}, {"translation_m", {t.x(), t.y(), t.z()}}};
}

const char* name_of(LensModel lens) {
  for (const auto& [known, name] : kLenses) {
    if (known == lens) return name;
  }
  return kLenses.front().second;
}

Json json_of(const CalibratedLens& lens) {
  const CameraModel& m = lens.model;
  const LensCorrection& c = lens.correction;
  return {{"width_px", m.width_px},
          {"height_px", m.height_px},
          {"fx_px", m.fx_px},
          {"fy_px", m.fy_px},
          {"cx_px", m.cx_px},
          {"cy_px", m.cy_px},
          {"lens", name_of(m.lens)},
          {"k", m.k},
          {"p1", m.p1},
          {"p2", m.p2},
          {"center_of_distortion", {m.center_of_distortion.x(), m.center_of_distortion.y()}},
          {"metric_radius", m.metric_radius},
          {"correction",
           {{"focal_x", c.focal_x},
            {"focal_y", c.focal_y},
            {"center_x_px", c.center_x_px},
            {"center_y_px", c.center_y_px}}}};
}

Json json_of(const CalibratedCamera& camera) {
  Json covariance = Json::array();
  for (int row = 0; row < 6; ++row) {
    Json numbers = Json::array();
    for (int column = 0; column < 6; ++column) numbers.push_back(camera.covariance(row, column));
    covariance.push_back(std::move(numbers));
  }
  return {{"name", camera.name},
          {"serial", camera.serial},
          {"rig_from_depth", json_of(camera.rig_from_depth)},
          {"rig_from_depth_covariance", std::move(covariance)},
          {"color_from_depth", json_of(camera.color_from_depth)},
          {"depth_offset_m", camera.depth_offset_m},
          {"color", json_of(camera.color)},
          {"depth", json_of(camera.depth)}};
}

/// Reads the members of one object. The first problem of all that share a text is kept in it.
class Entry {
 public:
  Entry(const Json& json, std::string where, std::string& problem)
      : json_(json), where_(std::move(where)), problem_(problem) {
    if (!json.is_object()) fail("", "is no object");
  }

  [[nodiscard]] Entry object(const char* key) {
    return {member(key), fmt::format("{}.{}", where_, key), problem_};
  }
  double number(const char* key, double least, double most) {
    const Json& value = member(key);
    if (!value.is_number()) return fail(key, "is missing or is no number"), 0;
    const double number = value.get<double>();
    if (!(number >= least && number <= most))
      return fail(key, fmt::format("is not among {} to {}", least, most)), 0;
    return number;
  }
  std::string text(const char* key) {
    const Json& value = member(key);
    if (!value.is_string()) return fail(key, "is missing or is no text"), "";
    return value.get<std::string>();
  }
  void numbers(const char* key, std::span<double> into) { take(member(key), key, into, ""); }
  /// Rows of equal length.
  void rows(const char* key, std::span<double> into, size_t count) {
    const Json& value = member(key);
    if (!value.is_array() || value.size() != count)
      return fail(key, fmt::format("is not {} rows", count));
    const size_t each = into.size() / count;
    for (size_t i = 0; i < count; ++i) take(value[i], key, into.subspan(i * each, each), " a row");
  }
  void fail(const char* key, std::string_view what) {
    if (problem_.empty())
      problem_ = fmt::format("'{}{}{}' {}", where_, *key == 0 ? "" : ".", key, what);
  }

 private:
  [[nodiscard]] const Json& member(const char* key) const {
    static const Json kNothing;
    if (!json_.is_object()) return kNothing;
    const auto found = json_.find(key);
    return found == json_.end() ? kNothing : *found;
  }
  void take(const Json& value, const char* key, std::span<double> into, std::string_view of) {
    if (!value.is_array() || value.size() != into.size())
      return fail(key, fmt::format("is missing or has{} not {} numbers", of, into.size()));
    for (size_t i = 0; i < into.size(); ++i) {
      if (!value[i].is_number()) return fail(key, "holds something that is no number");
      into[i] = value[i].get<double>();
      if (!std::isfinite(into[i])) return fail(key, "holds a number that is not finite");
    }
  }

  const Json& json_;
  std::string where_;
  std::string& problem_;
};

RigidTransform read_transform(Entry entry, double most_m, std::string_view too_far) {
  std::array<double, 9> r{};
  std::array<double, 3> t{};
  entry.rows("rotation", r, 3);
  entry.numbers("translation_m", t);
  RigidTransform transform;
  transform.rotation << r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8];
  transform.translation << t[0], t[1], t[2];
  const Eigen::Matrix3d off =
      transform.rotation * transform.rotation.transpose() - Eigen::Matrix3d::Identity();
  if (off.cwiseAbs().maxCoeff() > kNotRigid || transform.rotation.determinant() < 0)
    entry.fail("rotation", "is no rotation");
  if (transform.translation.cwiseAbs().maxCoeff() > most_m) entry.fail("translation_m", too_far);
  return transform;
}

CalibratedLens read_lens(Entry entry) {
  constexpr double kMost = 1e5;
  CalibratedLens lens;
  CameraModel& m = lens.model;
  m.width_px = static_cast<int>(entry.number("width_px", 1, 65536));
  m.height_px = static_cast<int>(entry.number("height_px", 1, 65536));
  m.fx_px = entry.number("fx_px", 1, kMost);
  m.fy_px = entry.number("fy_px", 1, kMost);
  m.cx_px = entry.number("cx_px", -kMost, kMost);
  m.cy_px = entry.number("cy_px", -kMost, kMost);
  m.p1 = entry.number("p1", -kMost, kMost);
  m.p2 = entry.number("p2", -kMost, kMost);
  m.metric_radius = entry.number("metric_radius", 0, kMost);
  entry.numbers("k", m.k);
  std::array<double, 2> center{};
  entry.numbers("center_of_distortion", center);
  m.center_of_distortion = {center[0], center[1]};
  const std::string name = entry.text("lens");
  const auto* const known = std::find_if(kLenses.begin(), kLenses.end(),
                                         [&](const auto& one) { return name == one.second; });
  known == kLenses.end() ? entry.fail("lens", "is '" + name + "', which is no lens model")
                         : void(m.lens = known->first);
  Entry correction = entry.object("correction");
  lens.correction = {correction.number("focal_x", -0.5, 0.5),
                     correction.number("focal_y", -0.5, 0.5),
                     correction.number("center_x_px", -kMost, kMost),
                     correction.number("center_y_px", -kMost, kMost)};
  return lens;
}

CalibratedCamera read_camera(Entry entry) {
  CalibratedCamera camera;
  camera.name = entry.text("name");
  camera.serial = entry.text("serial");
  if (camera.serial.empty())
    entry.fail("serial", "is empty, and cameras are told apart by their serial numbers");
  camera.rig_from_depth =
      read_transform(entry.object("rig_from_depth"), kFarthestM,
                     "is farther away than any camera of a rig: metres are meant");
  std::array<double, 36> covariance{};
  entry.rows("rig_from_depth_covariance", covariance, 6);
  camera.covariance =
      Eigen::Map<const Eigen::Matrix<double, 6, 6, Eigen::RowMajor>>(covariance.data());
  if (!is_covariance(camera.covariance))
    entry.fail("rig_from_depth_covariance",
               "is no covariance: it is not symmetric, has a direction of negative variance, or is "
               "larger than that of any camera of a rig");
  camera.color_from_depth =
      read_transform(entry.object("color_from_depth"), kFarthestInDeviceM,
                     "puts the colour camera outside of the device: metres are meant");
  camera.depth_offset_m = entry.number("depth_offset_m", -1, 1);
  camera.color = read_lens(entry.object("color"));
  camera.depth = read_lens(entry.object("depth"));
  return camera;
}

constexpr const char* kCalibrationKind = "lockstep-calibration";
constexpr const char* kLensKind = "lockstep-lens";

/// Why a text is no JSON: what was cut short is another thing than what never was any. `at`: the
/// byte where it fails, from 1 on.
std::string no_json(std::string_view text, size_t at) {
  if (text.empty()) return "it is empty";
  const std::string_view before = text.substr(0, std::max<size_t>(at, 1) - 1);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  if (at > text.size())
    return fmt::format("it ends in the middle, in line {}: the file was cut short", line);
  return fmt::format("it is no JSON: line {}, column {} cannot be read", line, column);
}

/// The object that a file is, if its head says that it is one of `kind`.
Json parse_file(std::string_view text, const char* where, const char* kind, std::string& problem) {
  if (text.size() > kLimitBytes) {
    problem = "it is far too long";
    return {};
  }
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    problem = no_json(text, error.byte);
    return {};
  } catch (const Json::exception& error) {  // a number that none can hold
    problem = "it is no JSON: " + json_problem(error.what());
    return {};
  }
  Entry root(json, where, problem);
  if (!problem.empty()) return json;
  if (root.text("kind") != kind) root.fail("kind", fmt::format("is not '{}'", kind));
  if (root.number("schema", 1, 1e6) > kSchema)
    root.fail("schema", "is of a later version of Lockstep");
  return json;
}

RigCalibration read(const Json& json, std::string& problem) {
  RigCalibration calibration;
  Entry root(json, "calibration", problem);
  const std::string origin = root.text("origin");
  const auto* const known = std::find(kOrigins.begin(), kOrigins.end(), origin);
  if (known == kOrigins.end())
    root.fail("origin", "is '" + origin + "', which fixes no rig");
  else
    calibration.origin = static_cast<RigOrigin>(known - kOrigins.begin());
  const auto cameras = json.find("cameras");
  if (cameras == json.end() || !cameras->is_array() || cameras->empty()) {
    root.fail("cameras", "is missing or empty");
    return calibration;
  }
  std::set<std::string> serials;
  for (size_t i = 0; i < cameras->size() && problem.empty(); ++i) {
    const std::string where = fmt::format("cameras[{}]", i);
    calibration.cameras.push_back(read_camera({(*cameras)[i], where, problem}));
    if (!serials.insert(calibration.cameras.back().serial).second)
      Entry((*cameras)[i], where, problem).fail("serial", "is that of another one, too");
  }
  return calibration;
}

}  // namespace

std::string_view to_string(RigOrigin origin) {
  return kOrigins[static_cast<size_t>(origin)];
}

Result<RigCalibration> parse_rig_calibration(std::string_view json) {
  std::string problem;
  const Json root = parse_file(json, "calibration", kCalibrationKind, problem);
  RigCalibration calibration;
  if (problem.empty()) calibration = read(root, problem);
  if (problem.empty()) return calibration;
  return Error{Errc::unusable_input, "this is no calibration of a rig: " + problem +
                                         ". 'lockstep calibrate' writes one."};
}

Result<RigCalibration> read_rig_calibration(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return Error{Errc::invalid_argument,
                 fmt::format("{0} is a folder: name the calibration in it, such as {1}",
                             file.string(), (file / "calibration.json").string())};
  }
  const auto text = read_text_file(file);
  if (!text) return text.error();
  auto calibration = parse_rig_calibration(*text);
  if (calibration) return calibration;
  return Error{calibration.error().code,
               fmt::format("{}: {}", file.string(), calibration.error().message)};
}

std::string write_rig_calibration(const RigCalibration& calibration) {
  Json cameras = Json::array();
  for (const CalibratedCamera& camera : calibration.cameras) cameras.push_back(json_of(camera));
  const Json root{{"schema", kSchema},
                  {"kind", kCalibrationKind},
                  {"origin", to_string(calibration.origin)},
                  {"cameras", std::move(cameras)}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string write_lens(const CameraModel& lens) {
  Json root{{"schema", kSchema}, {"kind", kLensKind}, {"lens", json_of(CalibratedLens{lens, {}})}};
  if (const auto distortion = opencv_distortion(lens)) {
    root["opencv"] = {
        {"camera_matrix", {{lens.fx_px, 0, lens.cx_px}, {0, lens.fy_px, lens.cy_px}, {0, 0, 1}}},
        {"distortion", *distortion}};
  }
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<CameraModel> parse_lens(std::string_view json) {
  std::string problem;
  const Json root = parse_file(json, "file", kLensKind, problem);
  CameraModel lens;
  if (problem.empty()) lens = read_lens(Entry(root, "file", problem).object("lens")).model;
  if (problem.empty()) return lens;
  return Error{Errc::unusable_input,
               "this is no lens: " + problem + ". 'lockstep calibrate --intrinsics' writes one."};
}

}  // namespace lockstep
