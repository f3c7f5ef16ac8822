// SPDX-License-Identifier: MIT
#include "lockstep/export/ros_messages.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>

#include "lockstep/export/cdr.h"
#include "lockstep/geometry/opencv_lens.h"

namespace lockstep {
namespace {

struct Definition {
  const char* name;  ///< without "msg/", as other definitions name it
  const char* fields;
};

constexpr Definition kTime{"builtin_interfaces/Time", "int32 sec\nuint32 nanosec\n"};
constexpr Definition kHeader{"std_msgs/Header", "builtin_interfaces/Time stamp\nstring frame_id\n"};
constexpr Definition kVector{"geometry_msgs/Vector3", "float64 x\nfloat64 y\nfloat64 z\n"};
constexpr Definition kQuaternion{"geometry_msgs/Quaternion",
                                 "float64 x 0\nfloat64 y 0\nfloat64 z 0\nfloat64 w 1\n"};
constexpr Definition kTransform{"geometry_msgs/Transform",
                                "geometry_msgs/Vector3 translation\n"
                                "geometry_msgs/Quaternion rotation\n"};
constexpr Definition kTransformStamped{"geometry_msgs/TransformStamped",
                                       "std_msgs/Header header\nstring child_frame_id\n"
                                       "geometry_msgs/Transform transform\n"};
constexpr Definition kRegion{"sensor_msgs/RegionOfInterest",
                             "uint32 x_offset\nuint32 y_offset\nuint32 height\nuint32 width\n"
                             "bool do_rectify\n"};
constexpr Definition kPointField{
    "sensor_msgs/PointField",
    "uint8 INT8=1\nuint8 UINT8=2\nuint8 INT16=3\nuint8 UINT16=4\nuint8 INT32=5\nuint8 UINT32=6\n"
    "uint8 FLOAT32=7\nuint8 FLOAT64=8\nstring name\nuint32 offset\nuint8 datatype\nuint32 count\n"};
constexpr uint8_t kFloat32 = 7;

struct Type {
  const char* name;
  const char* fields;
  std::vector<Definition> parts;
};

/// In the order of RosType.
const std::array<Type, 6>& types() {
  static const std::array<Type, 6> kTypes{
      {{"sensor_msgs/msg/CompressedImage",
        "std_msgs/Header header\nstring format\nuint8[] data\n",
        {kHeader, kTime}},
       {"sensor_msgs/msg/Image",
        "std_msgs/Header header\nuint32 height\nuint32 width\nstring encoding\n"
        "uint8 is_bigendian\nuint32 step\nuint8[] data\n",
        {kHeader, kTime}},
       {"sensor_msgs/msg/CameraInfo",
        "std_msgs/Header header\nuint32 height\nuint32 width\nstring distortion_model\n"
        "float64[] d\nfloat64[9] k\nfloat64[9] r\nfloat64[12] p\nuint32 binning_x\n"
        "uint32 binning_y\nsensor_msgs/RegionOfInterest roi\n",
        {kHeader, kTime, kRegion}},
       {"sensor_msgs/msg/PointCloud2",
        "std_msgs/Header header\nuint32 height\nuint32 width\nsensor_msgs/PointField[] fields\n"
        "bool is_bigendian\nuint32 point_step\nuint32 row_step\nuint8[] data\nbool is_dense\n",
        {kHeader, kTime, kPointField}},
       {"sensor_msgs/msg/Imu",
        "std_msgs/Header header\ngeometry_msgs/Quaternion orientation\n"
        "float64[9] orientation_covariance\ngeometry_msgs/Vector3 angular_velocity\n"
        "float64[9] angular_velocity_covariance\ngeometry_msgs/Vector3 linear_acceleration\n"
        "float64[9] linear_acceleration_covariance\n",
        {kHeader, kTime, kQuaternion, kVector}},
       {"tf2_msgs/msg/TFMessage",
        "geometry_msgs/TransformStamped[] transforms\n",
        {kTransformStamped, kHeader, kTime, kTransform, kVector, kQuaternion}}}};
  return kTypes;
}

Cdr begin(const RosHeader& header) {
  const int64_t ns = std::max<int64_t>(header.time.time_since_epoch().count(), 0);
  Cdr cdr;
  cdr.add(static_cast<int32_t>(ns / 1'000'000'000));
  cdr.add(static_cast<uint32_t>(ns % 1'000'000'000));
  return cdr.text(header.frame);
}

constexpr std::array<double, 9> kUnknownCovariance{};

}  // namespace

const char* ros_name(RosType type) {
  return types()[static_cast<size_t>(type)].name;
}

std::string ros_definition(RosType type) {
  const Type& whole = types()[static_cast<size_t>(type)];
  std::string text = whole.fields;
  for (const Definition& part : whole.parts)
    text += std::string(80, '=') + "\nMSG: " + part.name + "\n" + part.fields;
  return text;
}

std::string ros_compressed_image(const RosHeader& header, std::string_view format,
                                 std::span<const std::byte> data) {
  return begin(header).text(format).bytes(data).message();
}

std::string ros_image(const RosHeader& header, int width_px, int height_px,
                      std::string_view encoding, int row_bytes, std::span<const std::byte> data) {
  Cdr cdr = begin(header);
  cdr.add(static_cast<uint32_t>(height_px)).add(static_cast<uint32_t>(width_px)).text(encoding);
  cdr.add(uint8_t{0});  // little-endian
  return cdr.add(static_cast<uint32_t>(row_bytes)).bytes(data).message();
}

std::string ros_camera_info(const RosHeader& header, const CameraModel& camera) {
  const auto distortion = opencv_distortion(camera);
  std::array<double, 9> k{}, r{};
  std::array<double, 12> p{};
  if (distortion) {
    k = {camera.fx_px, 0, camera.cx_px, 0, camera.fy_px, camera.cy_px, 0, 0, 1};
    r = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    p = {camera.fx_px, 0, camera.cx_px, 0, 0, camera.fy_px, camera.cy_px, 0, 0, 0, 1, 0};
  }
  Cdr cdr = begin(header);
  cdr.add(static_cast<uint32_t>(camera.height_px)).add(static_cast<uint32_t>(camera.width_px));
  cdr.text(distortion ? "rational_polynomial" : "");
  cdr.add(static_cast<uint32_t>(distortion ? distortion->size() : 0));
  if (distortion) cdr.array(*distortion);
  cdr.array(k).array(r).array(p);
  cdr.add(uint32_t{0}).add(uint32_t{0});             // no binning
  for (int i = 0; i < 4; ++i) cdr.add(uint32_t{0});  // the whole image
  return cdr.add(uint8_t{0}).message();
}

std::string ros_imu(const RosHeader& header, const ImuSample& sample) {
  constexpr std::array<double, 4> kNoTurn{0, 0, 0, 1};
  constexpr std::array<double, 9> kNoOrientation{-1};  // as the message says that there is none
  Cdr cdr = begin(header);
  cdr.array(kNoTurn).array(kNoOrientation);
  for (const float part : sample.angular_rate_radps) cdr.add(double{part});
  cdr.array(kUnknownCovariance);
  for (const float part : sample.acceleration_mps2) cdr.add(double{part});
  return cdr.array(kUnknownCovariance).message();
}

std::string ros_point_cloud(const RosHeader& header, std::span<const RosPoint> points,
                            bool colored) {
  constexpr std::array<const char*, 4> kFields{"x", "y", "z", "rgb"};
  const uint32_t fields = colored ? 4 : 3;
  const auto count = static_cast<uint32_t>(points.size());
  Cdr cdr = begin(header);
  cdr.add(uint32_t{1}).add(count).add(fields);
  for (uint32_t i = 0; i < fields; ++i) {
    cdr.text(kFields[i]).add(static_cast<uint32_t>(i * sizeof(float)));
    cdr.add(kFloat32).add(uint32_t{1});
  }
  cdr.add(uint8_t{0});  // little-endian
  cdr.add(static_cast<uint32_t>(sizeof(RosPoint)));
  cdr.add(static_cast<uint32_t>(count * sizeof(RosPoint)));
  cdr.bytes(std::as_bytes(points));
  return cdr.add(uint8_t{1}).message();  // no point without a place
}

std::string ros_transforms(RigTime time, const std::vector<RosTransform>& transforms) {
  Cdr cdr;
  cdr.add(static_cast<uint32_t>(transforms.size()));
  const int64_t ns = std::max<int64_t>(time.time_since_epoch().count(), 0);
  for (const RosTransform& transform : transforms) {
    cdr.add(static_cast<int32_t>(ns / 1'000'000'000));
    cdr.add(static_cast<uint32_t>(ns % 1'000'000'000));
    cdr.text(transform.parent).text(transform.child);
    for (const double part : transform.parent_from_child.translation) cdr.add(part);
    const auto turn = Eigen::Quaterniond(transform.parent_from_child.rotation).normalized();
    for (const double part : {turn.x(), turn.y(), turn.z(), turn.w()}) cdr.add(part);
  }
  return cdr.message();
}

}  // namespace lockstep
