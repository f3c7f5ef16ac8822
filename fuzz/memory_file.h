// SPDX-License-Identifier: MIT
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "lockstep/base/unique_fd.h"

namespace lockstep {

/// A file in memory, for what wants a path. It is there as long as this lives.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const uint8_t> content) : file_(memfd_create("fuzz", MFD_CLOEXEC)) {
    if (write(file_.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
      std::abort();
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  UniqueFd file_;
};

}  // namespace lockstep
