// SPDX-License-Identifier: MIT
// The functions k4a_transformation_*.
#include <fmt/core.h>
#include <k4a/k4a.h>

#include <span>

#include "lockstep/k4a/calibration.h"
#include "lockstep/k4a/guard.h"
#include "lockstep/k4a/image.h"
#include "lockstep/transform/transformation.h"

using namespace lockstep;       // NOLINT(google-build-using-namespace)
using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)

namespace {

using TransformationTable =
    HandleTable<k4a_transformation_t, Transformation, HandleKind::transformation>;
using ImagePtr = std::shared_ptr<HeldImage>;

ImagePtr find(k4a_image_t handle) {
  return ImageTable::instance().find(handle);
}

/// Exactly this format (CUSTOM: any) and size, rows without gaps, and a buffer that holds it and
/// begins at an even address, as every allocator's does.
bool fits(const ImagePtr& image, k4a_image_format_t format, const CameraModel& camera,
          int pixel_bytes) {
  return image && (format == K4A_IMAGE_FORMAT_CUSTOM || image->format == format) &&
         image->width == camera.width_px && image->height == camera.height_px &&
         image->stride == pixel_bytes * camera.width_px &&
         reinterpret_cast<uintptr_t>(image->buffer) % 2 == 0 &&
         image->size >= static_cast<size_t>(image->stride) * static_cast<size_t>(image->height);
}

/// The samples of an image that fits.
template <typename Sample>
std::span<Sample> samples(const ImagePtr& image) {
  const auto count =
      static_cast<size_t>(image->stride) * static_cast<size_t>(image->height) / sizeof(Sample);
  return {reinterpret_cast<Sample*>(image->buffer), count};
}

k4a_result_t depth_to_color(const char* function, const Transformation& transformation,
                            const ImagePtr& depth, const ImagePtr& out) {
  const DeviceGeometry& geometry = transformation.geometry();
  if (!geometry.depth || !geometry.color) return refuse(function, "A camera is off");
  if (!fits(depth, K4A_IMAGE_FORMAT_DEPTH16, *geometry.depth, 2))
    return refuse(function, "The depth image is not one of the depth camera");
  if (!fits(out, K4A_IMAGE_FORMAT_DEPTH16, *geometry.color, 2))
    return refuse(function, "The transformed depth image is not one of the colour camera's size");
  return answer(function, transformation.depth_to_color(samples<const uint16_t>(depth),
                                                        samples<uint16_t>(out)));
}

struct CustomImages {
  ImagePtr depth, custom, out, custom_out;
};

template <typename Sample>
k4a_result_t with_custom(const char* function, const Transformation& transformation,
                         const CustomImages& images, Interpolation interpolation,
                         uint32_t invalid) {
  return answer(function, transformation.depth_to_color(
                              samples<const uint16_t>(images.depth),
                              samples<const Sample>(images.custom), samples<uint16_t>(images.out),
                              samples<Sample>(images.custom_out), interpolation, invalid));
}

k4a_result_t depth_to_color_custom(const char* function, const Transformation& transformation,
                                   const CustomImages& images,
                                   k4a_transformation_interpolation_type_t type, uint32_t invalid) {
  const DeviceGeometry& geometry = transformation.geometry();
  if (!geometry.depth || !geometry.color) return refuse(function, "A camera is off");
  if (!fits(images.depth, K4A_IMAGE_FORMAT_DEPTH16, *geometry.depth, 2) ||
      !fits(images.out, K4A_IMAGE_FORMAT_DEPTH16, *geometry.color, 2))
    return refuse(function, "A depth image has not the size of its camera");
  const k4a_image_format_t format = images.custom ? images.custom->format : K4A_IMAGE_FORMAT_CUSTOM;
  const int bytes = format == K4A_IMAGE_FORMAT_CUSTOM8 ? 1 : 2;
  if (format != K4A_IMAGE_FORMAT_CUSTOM8 && format != K4A_IMAGE_FORMAT_CUSTOM16)
    return refuse(function, "The custom image is neither CUSTOM8 nor CUSTOM16");
  if (!fits(images.custom, format, *geometry.depth, bytes) ||
      !fits(images.custom_out, format, *geometry.color, bytes))
    return refuse(function, "A custom image has not the size of its camera, or another format");
  const auto interpolation = type == K4A_TRANSFORMATION_INTERPOLATION_TYPE_NEAREST
                                 ? Interpolation::nearest
                                 : Interpolation::linear;
  return bytes == 1
             ? with_custom<uint8_t>(function, transformation, images, interpolation, invalid)
             : with_custom<uint16_t>(function, transformation, images, interpolation, invalid);
}

k4a_result_t point_cloud(const char* function, const Transformation& transformation,
                         const ImagePtr& depth, k4a_calibration_type_t camera,
                         const ImagePtr& xyz) {
  const DeviceGeometry& geometry = transformation.geometry();
  const bool of_color = camera == K4A_CALIBRATION_TYPE_COLOR;
  if (!of_color && camera != K4A_CALIBRATION_TYPE_DEPTH)
    return refuse(function, "Only the depth and the colour camera have pixels");
  const auto& model = of_color ? geometry.color : geometry.depth;
  if (!model) return refuse(function, "The camera is off");
  if (!fits(depth, K4A_IMAGE_FORMAT_DEPTH16, *model, 2))
    return refuse(function, "The depth image has not the size of the camera");
  if (!fits(xyz, K4A_IMAGE_FORMAT_CUSTOM, *model, 6))
    return refuse(function, "The point cloud has not three int16 for each pixel");
  const auto from = samples<const uint16_t>(depth);
  const auto to = samples<int16_t>(xyz);
  return answer(function, of_color ? transformation.color_points(from, to)
                                   : transformation.depth_points(from, to));
}

/// Calls `work` with the transformation behind a handle.
template <typename Work>
k4a_result_t with(k4a_transformation_t handle, const char* function, Work work) {
  return guarded(K4A_RESULT_FAILED, [&] {
    const auto transformation = TransformationTable::instance().find(handle);
    if (!transformation) return refuse(function, "The transformation handle is not valid");
    return work(*transformation);
  });
}

}  // namespace

k4a_transformation_t k4a_transformation_create(const k4a_calibration_t* calibration) {
  return guarded(k4a_transformation_t{}, [&] {
    const auto geometry = calibration == nullptr ? std::optional<DeviceGeometry>()
                                                 : lockstep::k4a::geometry_of(*calibration);
    if (!geometry) {
      refuse("k4a_transformation_create", "The calibration cannot be computed with");
      return k4a_transformation_t{};
    }
    return TransformationTable::instance().add(std::make_shared<Transformation>(*geometry));
  });
}

void k4a_transformation_destroy(k4a_transformation_t transformation_handle) {
  guarded([&] {
    if (!TransformationTable::instance().release(transformation_handle))
      refuse("k4a_transformation_destroy", "The transformation handle is not valid");
  });
}

k4a_result_t k4a_transformation_depth_image_to_color_camera(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    k4a_image_t transformed_depth_image) {
  static constexpr const char* kName = "k4a_transformation_depth_image_to_color_camera";
  return with(transformation_handle, kName, [&](const Transformation& transformation) {
    return depth_to_color(kName, transformation, find(depth_image), find(transformed_depth_image));
  });
}

k4a_result_t k4a_transformation_depth_image_to_color_camera_custom(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    const k4a_image_t custom_image, k4a_image_t transformed_depth_image,
    k4a_image_t transformed_custom_image,
    k4a_transformation_interpolation_type_t interpolation_type, uint32_t invalid_custom_value) {
  static constexpr const char* kName = "k4a_transformation_depth_image_to_color_camera_custom";
  return with(transformation_handle, kName, [&](const Transformation& transformation) {
    const ImagePtr depth = find(depth_image);
    const ImagePtr out = find(transformed_depth_image);
    if (custom_image == nullptr && transformed_custom_image == nullptr)
      return depth_to_color(kName, transformation, depth, out);
    return depth_to_color_custom(kName, transformation,
                                 {depth, find(custom_image), out, find(transformed_custom_image)},
                                 interpolation_type, invalid_custom_value);
  });
}

k4a_result_t k4a_transformation_color_image_to_depth_camera(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    const k4a_image_t color_image, k4a_image_t transformed_color_image) {
  static constexpr const char* kName = "k4a_transformation_color_image_to_depth_camera";
  return with(transformation_handle, kName, [&](const Transformation& transformation) {
    const DeviceGeometry& geometry = transformation.geometry();
    if (!geometry.depth || !geometry.color) return refuse(kName, "A camera is off");
    const ImagePtr depth = find(depth_image), color = find(color_image);
    const ImagePtr out = find(transformed_color_image);
    if (!fits(depth, K4A_IMAGE_FORMAT_DEPTH16, *geometry.depth, 2) ||
        !fits(color, K4A_IMAGE_FORMAT_COLOR_BGRA32, *geometry.color, 4) ||
        !fits(out, K4A_IMAGE_FORMAT_COLOR_BGRA32, *geometry.depth, 4))
      return refuse(kName, "An image has not the format and size of its camera");
    return answer(
        kName, transformation.color_to_depth(samples<const uint16_t>(depth),
                                             samples<const uint8_t>(color), samples<uint8_t>(out)));
  });
}

k4a_result_t k4a_transformation_depth_image_to_point_cloud(
    k4a_transformation_t transformation_handle, const k4a_image_t depth_image,
    const k4a_calibration_type_t camera, k4a_image_t xyz_image) {
  static constexpr const char* kName = "k4a_transformation_depth_image_to_point_cloud";
  return with(transformation_handle, kName, [&](const Transformation& transformation) {
    return point_cloud(kName, transformation, find(depth_image), camera, find(xyz_image));
  });
}
