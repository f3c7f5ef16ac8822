// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::testing {

/// Path of a fixture under tests/data. The file is not checked to exist.
std::filesystem::path data_file(std::string_view name);

/// A file of the source tree, such as "examples/rigs/01-chain-of-three-virtual.toml".
std::filesystem::path source_file(std::string_view name);

/// Factory calibration of the camera of real-recording/recording.mkv, which virtual cameras are
/// drawn from.
std::filesystem::path factory_calibration_file();

/// A folder of its own for one test, removed with everything in it when the object goes.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// Names of everything in a folder, sorted; none when there is no such folder.
std::vector<std::string> names_in(const std::filesystem::path& folder);

/// Whole content of a file; fails the running test and returns "" when it can't be read.
std::string read_file(const std::filesystem::path& path);
/// Writes `content` to `path`; fails the running test when that can't be done.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace lockstep::testing
