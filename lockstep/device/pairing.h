// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "lockstep/frame/capture.h"
#include "lockstep/sensor/config.h"

namespace lockstep {

/// What one depth exposure delivers; depth and ir carry equal stamps.
struct DepthSample {
  std::optional<Image> depth;  ///< absent in passive IR
  Image ir;
  std::optional<double> temperature_c;
};

/// Makes captures of the images of one camera's two sensors by the documented windows: a partner is
/// accepted from a quarter period before its expected time to three quarters after, ends included.
/// The queues are as deep as the vendor's: 15 per sensor beside the one being compared, 7 captures
/// for the reader, the oldest dropped and counted. A value without locks or clocks.
class Pairing {
 public:
  /// With only one sensor on, or `pair` false, every image is a capture of its own. `zeroed`: the
  /// start zeroes the camera's clock, so that late stamps at first are from before it.
  explicit Pairing(const CameraConfig& config, bool pair = true, bool zeroed = true);

  void add_color(Image color);
  void add_depth(DepthSample depth);

  /// Oldest finished capture; its dropped_before counts what the full queue lost before it.
  std::optional<Capture> next();
  /// Finished captures waiting for next().
  [[nodiscard]] size_t ready() const { return ready_.size(); }

 private:
  void match();
  void publish(Capture capture);
  void release(Image color);
  void release(DepthSample depth);

  int64_t period_us_;
  int64_t delay_us_;  ///< depth off colour, signed
  bool paired_only_;
  bool pairing_;
  bool depth_awaits_zero_;
  std::deque<Image> colors_;  ///< front: the one being compared
  std::deque<DepthSample> depths_;
  std::deque<Capture> ready_;
};

}  // namespace lockstep
