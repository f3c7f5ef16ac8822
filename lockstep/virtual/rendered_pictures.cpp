// SPDX-License-Identifier: MIT
#include "lockstep/virtual/rendered_pictures.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "lockstep/base/buffer_pool.h"
#include "lockstep/virtual/color_rows.h"
#include "lockstep/virtual/depth_noise.h"
#include "lockstep/virtual/random.h"
#include "lockstep/virtual/sensor_view.h"

namespace lockstep {
namespace {

/// One blob of a depth file, as it lies there.
struct PatchView {
  PixelRect rect;
  std::span<const uint16_t> depth_units;
  std::span<const uint16_t> ir;
};

PatchView patch_view(std::span<const std::byte> blob) {
  int32_t place[4] = {};
  if (blob.size() < sizeof(place)) return {};
  std::memcpy(place, blob.data(), sizeof(place));
  PatchView view{{place[0], place[1], place[2], place[3]}, {}, {}};
  const auto count = (blob.size() - sizeof(place)) / sizeof(uint16_t) / 2;
  const auto* samples = reinterpret_cast<const uint16_t*>(blob.data() + sizeof(place));
  view.depth_units = {samples, count};
  view.ir = {samples + count, count};
  return view;
}

std::span<const uint8_t> u8(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

size_t blob_bytes(const PatchView& patch) {
  return 4 * sizeof(int32_t) + (patch.depth_units.size() + patch.ir.size()) * sizeof(uint16_t);
}

bool lies_within(const PatchView& patch, SizePx size) {
  const PixelRect& rect = patch.rect;
  if (rect.x < 0 || rect.y < 0 || rect.width < 0 || rect.height < 0) return false;
  if (rect.x > size.width || rect.width > size.width - rect.x) return false;
  if (rect.y > size.height || rect.height > size.height - rect.y) return false;
  const auto samples = static_cast<size_t>(rect.width) * static_cast<size_t>(rect.height);
  return patch.depth_units.size() == samples &&
         std::all_of(patch.ir.begin(), patch.ir.end(),
                     [](uint16_t ir) { return ir <= kBrightestIr; });
}

class RenderedPictures final : public Pictures {
 public:
  RenderedPictures(const CameraConfig& config, std::shared_ptr<const PictureFile> color,
                   std::shared_ptr<const PictureFile> depth, double noise_scale)
      : config_(config),
        size_(depth_size(config.depth_mode)),
        color_(std::move(color)),
        depth_(std::move(depth)),
        kernel_(depth_noise(config.depth_mode), noise_scale),
        color_shape_(color_shape(config)) {
    if (color_ == nullptr || color_shape_.format == PixelFormat::mjpg) return;
    color_noise_.emplace(color_shape_.format);
    // New memory may take longer than a frame lasts.
    std::vector<BufferPool::Buffer> first(3);
    for (BufferPool::Buffer& buffer : first) buffer = pool_.take(color_shape_.image_bytes());
  }

  [[nodiscard]] Image color(const FrameInstant& frame) const override {
    if (!color_noise_) {
      return lockstep::image_of(color_shape_, {color_, color_->blob(phase(frame, color_->size()))});
    }
    auto buffer = pool_.take(color_shape_.image_bytes());
    const std::span<uint8_t> pixels(reinterpret_cast<uint8_t*>(buffer.bytes.data()),
                                    buffer.bytes.size());
    show_rows(u8(color_->blob(0)), color_->blob(1 + phase(frame, color_->size() - 1)),
              static_cast<size_t>(color_shape_.row_bytes()), *color_noise_, frame.noise_seed,
              pixels);
    return lockstep::image_of(color_shape_, {std::move(buffer.owner), buffer.bytes});
  }

  [[nodiscard]] DepthSample depth(const FrameInstant& frame) const override {
    const PatchView still = patch_view(depth_->blob(0));
    const PatchView patch = patch_view(depth_->blob(1 + phase(frame, depth_->size() - 1)));
    Plane depth_plane = take_plane();
    Plane ir_plane = take_plane();
    const auto width = static_cast<size_t>(size_.width);
    std::vector<uint16_t> depth_row(width);
    std::vector<uint16_t> ir_row(width);
    for (int y = 0; y < size_.height; ++y) {
      const size_t at = static_cast<size_t>(y) * width;
      std::span<const uint16_t> depth_in = still.depth_units.subspan(at, width);
      std::span<const uint16_t> ir_in = still.ir.subspan(at, width);
      const int inside = y - patch.rect.y;
      if (inside >= 0 && inside < patch.rect.height) {
        const size_t from = static_cast<size_t>(inside) * static_cast<size_t>(patch.rect.width);
        lay_over(depth_in, patch, patch.depth_units.subspan(from), depth_row);
        lay_over(ir_in, patch, patch.ir.subspan(from), ir_row);
        depth_in = depth_row;
        ir_in = ir_row;
      }
      add_noise(kernel_, mix_bits(frame.noise_seed, static_cast<uint64_t>(y)), depth_in, ir_in,
                depth_plane.samples.subspan(at, width), ir_plane.samples.subspan(at, width));
    }
    DepthSample sample;
    sample.ir = image_of(PixelFormat::ir16, std::move(ir_plane));
    if (has_depth(config_.depth_mode))
      sample.depth = image_of(PixelFormat::depth16, std::move(depth_plane));
    return sample;
  }

 private:
  static size_t phase(const FrameInstant& frame, size_t pictures) {
    return static_cast<size_t>(std::max<int64_t>(0, frame.world_tick)) % pictures;
  }

  static void lay_over(std::span<const uint16_t> still, const PatchView& patch,
                       std::span<const uint16_t> moving, std::vector<uint16_t>& row) {
    std::copy(still.begin(), still.end(), row.begin());
    std::copy_n(moving.begin(), patch.rect.width, row.begin() + patch.rect.x);
  }

  struct Plane {
    std::shared_ptr<void> owner;
    std::span<uint16_t> samples;
  };

  [[nodiscard]] Plane take_plane() const {
    const auto count = static_cast<size_t>(size_.width) * static_cast<size_t>(size_.height);
    auto buffer = pool_.take(count * sizeof(uint16_t));
    return {std::move(buffer.owner), {reinterpret_cast<uint16_t*>(buffer.bytes.data()), count}};
  }

  [[nodiscard]] Image image_of(PixelFormat format, Plane plane) const {
    return lockstep::image_of(plane_shape(config_, format),
                              {std::move(plane.owner), std::as_bytes(plane.samples)});
  }

  const CameraConfig config_;
  const SizePx size_;  ///< of depth
  const std::shared_ptr<const PictureFile> color_;
  const std::shared_ptr<const PictureFile> depth_;
  const DepthNoiseKernel kernel_;
  const BufferPool pool_;
  const ImageShape color_shape_;
  std::optional<ColorNoise> color_noise_;  ///< of uncompressed colour
};

}  // namespace

bool holds_jpegs(const PictureFile& file, int frames) {
  if (frames < 1 || file.size() != static_cast<size_t>(frames)) return false;
  for (size_t i = 0; i < file.size(); ++i) {
    if (file.blob(i).empty()) return false;
  }
  return true;
}

bool holds_color(const PictureFile& file, const ImageShape& shape, int frames) {
  if (frames < 1 || file.size() != static_cast<size_t>(frames) + 1) return false;
  if (file.blob(0).size() != shape.image_bytes()) return false;
  for (size_t i = 1; i < file.size(); ++i) {
    if (!are_row_differences(file.blob(i), static_cast<size_t>(shape.rows()),
                             static_cast<size_t>(shape.row_bytes()))) {
      return false;
    }
  }
  return true;
}

bool holds_depth(const PictureFile& file, DepthMode mode, int frames) {
  if (frames < 1 || file.size() != static_cast<size_t>(frames) + 1) return false;
  const SizePx size = depth_size(mode);
  for (size_t i = 0; i < file.size(); ++i) {
    const std::span<const std::byte> blob = file.blob(i);
    const PatchView patch = patch_view(blob);
    if (blob.size() != blob_bytes(patch) || !lies_within(patch, size)) return false;
    const bool whole = patch.rect.width == size.width && patch.rect.height == size.height;
    if (i == 0 && !whole) return false;
  }
  return true;
}

std::shared_ptr<const Pictures> play_rendered(const CameraConfig& config,
                                              std::shared_ptr<const PictureFile> color,
                                              std::shared_ptr<const PictureFile> depth,
                                              double depth_noise_scale) {
  return std::make_shared<RenderedPictures>(config, std::move(color), std::move(depth),
                                            depth_noise_scale);
}

}  // namespace lockstep
