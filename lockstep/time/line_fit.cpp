// SPDX-License-Identifier: MIT
#include "lockstep/time/line_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lockstep {
namespace {

constexpr size_t kFewPoints = 10;
constexpr double kRobustDeviations = 4;

double sum_of_squares(std::span<const double> x, std::span<const double> y, const LineFit& fit) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double r = y[i] - fit.at(x[i]);
    sum += r * r;
  }
  return sum;
}

LineFit level_fit(std::span<const double> x, std::span<const double> y, double x_mid) {
  LineFit fit;
  fit.x_mid = fit.x_center = x_mid;
  fit.used = y.size();
  fit.value = median(y);
  if (y.size() < 2) return fit;
  fit.rms = std::sqrt(sum_of_squares(x, y, fit) / static_cast<double>(y.size() - 1));
  fit.value_se = fit.center_se = fit.rms / std::sqrt(static_cast<double>(y.size()));
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  const double span = *high - *low;
  fit.slope_se = span > 0 ? fit.rms * std::sqrt(12.0 / static_cast<double>(y.size())) / span : 0;
  return fit;
}

}  // namespace

double LineFit::se_at(double x) const {
  const double lever = slope_se * (x - x_center);
  return std::sqrt(center_se * center_se + lever * lever);
}

double median(std::span<const double> values) {
  if (values.empty()) return 0;
  std::vector<double> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  if (copy.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(copy.begin(), middle)) / 2;
}

LineFit fit_line(std::span<const double> x, std::span<const double> y, double x_mid) {
  LineFit fit;
  fit.x_mid = fit.x_center = x_mid;
  fit.used = x.size();
  if (x.empty()) return fit;
  const double n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    mean_x += (x[i] - x_mid) / n;
    mean_y += y[i] / n;
  }
  double sxx = 0, sxy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - x_mid - mean_x;
    sxx += dx * dx;
    sxy += dx * (y[i] - mean_y);
  }
  fit.slope = sxx > 0 ? sxy / sxx : 0;
  fit.value = mean_y - fit.slope * mean_x;
  fit.x_center = x_mid + mean_x;
  if (x.size() < 3) return fit;
  fit.rms = std::sqrt(sum_of_squares(x, y, fit) / (n - 2));
  fit.center_se = fit.rms / std::sqrt(n);
  fit.slope_se = sxx > 0 ? fit.rms / std::sqrt(sxx) : 0;
  fit.value_se = fit.se_at(x_mid);
  return fit;
}

LineFit fit_line_robust(std::span<const double> x, std::span<const double> y, double x_mid,
                        double keep_within) {
  if (x.size() < kFewPoints) return level_fit(x, y, x_mid);
  const LineFit first = fit_line(x, y, x_mid);
  std::vector<double> off(x.size());
  for (size_t i = 0; i < x.size(); ++i) off[i] = y[i] - first.at(x[i]);
  const double center = median(off);
  for (double& r : off) r = std::abs(r - center);
  const double limit = std::max(keep_within, kRobustDeviations * kSigmaFromMad * median(off));
  std::vector<double> kept_x, kept_y;
  for (size_t i = 0; i < x.size(); ++i) {
    if (off[i] > limit) continue;
    kept_x.push_back(x[i]);
    kept_y.push_back(y[i]);
  }
  if (kept_x.size() == x.size()) return first;
  if (kept_x.size() < kFewPoints) return level_fit(x, y, x_mid);
  LineFit fit = fit_line(kept_x, kept_y, x_mid);
  fit.rejected = x.size() - kept_x.size();
  return fit;
}

}  // namespace lockstep
