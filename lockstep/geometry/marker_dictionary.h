// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"

namespace lockstep {

/// The bits of a set of square markers. A value; the bits live as long as the program.
class MarkerDictionary {
 public:
  MarkerDictionary(std::string name, int bits_per_side, std::span<const uint64_t> markers)
      : name_(std::move(name)), bits_per_side_(bits_per_side), markers_(markers) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Without the black border, which is one bit wide on each side.
  [[nodiscard]] int bits_per_side() const { return bits_per_side_; }
  [[nodiscard]] int count() const { return static_cast<int>(markers_.size()); }
  /// Colour of a bit of marker `id` (below count()), counted from its top left without the border.
  [[nodiscard]] bool is_white(int id, int column, int row) const {
    const int after = bits_per_side_ * bits_per_side_ - 1 - (row * bits_per_side_ + column);
    return (markers_[static_cast<size_t>(id)] >> after & 1) != 0;
  }

 private:
  std::string name_;
  int bits_per_side_;
  std::span<const uint64_t> markers_;
};

/// A predefined dictionary of OpenCV 4.6 by its name there, such as "DICT_5X5_250" (the source of
/// the bits is in marker_dictionaries.json). Another name is not_found, and the message has the one
/// that was likely meant.
Result<MarkerDictionary> find_dictionary(std::string_view name);

/// Names of all dictionaries, by number of bits, AprilTag's last.
[[nodiscard]] const std::vector<std::string>& dictionary_names();

}  // namespace lockstep
