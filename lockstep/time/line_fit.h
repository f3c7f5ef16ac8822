// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace lockstep {

/// Straight line through points: y = value + slope * (x - x_mid).
struct LineFit {
  double x_mid = 0;
  double value = 0;  ///< at x_mid
  double slope = 0;
  double value_se = 0;  ///< standard errors, from the scatter about the line (white noise)
  double slope_se = 0;
  double rms = 0;  ///< of the residuals of the points used
  size_t used = 0;
  size_t rejected = 0;

  [[nodiscard]] double at(double x) const { return value + slope * (x - x_mid); }
  /// Standard error of at(x).
  [[nodiscard]] double se_at(double x) const;
  double x_center = 0;   ///< mean of the x used; value and slope errors are independent there
  double center_se = 0;  ///< standard error of the line there
};

/// Least squares. Fewer than two points, or all at one x: slope 0, value the mean.
[[nodiscard]] LineFit fit_line(std::span<const double> x, std::span<const double> y, double x_mid);

/// Least squares without the points that stand off by more than four robust deviations of a first
/// fit (at least `keep_within`, in units of y). With fewer than ten points the median, slope 0: a
/// rate from so few would be noise.
[[nodiscard]] LineFit fit_line_robust(std::span<const double> x, std::span<const double> y,
                                      double x_mid, double keep_within);

/// Standard deviation of a normal distribution over the median of its absolute deviations.
inline constexpr double kSigmaFromMad = 1.4826;

/// Median of the values (mean of the middle two when even); 0 for none.
[[nodiscard]] double median(std::span<const double> values);

}  // namespace lockstep
