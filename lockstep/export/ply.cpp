// SPDX-License-Identifier: MIT
#include "lockstep/export/ply.h"

#include <fmt/format.h>

#include <limits>

#include "lockstep/base/files.h"
#include "lockstep/base/text.h"
#include "lockstep/export/append.h"
#include "lockstep/export/shape_check.h"

namespace lockstep {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 20;

using Vectors = std::vector<Eigen::Vector3f>;
using Colors = std::vector<std::array<uint8_t, 3>>;

std::string head(const std::vector<std::string>& remarks, size_t vertices) {
  std::string text = "ply\nformat binary_little_endian 1.0\n";
  for (const std::string& remark : remarks) text += "comment " + printable(remark) + "\n";
  return text + fmt::format("element vertex {}\n", vertices) +
         "property float x\nproperty float y\nproperty float z\n";
}

std::string head_of_look(const Vectors& normals, const Colors& colors) {
  std::string text;
  if (!normals.empty()) text += "property float nx\nproperty float ny\nproperty float nz\n";
  if (!colors.empty()) text += "property uchar red\nproperty uchar green\nproperty uchar blue\n";
  return text;
}

void append(std::string& bytes, const Eigen::Vector3f& vector) {
  for (const float number : vector) lockstep::append(bytes, number);
}

void append_look(std::string& bytes, const Vectors& normals, const Colors& colors, size_t i) {
  if (!normals.empty()) append(bytes, normals[i]);
  if (colors.empty()) return;
  for (const uint8_t part : colors[i]) lockstep::append(bytes, part);
}

/// Writes `count` rows, which `row(bytes, i)` appends, in pieces.
template <typename Row>
Result<void> write_rows(WholeFile& file, size_t count, const Row& row) {
  std::string bytes;
  bytes.reserve(kPieceBytes + 256);
  for (size_t i = 0; i < count; ++i) {
    row(bytes, i);
    if (bytes.size() < kPieceBytes && i + 1 < count) continue;
    if (auto written = file.write(bytes); !written) return written;
    bytes.clear();
  }
  return {};
}

}  // namespace

Result<void> write_ply(const std::filesystem::path& path, const PointCloud& cloud,
                       const std::vector<std::string>& remarks) {
  if (auto checked = check_shape(cloud); !checked) return checked;
  std::string header =
      head(remarks, cloud.points.size()) + head_of_look(cloud.normals, cloud.colors);
  if (!cloud.confidence.empty()) header += "property float confidence\n";
  if (!cloud.cameras.empty()) header += "property uchar camera\n";
  if (!cloud.instants_us.empty()) header += "property float instant_us\n";
  header += "end_header\n";
  auto file = WholeFile::begin(path);
  if (!file) return std::move(file).error();
  if (auto written = file->write(header); !written) return written;
  const auto row = [&cloud](std::string& bytes, size_t i) {
    append(bytes, cloud.points[i]);
    append_look(bytes, cloud.normals, cloud.colors, i);
    if (!cloud.confidence.empty()) lockstep::append(bytes, cloud.confidence[i]);
    if (!cloud.cameras.empty()) lockstep::append(bytes, cloud.cameras[i]);
    if (!cloud.instants_us.empty()) lockstep::append(bytes, cloud.instants_us[i]);
  };
  if (auto written = write_rows(*file, cloud.points.size(), row); !written) return written;
  return file->finish(ExistingFile::refuse);
}

Result<void> write_ply(const std::filesystem::path& path, const TriangleMesh& mesh,
                       const std::vector<std::string>& remarks) {
  if (auto checked = check_shape(mesh); !checked) return checked;
  if (mesh.vertices.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
    return Error{Errc::invalid_argument, "a mesh of so many vertices cannot be a PLY file"};
  const std::string header =
      head(remarks, mesh.vertices.size()) + head_of_look(mesh.normals, mesh.colors) +
      fmt::format("element face {}\nproperty list uchar int vertex_indices\nend_header\n",
                  mesh.triangles.size());
  auto file = WholeFile::begin(path);
  if (!file) return std::move(file).error();
  if (auto written = file->write(header); !written) return written;
  const auto vertex = [&mesh](std::string& bytes, size_t i) {
    append(bytes, mesh.vertices[i]);
    append_look(bytes, mesh.normals, mesh.colors, i);
  };
  if (auto written = write_rows(*file, mesh.vertices.size(), vertex); !written) return written;
  const auto face = [&mesh](std::string& bytes, size_t i) {
    lockstep::append(bytes, uint8_t{3});
    for (const uint32_t corner : mesh.triangles[i]) lockstep::append(bytes, corner);
  };
  if (auto written = write_rows(*file, mesh.triangles.size(), face); !written) return written;
  return file->finish(ExistingFile::refuse);
}

}  // namespace lockstep
