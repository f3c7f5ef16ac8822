// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/calibrate/detect_protocol.h"

namespace lockstep {

class DetectChild;

/// Where lockstep-detect is: $LOCKSTEP_DETECT, else beside the running program. Not_found, with
/// what to do, where there is no such program.
Result<std::filesystem::path> find_detect_program();

/// Finds boards in images with a lockstep-detect of its own: a child process that is started when
/// it is first needed and ended with this object. Not thread-safe; threads take one each.
class Detector {
 public:
  struct Options {
    std::filesystem::path program;  ///< empty: find_detect_program()
    /// How long a child may take for one image before it counts as hanging.
    std::chrono::milliseconds patience{20'000};
    /// Asked ten times a second while a child works, by the thread that waits; true ends detect().
    std::function<bool()> stopped;
  };

  explicit Detector(Options options);
  Detector() : Detector(Options()) {}
  ~Detector();
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;

  /// Blocks for as long as two children have patience, at most: where one crashes or hangs, a
  /// second one gets the image. An image on which both fail is an Error (io where they crashed,
  /// timeout where the second one hung), after which other images can be asked for; cancelled where
  /// stopped; a board or
  /// image that cannot be is invalid_argument; a program that cannot be started is not_found or io.
  Result<Detection> detect(const DetectRequest& request);

  /// Of every child that crashed or hung, what it did, in order: "lockstep-detect was ended by
  /// signal 11 (Segmentation fault)".
  [[nodiscard]] const std::vector<std::string>& mishaps() const { return mishaps_; }
  /// Process id of the child; -1 while there is none.
  [[nodiscard]] int child() const;

 private:
  /// Remembers what the child did that gave no answer of use.
  void note_mishap(const Result<DetectAnswer>& answer);
  Result<DetectAnswer> ask(const std::vector<std::byte>& message);

  Options options_;
  std::unique_ptr<DetectChild> child_;
  std::vector<std::string> mishaps_;
};

}  // namespace lockstep
