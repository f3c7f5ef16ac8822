// SPDX-License-Identifier: MIT
#include "lockstep/export/shape_check.h"

#include <fmt/core.h>

#include <algorithm>

namespace lockstep {
namespace {

template <typename Each>
Result<void> as_many(const std::vector<Each>& entries, size_t points, const char* what) {
  if (entries.empty() || entries.size() == points) return {};
  return Error{Errc::invalid_argument,
               fmt::format("there are {} {} to {} points", entries.size(), what, points)};
}

Result<void> all_finite(const std::vector<Eigen::Vector3f>& vectors, const char* what) {
  const auto finite = [](const Eigen::Vector3f& v) { return v.allFinite(); };
  const auto bad = std::find_if_not(vectors.begin(), vectors.end(), finite);
  if (bad == vectors.end()) return {};
  return Error{Errc::invalid_argument,
               fmt::format("{} {} is not finite", what, bad - vectors.begin())};
}

}  // namespace

Result<void> check_shape(const PointCloud& cloud) {
  const size_t points = cloud.points.size();
  for (const Result<void>& checked :
       {as_many(cloud.normals, points, "normals"), as_many(cloud.colors, points, "colours"),
        as_many(cloud.confidence, points, "confidences"), as_many(cloud.cameras, points, "cameras"),
        as_many(cloud.instants_us, points, "instants"), all_finite(cloud.points, "point"),
        all_finite(cloud.normals, "normal")}) {
    if (!checked) return checked;
  }
  return {};
}

Result<void> check_shape(const TriangleMesh& mesh) {
  const size_t vertices = mesh.vertices.size();
  for (const Result<void>& checked :
       {as_many(mesh.normals, vertices, "normals"), as_many(mesh.colors, vertices, "colours"),
        all_finite(mesh.vertices, "vertex"), all_finite(mesh.normals, "normal")}) {
    if (!checked) return checked;
  }
  const auto whole = [vertices](const std::array<uint32_t, 3>& corners) {
    return *std::max_element(corners.begin(), corners.end()) < vertices;
  };
  const auto bad = std::find_if_not(mesh.triangles.begin(), mesh.triangles.end(), whole);
  if (bad == mesh.triangles.end()) return {};
  return Error{Errc::invalid_argument, fmt::format("triangle {} has a corner that is no vertex",
                                                   bad - mesh.triangles.begin())};
}

}  // namespace lockstep
