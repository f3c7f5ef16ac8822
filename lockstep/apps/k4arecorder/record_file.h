// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4a.h>
#include <k4arecord/record.h>

#include <filesystem>
#include <memory>

#include "lockstep/apps/k4arecorder/identity.h"
#include "lockstep/apps/k4arecorder/options.h"
#include "lockstep/base/result.h"

namespace lockstep {

struct CaptureCloser {
  void operator()(k4a_capture_t capture) const { k4a_capture_release(capture); }
};
using CaptureHandle = std::unique_ptr<_k4a_capture_t, CaptureCloser>;

/// A recording that libk4arecord writes. Whatever ends it, the destructor makes it whole.
/// Thread-bound.
class RecordFile {
 public:
  /// Makes the file and writes its head. Errors: io.
  static Result<RecordFile> create(const std::filesystem::path& path, k4a_device_t device,
                                   const RecorderOptions& options,
                                   const CameraIdentityInRig& identity);

  Result<void> write(k4a_capture_t capture);
  Result<void> write_imu(const k4a_imu_sample_t& sample);
  /// Writes what is queued and makes the file whole. Errors: io.
  Result<void> finish();

 private:
  struct Closer {
    void operator()(k4a_record_t record) const { k4a_record_close(record); }
  };
  using Handle = std::unique_ptr<_k4a_record_t, Closer>;
  RecordFile(Handle record, std::filesystem::path path)
      : record_(std::move(record)), path_(std::move(path)) {}

  Handle record_;
  std::filesystem::path path_;
};

}  // namespace lockstep
