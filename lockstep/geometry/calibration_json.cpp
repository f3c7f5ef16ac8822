// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>

#include "lockstep/geometry/calibration.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLimitBytes = 1u << 20;  // a real blob has 8 kB
constexpr const char* kLocations[] = {"CALIBRATION_CameraLocationD0",
                                      "CALIBRATION_CameraLocationPV0"};
constexpr const char* kSensorTypes[] = {"CALIBRATION_InertialSensorType_Gyro",
                                        "CALIBRATION_InertialSensorType_Accelerometer"};

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// Member of an object by its key in any case; null when it is not there.
template <typename AnyJson>
AnyJson* member(AnyJson& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  for (auto it = object.begin(); it != object.end(); ++it) {
    if (same_letters(it.key(), key)) return &it.value();
  }
  return nullptr;
}

Error broken(const std::string& what) {
  return {
      Errc::unusable_input,
      "the factory calibration can't be used: " + what +
          ". Read it again from the camera, or take it from another recording of the same camera."};
}

/// The text of the root object without what follows it; the whole text when it does not close.
std::string_view root_object(std::string_view json) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return json.substr(0, i + 1);
    }
  }
  return json;
}

/// Reads the members of one entry and remembers the first that is not as it must be.
class EntryReader {
 public:
  EntryReader(const Json& entry, std::string where) : entry_(entry), where_(std::move(where)) {}

  const Json* object(std::string_view key) {
    const Json* found = member(entry_, key);
    if (found == nullptr || !found->is_object()) fail(key, "is missing or is no object");
    return failed() ? nullptr : found;
  }

  double number(std::string_view key) {
    const Json* found = member(entry_, key);
    if (found == nullptr || !found->is_number()) return fail(key, "is missing or is no number"), 0;
    return found->get<double>();
  }

  std::string text(std::string_view key) {
    const Json* found = member(entry_, key);
    if (found == nullptr || !found->is_string()) return fail(key, "is missing or is no text"), "";
    return found->get<std::string>();
  }

  /// Fills `numbers` from an array that is no longer than it; the rest stays zero.
  void numbers(std::string_view key, std::span<double> into) {
    const Json* found = member(entry_, key);
    if (found == nullptr || !found->is_array()) return fail(key, "is missing or is no array");
    if (found->size() > into.size())
      return fail(key, fmt::format("has {} numbers instead of {}", found->size(), into.size()));
    for (size_t i = 0; i < found->size(); ++i) {
      const Json& value = (*found)[i];
      if (!value.is_number()) return fail(key, "holds something that is no number");
      into[i] = value.get<double>();
      if (!std::isfinite(into[i])) return fail(key, "holds a number that is not finite");
    }
  }

  /// The same where absence means zeros.
  void optional_numbers(std::string_view key, std::span<double> into) {
    if (member(entry_, key) != nullptr) numbers(key, into);
  }

  double optional_number(std::string_view key) {
    return member(entry_, key) == nullptr ? 0 : number(key);
  }

  void fail(std::string_view key, std::string_view what) {
    if (!failed()) problem_ = fmt::format("'{}' of {} {}", key, where_, what);
  }
  void take_over(const EntryReader& inner) {
    if (!failed()) problem_ = inner.problem_;
  }
  [[nodiscard]] bool failed() const { return !problem_.empty(); }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  const Json& entry_;
  std::string where_;
  std::string problem_;
};

RigidTransform read_transform(EntryReader& entry) {
  RigidTransform transform;
  const Json* rt = entry.object("Rt");
  if (rt == nullptr) return transform;
  EntryReader reader(*rt, "Rt of " + entry.where());
  double r[9] = {};
  double t[3] = {};
  reader.numbers("Rotation", r);
  reader.numbers("Translation", t);
  entry.take_over(reader);
  transform.rotation << r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8];
  transform.translation << t[0], t[1], t[2];
  return transform;
}

struct NamedModel {
  const char* name;
  LensModel lens;
};
constexpr NamedModel kModels[] = {
    {"CALIBRATION_LensDistortionModelBrownConrady", LensModel::brown_conrady},
    {"CALIBRATION_LensDistortionModelRational6KT", LensModel::rational_6kt},
    {"CALIBRATION_LensDistortionModelPolynomial3K", LensModel::polynomial_3k},
    {"CALIBRATION_LensDistortionModelTheta", LensModel::theta}};

LensModel read_model(EntryReader& intrinsics) {
  const std::string type = intrinsics.text("ModelType");
  const auto* const model = std::find_if(std::begin(kModels), std::end(kModels),
                                         [&](const NamedModel& one) { return type == one.name; });
  if (model != std::end(kModels)) return model->lens;
  intrinsics.fail("ModelType", "is '" + type + "', which no Kinect has");
  return LensModel::brown_conrady;
}

constexpr size_t kMostParameters = 15;

/// In the order of the blob.
std::array<double*, kMostParameters> parameters_of(RawLens& lens) {
  auto& k = lens.k;
  return {&lens.cx,   &lens.cy,   &lens.fx, &lens.fy, &k[0],
          &k[1],      &k[2],      &k[3],    &k[4],    &k[5],
          &lens.codx, &lens.cody, &lens.p2, &lens.p1, &lens.intrinsic_radius};
}

void read_intrinsics(EntryReader& entry, RawLens& lens) {
  const Json* intrinsics = entry.object("Intrinsics");
  if (intrinsics == nullptr) return;
  EntryReader reader(*intrinsics, "Intrinsics of " + entry.where());
  lens.lens = read_model(reader);
  const double count = reader.number("ModelParameterCount");
  if (!(count >= 0 && count < kMostParameters + 1))
    return reader.fail("ModelParameterCount", "is not among 0 to 15"), entry.take_over(reader);
  lens.parameter_count = static_cast<int>(count);
  std::array<double, kMostParameters> numbers{};
  reader.numbers("ModelParameters",
                 std::span(numbers).first(static_cast<size_t>(lens.parameter_count)));
  entry.take_over(reader);
  const auto parameters = parameters_of(lens);
  for (size_t i = 0; i < numbers.size(); ++i) *parameters[i] = numbers[i];
}

int pixels(EntryReader& entry, std::string_view key) {
  const double value = entry.number(key);
  if (!(value >= 1 && value <= 65536)) entry.fail(key, "is no size of a sensor");
  return entry.failed() ? 0 : static_cast<int>(value);
}

RawLens read_lens(EntryReader& entry, bool is_depth) {
  RawLens lens;
  read_intrinsics(entry, lens);
  lens.camera_from_depth = read_transform(entry);
  lens.sensor_width_px = pixels(entry, "SensorWidth");
  lens.sensor_height_px = pixels(entry, "SensorHeight");
  lens.metric_radius = entry.number("MetricRadius");
  if (!(lens.metric_radius > 0.0001)) lens.metric_radius = 1.7;
  const int w = lens.sensor_width_px;
  const int h = lens.sensor_height_px;
  if (is_depth && !(w == 1024 && h == 1024)) entry.fail("SensorWidth", "is not 1024 by 1024");
  if (!is_depth && w * 9 / 16 != h && w * 3 / 4 != h) {
    entry.fail("SensorWidth", "is neither 16:9 nor 4:3 with SensorHeight");
  }
  return lens;
}

RawInertialSensor read_inertial(EntryReader& entry) {
  RawInertialSensor sensor;
  sensor.sensor_from_depth = read_transform(entry);
  entry.numbers("BiasTemperatureModel", sensor.bias);
  entry.numbers("MixingMatrixTemperatureModel", sensor.mixing);
  entry.optional_numbers("SecondOrderScaling", sensor.second_order_scaling);
  sensor.temperature_c = entry.optional_number("TemperatureC");
  return sensor;
}

/// The first element of array `list` whose member `key` is `wanted`.
template <typename AnyJson>
Result<AnyJson*> find_entry(AnyJson& information, std::string_view list, std::string_view key,
                            std::string_view wanted) {
  AnyJson* entries = member(information, list);
  if (entries == nullptr || !entries->is_array()) {
    return broken(fmt::format("'{}' is missing or is no array", list));
  }
  for (AnyJson& entry : *entries) {
    AnyJson* name = member(entry, key);
    if (name == nullptr || !name->is_string()) {
      return broken(fmt::format("an entry of '{}' has no '{}'", list, key));
    }
    if (name->template get<std::string>() == wanted) return &entry;
  }
  return broken(fmt::format("'{}' has no entry {}", list, wanted));
}

Result<Json> parse_root(std::string_view json) {
  if (json.size() > kLimitBytes) return broken("it is larger than 1 MB");
  Json root = Json::parse(root_object(json), nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return broken("it is no JSON text, or ends too early");
  const Json* information = member(root, "CalibrationInformation");
  if (information == nullptr || !information->is_object()) {
    return broken("'CalibrationInformation' is missing");
  }
  return root;
}

}  // namespace

Result<FactoryCalibration> parse_calibration(std::string_view json) {
  const auto root = parse_root(json);
  if (!root) return root.error();
  const Json& information = *member(*root, "CalibrationInformation");
  FactoryCalibration calibration;
  for (const bool is_depth : {true, false}) {
    const char* location = kLocations[is_depth ? 0 : 1];
    const auto entry = find_entry(information, "Cameras", "Location", location);
    if (!entry) return entry.error();
    EntryReader reader(**entry, location);
    (is_depth ? calibration.depth : calibration.color) = read_lens(reader, is_depth);
    if (reader.failed()) return broken(reader.problem());
  }
  for (const bool is_gyro : {true, false}) {
    const char* type = kSensorTypes[is_gyro ? 0 : 1];
    const auto entry = find_entry(information, "InertialSensors", "SensorType", type);
    if (!entry) return entry.error();
    EntryReader reader(**entry, type);
    (is_gyro ? calibration.gyro : calibration.accelerometer) = read_inertial(reader);
    if (reader.failed()) return broken(reader.problem());
  }
  return calibration;
}

namespace {

void put_transform(Json& entry, const RigidTransform& transform) {
  Json rotation = Json::array();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) rotation.push_back(transform.rotation(row, column));
  }
  Json& rt = *member(entry, "Rt");
  *member(rt, "Rotation") = std::move(rotation);
  *member(rt, "Translation") = {transform.translation.x(), transform.translation.y(),
                                transform.translation.z()};
}

void put_lens(Json& entry, RawLens lens) {
  const auto parameters = parameters_of(lens);
  Json numbers = Json::array();
  for (int i = 0; i < lens.parameter_count; ++i)
    numbers.push_back(*parameters[static_cast<size_t>(i)]);
  Json& intrinsics = *member(entry, "Intrinsics");
  *member(intrinsics, "ModelParameterCount") = lens.parameter_count;
  *member(intrinsics, "ModelParameters") = std::move(numbers);
  put_transform(entry, lens.camera_from_depth);
}

}  // namespace

Result<std::string> write_calibration(const FactoryCalibration& calibration,
                                      std::string_view base_json) {
  // What parses has every entry that is written below.
  if (auto base = parse_calibration(base_json); !base) return std::move(base).error();
  auto root = parse_root(base_json);
  if (!root) return std::move(root).error();
  Json& information = *member(*root, "CalibrationInformation");
  put_lens(**find_entry(information, "Cameras", "Location", kLocations[0]), calibration.depth);
  put_lens(**find_entry(information, "Cameras", "Location", kLocations[1]), calibration.color);
  put_transform(**find_entry(information, "InertialSensors", "SensorType", kSensorTypes[0]),
                calibration.gyro.sensor_from_depth);
  put_transform(**find_entry(information, "InertialSensors", "SensorType", kSensorTypes[1]),
                calibration.accelerometer.sensor_from_depth);
  return root->dump();
}

}  // namespace lockstep
