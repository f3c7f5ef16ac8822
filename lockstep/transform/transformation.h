// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>

#include "lockstep/base/result.h"
#include "lockstep/transform/device_geometry.h"
#include "lockstep/transform/kernels.h"

namespace lockstep {

enum class Interpolation { nearest, linear };

/// An image with one sample for each depth pixel, carried along with the depth.
using CustomSamples = std::variant<std::span<const uint8_t>, std::span<const uint16_t>>;
using CustomOutput = std::variant<std::span<uint8_t>, std::span<uint16_t>>;

/// Carries images between the cameras of one device. Images are spans of tightly packed rows, depth
/// in millimetres with 0 for no reading; sizes are those of the cameras' models, and a span of
/// another size is invalid_argument, as is a camera that the geometry lacks or whose lens is not
/// computable. Every call fills its output wholly. One object may be used from any number of
/// threads at once.
class Transformation {
 public:
  explicit Transformation(const DeviceGeometry& geometry, const Kernels& kernels = best_kernels());
  ~Transformation();
  Transformation(Transformation&&) noexcept;
  Transformation& operator=(Transformation&&) noexcept;

  [[nodiscard]] const DeviceGeometry& geometry() const;

  /// The depth image as the colour camera would see it: surfaces between neighbouring readings,
  /// nearer ones over farther ones, none across a jump of depth.
  Result<void> depth_to_color(std::span<const uint16_t> depth, std::span<uint16_t> out) const;

  /// The same, and a custom image of 8 or 16 bits along with it. Where there is no depth,
  /// `custom_out` is `invalid` (its low bits).
  Result<void> depth_to_color(std::span<const uint16_t> depth, CustomSamples custom,
                              std::span<uint16_t> out, CustomOutput custom_out,
                              Interpolation interpolation, uint32_t invalid) const;

  /// The colour image (BGRA, four bytes a pixel) as the depth camera would see it; all bytes 0
  /// where nothing is known. It does not ask whether something stands between.
  Result<void> color_to_depth(std::span<const uint16_t> depth, std::span<const uint8_t> bgra,
                              std::span<uint8_t> out) const;

  /// x, y, z in millimetres for every pixel of a depth image in the geometry of the depth camera;
  /// (0, 0, 0) where there is none. x and y saturate; z keeps its 16 bits.
  Result<void> depth_points(std::span<const uint16_t> depth, std::span<int16_t> xyz) const;
  /// The same for a depth image in the geometry of the colour camera.
  Result<void> color_points(std::span<const uint16_t> depth, std::span<int16_t> xyz) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
