// SPDX-License-Identifier: MIT
#include "lockstep/export/glb.h"

#include <Eigen/Geometry>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "lockstep/base/files.h"
#include "lockstep/export/append.h"
#include "lockstep/export/shape_check.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

// Numbers of the format: https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
constexpr int kFloat = 5126, kUnsignedShort = 5123, kUnsignedInt = 5125;
constexpr int kArrayBuffer = 34962, kElementArrayBuffer = 34963;
constexpr int kPoints = 0, kTriangles = 4;
constexpr uint32_t kMagic = 0x46546C67, kVersion = 2;
constexpr uint32_t kJsonChunk = 0x4E4F534A, kBinChunk = 0x004E4942;
constexpr size_t kHeadBytes = 12 + 8 + 8;
constexpr size_t kPieceBytes = size_t{1} << 20;

/// What a mesh or a cloud has for a file.
struct Shape {
  const std::vector<Eigen::Vector3f>& points;
  const std::vector<Eigen::Vector3f>& normals;
  const std::vector<std::array<uint8_t, 3>>& colors;
  const std::vector<std::array<uint32_t, 3>>* triangles;  ///< null for points
};

/// The linear value of an sRGB code, 0 to 65535.
const std::array<uint16_t, 256>& linear_of_srgb() {
  static const auto kTable = [] {
    std::array<uint16_t, 256> table{};
    for (size_t code = 0; code < table.size(); ++code) {
      const double s = static_cast<double>(code) / 255;
      const double linear = s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
      table[code] = static_cast<uint16_t>(std::lround(linear * 65535));
    }
    return table;
  }();
  return kTable;
}

Json as_json(const Eigen::Vector3f& v) {
  return {v.x(), v.y(), v.z()};
}

/// The description of the buffer, built view by view in the order in which they are written.
class Layout {
 public:
  /// Adds a view and its accessor; returns the accessor's number.
  int add(size_t count, size_t bytes_each, Json accessor, int target) {
    const size_t bytes = count * bytes_each;
    views_.push_back(
        {{"buffer", 0}, {"byteOffset", bytes_}, {"byteLength", bytes}, {"target", target}});
    accessor["bufferView"] = views_.size() - 1;
    accessor["count"] = count;
    accessors_.push_back(std::move(accessor));
    bytes_ += bytes;
    return static_cast<int>(accessors_.size()) - 1;
  }
  [[nodiscard]] size_t bytes() const { return bytes_; }
  void put_into(Json& root) const {
    root["buffers"] = Json::array({{{"byteLength", bytes_}}});
    root["bufferViews"] = views_;
    root["accessors"] = accessors_;
  }

 private:
  Json views_ = Json::array(), accessors_ = Json::array();
  size_t bytes_ = 0;
};

/// The positions with the bounds that the format asks for.
int add_points(const Shape& shape, Layout& layout) {
  Eigen::Vector3f least = shape.points.front(), most = least;
  for (const Eigen::Vector3f& point : shape.points) {
    least = least.cwiseMin(point);
    most = most.cwiseMax(point);
  }
  return layout.add(shape.points.size(), 3 * sizeof(float),
                    {{"componentType", kFloat},
                     {"type", "VEC3"},
                     {"min", as_json(least)},
                     {"max", as_json(most)}},
                    kArrayBuffer);
}

Json primitive_of(const Shape& shape, Layout& layout) {
  Json attributes{{"POSITION", add_points(shape, layout)}};
  if (!shape.normals.empty()) {
    attributes["NORMAL"] = layout.add(shape.points.size(), 3 * sizeof(float),
                                      {{"componentType", kFloat}, {"type", "VEC3"}}, kArrayBuffer);
  }
  if (!shape.colors.empty()) {
    attributes["COLOR_0"] = layout.add(
        shape.points.size(), 4 * sizeof(uint16_t),
        {{"componentType", kUnsignedShort}, {"normalized", true}, {"type", "VEC4"}}, kArrayBuffer);
  }
  Json primitive{{"attributes", attributes},
                 {"mode", shape.triangles == nullptr ? kPoints : kTriangles},
                 {"material", 0}};
  if (shape.triangles != nullptr) {
    primitive["indices"] =
        layout.add(3 * shape.triangles->size(), sizeof(uint32_t),
                   {{"componentType", kUnsignedInt}, {"type", "SCALAR"}}, kElementArrayBuffer);
  }
  return primitive;
}

Json describe(const Shape& shape, RigOrigin origin, Layout& layout) {
  const Eigen::Quaterniond turn(gltf_from_rig(origin));
  Json material{{"pbrMetallicRoughness", {{"metallicFactor", 0.0}, {"roughnessFactor", 1.0}}},
                {"doubleSided", true}};
  Json root{{"asset", {{"version", "2.0"}, {"generator", "Lockstep"}}},
            {"scene", 0},
            {"scenes", Json::array({{{"nodes", {0}}}})},
            {"nodes", Json::array({{{"name", "rig"},
                                    {"mesh", 0},
                                    {"rotation", {turn.x(), turn.y(), turn.z(), turn.w()}}}})},
            {"meshes", Json::array({{{"primitives", {primitive_of(shape, layout)}}}})}};
  if (!shape.colors.empty()) {
    material["extensions"] = {{"KHR_materials_unlit", Json::object()}};
    root["extensionsUsed"] = {"KHR_materials_unlit"};
  }
  root["materials"] = Json::array({material});
  layout.put_into(root);
  return root;
}

/// Appends to a file in large pieces; keeps the first error.
class Pieces {
 public:
  explicit Pieces(WholeFile& file) : file_(file) {}
  template <typename T>
  void add(T value) {
    append(bytes_, value);
    if (bytes_.size() >= kPieceBytes) flush();
  }
  void flush() {
    if (written_) written_ = file_.write(bytes_);
    bytes_.clear();
  }
  [[nodiscard]] const Result<void>& written() const { return written_; }

 private:
  WholeFile& file_;
  std::string bytes_;
  Result<void> written_;
};

void add_buffer(const Shape& shape, Pieces& out) {
  for (const Eigen::Vector3f& point : shape.points) {
    for (const float number : point) out.add(number);
  }
  for (const Eigen::Vector3f& normal : shape.normals) {
    const float length = normal.norm();
    const Eigen::Vector3f unit =
        length > 0 ? Eigen::Vector3f(normal / length) : Eigen::Vector3f(0, 0, 1);
    for (const float number : unit) out.add(number);
  }
  for (const std::array<uint8_t, 3>& color : shape.colors) {
    for (const uint8_t part : color) out.add(linear_of_srgb()[part]);
    out.add(std::numeric_limits<uint16_t>::max());
  }
  if (shape.triangles == nullptr) return;
  for (const std::array<uint32_t, 3>& corners : *shape.triangles) {
    for (const uint32_t corner : corners) out.add(corner);
  }
}

Result<void> write_glb(const std::filesystem::path& path, const Shape& shape, RigOrigin origin) {
  constexpr size_t kMost = std::numeric_limits<uint32_t>::max();
  if (shape.points.empty() || (shape.triangles != nullptr && shape.triangles->empty()))
    return Error{Errc::invalid_argument, "there is nothing to be written: a GLB file has a mesh"};
  Layout layout;
  std::string json = describe(shape, origin, layout).dump();
  json.resize((json.size() + 3) / 4 * 4, ' ');
  const size_t whole = kHeadBytes + json.size() + layout.bytes();
  if (whole > kMost) {
    return Error{Errc::invalid_argument,
                 "this is larger than the 4 GiB of a GLB file: write it as PLY"};
  }
  auto file = WholeFile::begin(path);
  if (!file) return std::move(file).error();
  Pieces out(*file);
  out.add(kMagic);
  out.add(kVersion);
  out.add(static_cast<uint32_t>(whole));
  out.add(static_cast<uint32_t>(json.size()));
  out.add(kJsonChunk);
  for (const char letter : json) out.add(letter);
  out.add(static_cast<uint32_t>(layout.bytes()));
  out.add(kBinChunk);
  add_buffer(shape, out);
  out.flush();
  if (!out.written()) return out.written();
  return file->finish(ExistingFile::refuse);
}

}  // namespace

Eigen::Matrix3d gltf_from_rig(RigOrigin origin) {
  constexpr double kQuarter = std::numbers::pi / 2;
  const double angle_rad = origin == RigOrigin::camera ? 2 * kQuarter : -kQuarter;
  return rotation_about(Eigen::Vector3d::UnitX(), angle_rad);
}

Result<void> write_glb(const std::filesystem::path& path, const PointCloud& cloud,
                       RigOrigin origin) {
  if (auto checked = check_shape(cloud); !checked) return checked;
  return write_glb(path, Shape{cloud.points, cloud.normals, cloud.colors, nullptr}, origin);
}

Result<void> write_glb(const std::filesystem::path& path, const TriangleMesh& mesh,
                       RigOrigin origin) {
  if (auto checked = check_shape(mesh); !checked) return checked;
  return write_glb(path, Shape{mesh.vertices, mesh.normals, mesh.colors, &mesh.triangles}, origin);
}

}  // namespace lockstep
