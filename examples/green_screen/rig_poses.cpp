// SPDX-License-Identifier: MIT
#include "rig_poses.h"

#include <cctype>
#include <cstdlib>
#include <cstring>

Pose inverse(const Pose& pose) {
  Pose result{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      result.rotation[3 * row + column] = pose.rotation[3 * column + row];
      result.translation[row] -= pose.rotation[3 * column + row] * pose.translation[column];
    }
  }
  return result;
}

Pose operator*(const Pose& a, const Pose& b) {
  Pose result{};
  for (int row = 0; row < 3; ++row) {
    result.translation[row] = a.translation[row];
    for (int i = 0; i < 3; ++i) {
      result.translation[row] += a.rotation[3 * row + i] * b.translation[i];
      for (int column = 0; column < 3; ++column)
        result.rotation[3 * row + column] += a.rotation[3 * row + i] * b.rotation[3 * i + column];
    }
  }
  return result;
}

namespace {

/// Reads `count` numbers from `at` on, whatever brackets and commas stand between.
const char* read_numbers(const char* at, double* numbers, int count) {
  for (int i = 0; at != nullptr && i < count; ++i) {
    at += std::strspn(at, "[],{}:");
    char* end = nullptr;
    numbers[i] = std::strtod(at, &end);
    at = end == at ? nullptr : end;
  }
  return at;
}

}  // namespace

/// The file is written by a program, its keys always in one order, which spares a parser.
std::optional<Pose> rig_from_depth(const std::string& calibration_json, const std::string& serial) {
  std::string json;
  for (const char c : calibration_json) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) json += c;
  }
  static const std::string kRotation = "\"rig_from_depth\":{\"rotation\":";
  static const std::string kTranslation = "\"translation_m\":";
  const std::size_t camera = json.find("\"serial\":\"" + serial + "\"");
  if (camera == std::string::npos) return std::nullopt;
  const std::size_t rotation = json.find(kRotation, camera);
  if (rotation == std::string::npos) return std::nullopt;
  const std::size_t translation = json.find(kTranslation, rotation);
  if (translation == std::string::npos) return std::nullopt;
  Pose pose{};
  const char* const start = json.c_str();
  if (read_numbers(start + rotation + kRotation.size(), pose.rotation, 9) == nullptr ||
      read_numbers(start + translation + kTranslation.size(), pose.translation, 3) == nullptr)
    return std::nullopt;
  return pose;
}
