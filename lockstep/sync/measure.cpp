// SPDX-License-Identifier: MIT
#include "lockstep/sync/measure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lockstep {
namespace {

constexpr double kKeepWithinUs = 2 * kRegisterStepUs;

double seconds_since_zero(const Alignment& all, int64_t tick) {
  return static_cast<double>(tick + all.ticks_before_first) * all.period_us() * 1e-6;
}

/// The series without holes: between present ticks a straight line, beyond them the nearest.
std::vector<double> bridged(const TickSeries& series) {
  std::vector<double> full = series.residual_us;
  size_t last = full.size();
  for (size_t i = 0; i < full.size(); ++i) {
    if (!series.has(i)) continue;
    const size_t from = last == full.size() ? 0 : last + 1;
    for (size_t k = from; k < i; ++k) {
      const double share = last == full.size() ? 1.0 : double(k - last) / double(i - last);
      const double before = last == full.size() ? full[i] : full[last];
      full[k] = before + share * (full[i] - before);
    }
    last = i;
  }
  if (last < full.size())
    std::fill(full.begin() + static_cast<ptrdiff_t>(last), full.end(), full[last]);
  return full;
}

LineFit fit_series(const Alignment& all, const std::vector<int64_t>& ticks,
                   const std::vector<double>& y) {
  std::vector<double> x(ticks.size());
  std::transform(ticks.begin(), ticks.end(), x.begin(),
                 [&](int64_t tick) { return seconds_from_mid(all, tick); });
  return fit_line_robust(x, y, 0, kKeepWithinUs);
}

double own_jitter_us(const Alignment& all, const TickSeries& series) {
  std::vector<int64_t> ticks;
  std::vector<double> y;
  for (size_t i = 0; i < series.present.size(); ++i) {
    if (!series.has(i)) continue;
    ticks.push_back(static_cast<int64_t>(i));
    y.push_back(series.residual_us[i]);
  }
  return fit_series(all, ticks, y).rms;
}

/// Stream of a device minus `line`, less what is expected; a free clock's rate since zero taken
/// out.
OffsetSeries against(const Alignment& all, const TickSeries& series,
                     const std::vector<double>& line, double expected_us, bool disciplined) {
  OffsetSeries result;
  for (size_t i = 0; i < series.present.size(); ++i) {
    if (!series.has(i)) continue;
    result.tick.push_back(static_cast<int64_t>(i));
    result.offset_us.push_back(series.residual_us[i] - line[i] - expected_us);
  }
  result.fit = fit_series(all, result.tick, result.offset_us);
  result.level_us = result.fit.value;
  result.level_se_us = result.fit.value_se;
  if (disciplined || result.tick.size() < 10) return result;
  // A free clock drifts off from the instant that the first pulse zeroed it: its offset is what it
  // had there.
  const double zero_s = seconds_from_mid(all, -all.ticks_before_first);
  result.level_us = result.fit.at(zero_s);
  result.level_se_us = result.fit.se_at(zero_s);
  for (size_t i = 0; i < result.tick.size(); ++i)
    result.offset_us[i] -= result.fit.slope * seconds_since_zero(all, result.tick[i]);
  return result;
}

OffsetSeries depth_against_color(const Alignment& all, const AlignedDevice& device) {
  const TickSeries& color = device.color.series;
  const TickSeries& depth = device.depth.series;
  OffsetSeries result;
  for (size_t i = 0; i < color.present.size(); ++i) {
    if (!color.has(i) || !depth.has(i)) continue;
    result.tick.push_back(static_cast<int64_t>(i));
    result.offset_us.push_back(depth.residual_us[i] - color.residual_us[i] -
                               device.expected_depth_us);
  }
  result.fit = fit_series(all, result.tick, result.offset_us);
  result.level_us = result.fit.value;
  result.level_se_us = result.fit.value_se;
  return result;
}

std::optional<double> constant_exposure_us(const DeviceEvidence& device) {
  if (device.exposures.size() != 1) return std::nullopt;
  return static_cast<double>(device.exposures.front().second.count());
}

/// Chooses the reading under which the worst device is least off, and moves all offsets by it.
void choose_reading(Measures& all, size_t reference) {
  const auto exposure = all.devices[reference].exposure_us;
  for (const DeviceMeasure& device : all.devices) {
    if (exposure && device.exposure_us && *device.exposure_us != *exposure)
      all.equal_exposures = false;
  }
  if (all.equal_exposures) return;
  const auto shift = [&](StampReading reading, const DeviceMeasure& device) {
    if (!device.exposure_us) return 0.0;
    return stamp_shift_us(reading, *device.exposure_us) - stamp_shift_us(reading, *exposure);
  };
  double best = HUGE_VAL;
  for (const StampReading reading : kStampReadings) {
    double worst = 0;
    for (const DeviceMeasure& device : all.devices) {
      if (device.lead)
        worst = std::max(worst, std::abs(device.lead->level_us - shift(reading, device)));
    }
    if (worst < best) {
      best = worst;
      all.reading = reading;
    }
  }
  for (DeviceMeasure& device : all.devices) {
    if (!device.lead) continue;
    device.expected_shift_us = shift(all.reading, device);
    device.lead->level_us -= device.expected_shift_us;
    device.lead->fit.value -= device.expected_shift_us;
    for (double& offset : device.lead->offset_us) offset -= device.expected_shift_us;
  }
}

/// Squares of a series about its own least-squares line over the tick count.
double fit_squares(const OffsetSeries& series) {
  const std::vector<double> x(series.tick.begin(), series.tick.end());
  const LineFit fit = fit_line(x, series.offset_us, x.front());
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double off = series.offset_us[i] - fit.at(x[i]);
    sum += off * off;
  }
  return sum;
}

}  // namespace

std::string_view to_string(StampReading reading) {
  constexpr std::string_view kNames[] = {"centre of exposure, the pulse starts it",
                                         "centre of exposure, the pulse ends it",
                                         "start of frame, the pulse starts the exposure",
                                         "start of frame, the pulse ends the exposure"};
  return kNames[static_cast<int>(reading)];
}

double stamp_shift_us(StampReading reading, double exposure_us) {
  constexpr double kShare[] = {0.5, -0.5, 0, -1};
  return kShare[static_cast<int>(reading)] * exposure_us;
}

std::optional<OffsetStep> find_step(const OffsetSeries& series) {
  constexpr size_t kFewest = 10;      // on either side
  constexpr double kFarBetter = 0.3;  // share of the line's squares that two levels leave
  constexpr double kSmallestUs = 30;
  const auto& y = series.offset_us;
  const size_t n = y.size();
  if (n < 2 * kFewest) return std::nullopt;
  const double mean = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(n);
  double total = 0;  // squares about one level
  for (const double us : y) total += (us - mean) * (us - mean);
  double left = 0, best_gain = 0;
  OffsetStep step;
  for (size_t i = 1; i + kFewest <= n; ++i) {
    left += y[i - 1] - mean;  // sum on the left; that on the right is its negative
    if (i < kFewest) continue;
    const double gain = left * left * (1 / static_cast<double>(i) + 1 / static_cast<double>(n - i));
    if (gain <= best_gain) continue;
    best_gain = gain;
    step = {series.tick[i], -left / static_cast<double>(n - i) - left / static_cast<double>(i)};
  }
  const double line = fit_squares(series);
  if (total - best_gain > kFarBetter * line || std::abs(step.us) < kSmallestUs) return std::nullopt;
  return step;
}

double seconds_from_mid(const Alignment& all, int64_t tick) {
  return (static_cast<double>(tick) - static_cast<double>(all.ticks - 1) / 2) * all.period_us() *
         1e-6;
}

Measures measure(const Alignment& all, size_t reference) {
  Measures measures;
  const AlignedDevice& source = all.devices[reference];
  std::vector<double> line = bridged(source.lead().series);
  for (double& residual : line) residual -= source.expected_lead_us();
  for (const AlignedDevice& device : all.devices) {
    DeviceMeasure& result = measures.devices.emplace_back();
    result.exposure_us = constant_exposure_us(*device.evidence);
    if (device.empty()) continue;
    const TickSeries& lead = device.lead().series;
    result.lead_jitter_us = own_jitter_us(all, lead);
    if (&device != &source && lead.count > 0)
      result.lead = against(all, lead, line, device.expected_lead_us(), device.disciplined);
    if (device.color.empty() || device.depth.empty()) continue;
    result.depth_jitter_us = own_jitter_us(all, device.depth.series);
    OffsetSeries depth = depth_against_color(all, device);
    if (!depth.tick.empty()) result.depth = std::move(depth);
  }
  choose_reading(measures, reference);
  return measures;
}

}  // namespace lockstep
