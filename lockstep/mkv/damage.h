// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::mkv {

/// Something wrong in a file, and what was done instead of failing.
struct Damage {
  std::string what;
  uint64_t offset = 0;  ///< byte in the file
};

/// A list that hostile files cannot grow without bound, and in which nothing is said twice.
class DamageList {
 public:
  void add(uint64_t offset, std::string what) {
    if (list_.size() >= kMost) return;
    for (const Damage& known : list_) {
      if (known.offset == offset && known.what == what) return;
    }
    list_.push_back({std::move(what), offset});
  }
  [[nodiscard]] const std::vector<Damage>& list() const { return list_; }

 private:
  static constexpr size_t kMost = 100;
  std::vector<Damage> list_;
};

}  // namespace lockstep::mkv
