// SPDX-License-Identifier: MIT
#include "lockstep/apps/k4arecorder/record_file.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "lockstep/recording/our_tags.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// libk4arecord tells nobody but its log why.
Error failed(const char* function, k4a_result_t code, const fs::path& path) {
  return {Errc::io, fmt::format("Runtime error: {}() returned {} for {}: its disk may be full or "
                                "gone (K4A_ENABLE_LOG_TO_STDOUT=1 shows what libk4arecord says)",
                                function, static_cast<int>(code), path.string())};
}

bool add_tag(k4a_record_t record, std::string_view name, std::string_view value) {
  return K4A_SUCCEEDED(
      k4a_record_add_tag(record, std::string(name).c_str(), std::string(value).c_str()));
}

/// Our own readers are to know what the vendor's format has no word for.
bool add_our_tags(k4a_record_t record, const CameraIdentityInRig& identity) {
  if (!identity.is_virtual) return true;
  return add_tag(record, kVirtualTag, "1") &&
         add_tag(record, kFamilyTag, to_string(identity.family));
}

}  // namespace

Result<RecordFile> RecordFile::create(const fs::path& path, k4a_device_t device,
                                      const RecorderOptions& options,
                                      const CameraIdentityInRig& identity) {
  k4a_record_t made = nullptr;
  const k4a_result_t created = k4a_record_create(path.c_str(), device, options.config, &made);
  if (K4A_FAILED(created)) return failed("k4a_record_create", created, path);
  RecordFile file(Handle(made), path);
  if (options.imu) {
    const k4a_result_t added = k4a_record_add_imu_track(made);
    if (K4A_FAILED(added)) return failed("k4a_record_add_imu_track", added, path);
  }
  if (!add_our_tags(made, identity)) return failed("k4a_record_add_tag", K4A_RESULT_FAILED, path);
  const k4a_result_t written = k4a_record_write_header(made);
  if (K4A_FAILED(written)) return failed("k4a_record_write_header", written, path);
  return file;
}

Result<void> RecordFile::write(k4a_capture_t capture) {
  const k4a_result_t written = k4a_record_write_capture(record_.get(), capture);
  if (K4A_FAILED(written)) return failed("k4a_record_write_capture", written, path_);
  return {};
}

Result<void> RecordFile::write_imu(const k4a_imu_sample_t& sample) {
  const k4a_result_t written = k4a_record_write_imu_sample(record_.get(), sample);
  if (K4A_FAILED(written)) return failed("k4a_record_write_imu_sample", written, path_);
  return {};
}

Result<void> RecordFile::finish() {
  const k4a_result_t flushed = k4a_record_flush(record_.get());
  record_.reset();
  if (K4A_FAILED(flushed)) return failed("k4a_record_flush", flushed, path_);
  return {};
}

}  // namespace lockstep
