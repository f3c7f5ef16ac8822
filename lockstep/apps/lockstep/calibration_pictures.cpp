// SPDX-License-Identifier: MIT
#include "lockstep/apps/lockstep/calibration_pictures.h"

#include <algorithm>
#include <utility>

#include "lockstep/calibrate/board_observer.h"
#include "lockstep/codec/color_picture.h"
#include "lockstep/codec/jpeg.h"
#include "lockstep/take/set_reader.h"

namespace lockstep {
namespace {

constexpr int kWidestPx = 960;
constexpr int kJpegQuality = 75;

/// Mean of whole squares of pixels, so that it is no wider than kWidestPx.
RgbPicture made_smaller(const RgbPicture& picture) {
  const int factor = (picture.width_px + kWidestPx - 1) / kWidestPx;
  RgbPicture small(picture.width_px / factor, picture.height_px / factor);
  for (int y = 0; y < small.height_px; ++y) {
    for (int i = 0; i < 3 * small.width_px; ++i) {
      int sum = 0;
      for (int dy = 0; dy < factor; ++dy) {
        const uint8_t* const row = picture.row(y * factor + dy) + 3 * (i / 3 * factor) + i % 3;
        for (int dx = 0; dx < factor; ++dx) sum += row[3 * dx];
      }
      small.row(y)[i] = static_cast<uint8_t>(sum / (factor * factor));
    }
  }
  return small;
}

RgbPicture in_gray(const GrayImage& image) {
  RgbPicture picture(image.width_px, image.height_px);
  for (size_t i = 0; i < image.samples.size(); ++i)
    std::fill_n(picture.rgb.begin() + static_cast<ptrdiff_t>(3 * i), 3, image.samples[i]);
  return picture;
}

/// Nothing where it cannot be decoded.
CalibrationPicture picture_of(const Capture& capture, BoardSensor sensor) {
  RgbPicture whole;
  if (sensor == BoardSensor::color && capture.color) {
    auto decoded = color_picture(*capture.color);
    if (!decoded) return {};
    whole = *std::move(decoded);
  } else if (sensor == BoardSensor::infrared && capture.ir) {
    whole = in_gray(gray_of_infrared(*capture.ir));
  }
  if (whole.rgb.empty()) return {};
  const auto jpeg = encode_jpeg(made_smaller(whole), kJpegQuality);
  if (!jpeg) return {};
  return {
      {reinterpret_cast<const char*>(jpeg->data()), jpeg->size()}, whole.width_px, whole.height_px};
}

}  // namespace

Result<std::vector<CalibrationPicture>> calibration_pictures(
    const std::filesystem::path& take_folder, const std::vector<ShownView>& shown) {
  auto reader = SetReader::open(take_folder);
  if (!reader) return std::move(reader).error();
  std::vector<CalibrationPicture> pictures;
  for (const ShownView& view : shown) {
    (*reader)->seek(view.tick);
    const auto set = (*reader)->next();
    if (!set) return set.error();
    const CapturePtr capture =
        *set ? (*set)->slots[static_cast<size_t>(view.camera)].capture : nullptr;
    pictures.push_back(capture == nullptr ? CalibrationPicture{}
                                          : picture_of(*capture, view.sensor));
  }
  return pictures;
}

}  // namespace lockstep
