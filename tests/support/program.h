// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/files.h"

namespace lockstep::testing {

/// What a program did. `status` is its exit code, or 128 + the signal that ended it, as in a shell.
struct Finished {
  int status = -1;
  std::string out;
  std::string err;
};

/// A program that runs while the test does other things; its output goes to files that are read at
/// the end. Killed if the object goes first. stdin is empty, NO_COLOR and LOCKSTEP_RIG are not set,
/// and signals do what they do in a program that a shell started in the foreground.
class RunningProgram {
 public:
  RunningProgram(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment = {},
                 const std::filesystem::path& folder = {});
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  /// Sends a signal, such as SIGINT for Ctrl-C.
  void signal(int number) const;
  /// What it printed so far.
  [[nodiscard]] std::string out_so_far() const;
  [[nodiscard]] std::string err_so_far() const;
  /// Waits for its end.
  Finished wait();

 private:
  pid_t pid_ = -1;
  TempFolder output_;
};

/// A program with a terminal of its own, as in a window or an ssh session, for stdin, stdout and
/// stderr. Environment and signals as of RunningProgram; killed if the object goes first.
class ProgramOnTerminal {
 public:
  ProgramOnTerminal(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment,
                    const std::filesystem::path& folder);
  ~ProgramOnTerminal();
  ProgramOnTerminal(const ProgramOnTerminal&) = delete;
  ProgramOnTerminal& operator=(const ProgramOnTerminal&) = delete;

  /// Reads until `sign` was shown: false where the program ended before.
  bool shows(std::string_view sign);
  /// All that was read, with "\r\n" for a line's end.
  [[nodiscard]] const std::string& shown() const { return shown_; }
  /// Closes the terminal: the program gets SIGHUP, and its output fails with EIO.
  void hang_up();
  /// Waits for its end; as Finished::status.
  int wait();

 private:
  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

/// What is wrong with `json` by docs/schemas/<schema>.schema.json; empty when it is as promised.
/// Judged by the jsonschema of Debian's python.
std::string schema_problems(std::string_view json, std::string_view schema);

}  // namespace lockstep::testing
