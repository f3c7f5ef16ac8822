// SPDX-License-Identifier: MIT
#include "lockstep/recording/side_track.h"

#include "lockstep/base/little_endian.h"
#include "lockstep/recording/time_limits.h"

namespace lockstep {
namespace {

constexpr uint8_t kVersion = 1;

// Offsets in the payload.
constexpr size_t kVersionAt = 0;
constexpr size_t kJacksAt = 1;    // bit 0 sync-in known, 1 plugged, 2 sync-out known, 3 plugged
constexpr size_t kPresentAt = 2;  // u16, the bits below
constexpr size_t kGainAt = 4;
constexpr size_t kArrivalNsAt = 8;
constexpr size_t kExposureUsAt = 16;
constexpr size_t kWhiteBalanceKAt = 24;
constexpr size_t kTemperatureCAt = 28;
constexpr size_t kDroppedAt = 32;
constexpr size_t kZeroShareAt = 40;
constexpr size_t kMeanIrAt = 44;

enum Present : uint16_t {
  kHasArrival = 1 << 0,
  kHasExposure = 1 << 1,
  kHasGain = 1 << 2,
  kHasWhiteBalance = 1 << 3,
  kHasTemperature = 1 << 4,
  kHasZeroShare = 1 << 5,
  kHasMeanIr = 1 << 6,
};

uint8_t jack_bits(const std::optional<bool>& plugged) {
  return static_cast<uint8_t>((plugged ? 1 : 0) | (plugged.value_or(false) ? 2 : 0));
}

std::optional<bool> jack_from(int bits) {
  if ((bits & 1) == 0) return std::nullopt;
  return (bits & 2) != 0;
}

}  // namespace

CaptureNote note_of(const Capture& capture) {
  CaptureNote note;
  note.stamp = capture.stamp();
  for (const auto* image : {&capture.color, &capture.ir, &capture.depth}) {
    if (!*image) continue;
    if (!note.arrival) note.arrival = (*image)->arrival;
  }
  if (capture.color) {
    note.exposure = capture.color->exposure;
    note.gain = capture.color->gain;
    note.white_balance_k = capture.color->white_balance_k;
  }
  note.temperature_c = capture.temperature_c;
  note.jacks = capture.jacks;
  note.dropped_before = capture.dropped_before;
  return note;
}

std::array<std::byte, kNoteBytes> encode_note(const CaptureNote& note) {
  std::array<std::byte, kNoteBytes> payload{};
  std::byte* const to = payload.data();
  uint16_t present = 0;
  const auto put = [&](Present bit, size_t offset, const auto& value, auto convert) {
    if (!value) return;
    present = static_cast<uint16_t>(present | bit);
    store_le(to, offset, convert(*value));
  };
  put(kHasArrival, kArrivalNsAt, note.arrival,
      [](HostTime t) { return static_cast<int64_t>(t.time_since_epoch().count()); });
  put(kHasExposure, kExposureUsAt, note.exposure,
      [](Micros t) { return static_cast<int64_t>(t.count()); });
  const auto as_int = [](int v) { return static_cast<int32_t>(v); };
  const auto as_float = [](double v) { return static_cast<float>(v); };
  put(kHasGain, kGainAt, note.gain, as_int);
  put(kHasWhiteBalance, kWhiteBalanceKAt, note.white_balance_k, as_int);
  put(kHasTemperature, kTemperatureCAt, note.temperature_c, as_float);
  put(kHasZeroShare, kZeroShareAt, note.zero_depth_share, as_float);
  put(kHasMeanIr, kMeanIrAt, note.mean_ir, as_float);
  store_le(to, kVersionAt, kVersion);
  store_le(to, kJacksAt,
           static_cast<uint8_t>(jack_bits(note.jacks.in_plugged) | jack_bits(note.jacks.out_plugged)
                                                                       << 2));
  store_le(to, kPresentAt, present);
  store_le(to, kDroppedAt, note.dropped_before);
  return payload;
}

std::optional<CaptureNote> decode_note(DeviceTime stamp, std::span<const std::byte> payload) {
  if (payload.size() < kNoteBytes) return std::nullopt;
  const std::byte* const from = payload.data();
  if (load_le<uint8_t>(from, kVersionAt) < kVersion) return std::nullopt;
  const auto present = load_le<uint16_t>(from, kPresentAt);
  const auto jacks = load_le<uint8_t>(from, kJacksAt);
  CaptureNote note;
  note.stamp = stamp;
  const auto arrival_ns = load_le<int64_t>(from, kArrivalNsAt);
  if ((present & kHasArrival) && arrival_ns >= 0 && arrival_ns <= kLatestNs)
    note.arrival = HostTime(Nanos(arrival_ns));
  const auto exposure_us = load_le<int64_t>(from, kExposureUsAt);
  if ((present & kHasExposure) && exposure_us >= 0 && exposure_us <= kLatestNs / 1000)
    note.exposure = Micros(exposure_us);
  if (present & kHasGain) note.gain = load_le<int32_t>(from, kGainAt);
  if (present & kHasWhiteBalance) note.white_balance_k = load_le<int32_t>(from, kWhiteBalanceKAt);
  if (present & kHasTemperature) note.temperature_c = load_le<float>(from, kTemperatureCAt);
  if (present & kHasZeroShare) note.zero_depth_share = load_le<float>(from, kZeroShareAt);
  if (present & kHasMeanIr) note.mean_ir = load_le<float>(from, kMeanIrAt);
  note.jacks = {jack_from(jacks), jack_from(jacks >> 2)};
  note.dropped_before = load_le<uint64_t>(from, kDroppedAt);
  return note;
}

}  // namespace lockstep
