// SPDX-License-Identifier: MIT
#include "lockstep/virtual/ray_scene.h"

#include <embree3/rtcore.h>

#include <cstring>
#include <limits>

namespace lockstep {
namespace {

struct DeviceHandle {
  // One thread builds, so that the hierarchy, and with it every tie at a shared edge, is the same
  // on any machine of the same processor level.
  DeviceHandle() : device(rtcNewDevice("threads=1,set_affinity=0")) {}
  ~DeviceHandle() { rtcReleaseDevice(device); }
  DeviceHandle(const DeviceHandle&) = delete;
  DeviceHandle& operator=(const DeviceHandle&) = delete;
  RTCDevice device;
};

}  // namespace

struct RayScene::Impl {
  explicit Impl(Mesh mesh_in) : mesh(std::move(mesh_in)), scene(rtcNewScene(handle.device)) {
    rtcSetSceneFlags(scene, RTC_SCENE_FLAG_ROBUST);
    if (!mesh.triangles.empty()) attach();
    rtcCommitScene(scene);
  }
  ~Impl() { rtcReleaseScene(scene); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void attach() {
    RTCGeometry geometry = rtcNewGeometry(handle.device, RTC_GEOMETRY_TYPE_TRIANGLE);
    // Embree reads 16 bytes at each vertex, so the copy into its own buffer is padded for us.
    auto* vertices = static_cast<float*>(
        rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3,
                                3 * sizeof(float), mesh.vertices.size()));
    for (const Eigen::Vector3f& vertex : mesh.vertices) {
      std::memcpy(vertices, vertex.data(), 3 * sizeof(float));
      vertices += 3;
    }
    void* triangles = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3,
                                              3 * sizeof(uint32_t), mesh.triangles.size());
    std::memcpy(triangles, mesh.triangles.data(), mesh.triangles.size() * 3 * sizeof(uint32_t));
    rtcCommitGeometry(geometry);
    rtcAttachGeometry(scene, geometry);
    rtcReleaseGeometry(geometry);
  }

  Mesh mesh;
  DeviceHandle handle;
  RTCScene scene;
};

RayScene::RayScene(Mesh mesh) : impl_(std::make_unique<Impl>(std::move(mesh))) {}
RayScene::~RayScene() = default;
RayScene::RayScene(RayScene&&) noexcept = default;
RayScene& RayScene::operator=(RayScene&&) noexcept = default;

const Mesh& RayScene::mesh() const {
  return impl_->mesh;
}

void RayScene::cast(const Eigen::Vector3f& origin, std::span<const Eigen::Vector3f> directions,
                    std::span<RayHit> hits) const {
  alignas(64) RTCRayHit16 rays{};
  alignas(64) int valid[kPacket] = {};
  for (size_t i = 0; i < directions.size(); ++i) {
    valid[i] = -1;
    rays.ray.org_x[i] = origin.x();
    rays.ray.org_y[i] = origin.y();
    rays.ray.org_z[i] = origin.z();
    rays.ray.dir_x[i] = directions[i].x();
    rays.ray.dir_y[i] = directions[i].y();
    rays.ray.dir_z[i] = directions[i].z();
    rays.ray.tnear[i] = 0.01F;
    rays.ray.tfar[i] = std::numeric_limits<float>::infinity();
    rays.ray.mask[i] = ~0U;
    rays.hit.geomID[i] = RTC_INVALID_GEOMETRY_ID;
  }
  RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  context.flags = RTC_INTERSECT_CONTEXT_FLAG_COHERENT;
  rtcIntersect16(valid, impl_->scene, &context, &rays);

  const Mesh& mesh = impl_->mesh;
  for (size_t i = 0; i < directions.size(); ++i) {
    RayHit& hit = hits[i];
    hit.t = -1;
    if (rays.hit.geomID[i] == RTC_INVALID_GEOMETRY_ID) continue;
    const uint32_t primitive = rays.hit.primID[i];
    const auto& corner = mesh.triangles[primitive];
    const float u = rays.hit.u[i];
    const float v = rays.hit.v[i];
    hit.t = rays.ray.tfar[i];
    hit.at_rest = (1 - u - v) * mesh.at_rest[corner[0]] + u * mesh.at_rest[corner[1]] +
                  v * mesh.at_rest[corner[2]];
    hit.normal = Eigen::Vector3f(rays.hit.Ng_x[i], rays.hit.Ng_y[i], rays.hit.Ng_z[i]).normalized();
    if (hit.normal.dot(directions[i]) > 0) hit.normal = -hit.normal;
    hit.material = mesh.material_of[primitive];
  }
}

bool RayScene::blocked(const Eigen::Vector3f& from, const Eigen::Vector3f& to) const {
  RTCRay ray{};
  const Eigen::Vector3f way = to - from;
  ray.org_x = from.x();
  ray.org_y = from.y();
  ray.org_z = from.z();
  ray.dir_x = way.x();
  ray.dir_y = way.y();
  ray.dir_z = way.z();
  ray.tnear = 0.002F;
  ray.tfar = 0.999F;
  ray.mask = ~0U;
  RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  rtcOccluded1(impl_->scene, &context, &ray);
  return ray.tfar < 0;
}

}  // namespace lockstep
