// SPDX-License-Identifier: MIT
// `lockstep exec RIG -- PROGRAM ...`: a program written for the vendor's library, on a virtual rig
// or on a take.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/base/files.h"
#include "lockstep/playback/playback.h"
#include "lockstep/rig/chosen_rig.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct ExecOptions {
  std::string rig;
  std::vector<std::string> words;
};

/// Where libk4a.so.1.4 of this build or installation is. Not among the system's libraries, where
/// it would take the place of the vendor's.
Result<fs::path> library_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  for (const char* folder : {"../lib/lockstep", "../k4a"}) {
    const fs::path candidate = (program.parent_path() / folder).lexically_normal();
    if (fs::exists(candidate / "libk4a.so.1.4", failed)) return candidate;
  }
  return Error{Errc::not_found,
               fmt::format("libk4a.so.1.4 is neither in ../lib/lockstep nor in ../k4a, seen from "
                           "{}: install lockstep whole, or build the target k4a.",
                           program.string())};
}

/// A rig that can be simulated, or a take that can be played, as programs in other folders will
/// name it.
Result<std::string> name_for_programs(const std::string& rig) {
  const std::string path = fs::absolute(rig).lexically_normal().string();
  if (is_take_or_recording(rig)) {
    const auto played = PlaybackSource::open_path(rig, {});
    return played ? Result<std::string>(path) : played.error();
  }
  const auto chosen = choose_rig(rig);
  if (!chosen) return chosen.error();
  if (!chosen->rig.is_virtual()) {
    return Error{Errc::unsupported,
                 fmt::format("{} is a rig of real cameras, which programs reach through the "
                             "vendor's library: run the program without 'lockstep exec'.",
                             rig)};
  }
  return rig == "demo" ? rig : path;
}

int run_exec(ExecOptions options) {
  const auto name = name_for_programs(options.rig);
  if (!name) return report_failure(name.error());
  const auto folder = library_folder();
  if (!folder) return report_failure(folder.error());
  const char* const others = std::getenv("LD_LIBRARY_PATH");
  const bool alone = others == nullptr || *others == '\0';
  const std::string path = alone ? folder->string() : folder->string() + ":" + others;
  setenv("LOCKSTEP_RIG", name->c_str(), 1);
  setenv("LD_LIBRARY_PATH", path.c_str(), 1);

  std::vector<char*> words;
  for (std::string& word : options.words) words.push_back(word.data());
  words.push_back(nullptr);
  std::fflush(stdout);
  std::signal(SIGXFSZ, SIG_DFL);  // what we ignore, the program would, too
  ::execvp(words[0], words.data());
  return report_failure(error_from_errno(errno, "cannot run", options.words[0]), kExitUnusable);
}

}  // namespace

void add_exec_command(CLI::App& app, CommandAction& action) {
  auto options = std::make_shared<ExecOptions>();
  CLI::App* command = app.add_subcommand(
      "exec", "Run a program written for the vendor's library on a virtual rig or a take");
  command->add_option("RIG", options->rig, "rig file with a world, 'demo', take, or recording")
      ->required()
      ->type_name("");
  command->add_option("PROGRAM", options->words, "the program and its arguments, after '--'")
      ->required()
      ->type_name("");
  command->footer(
      "The program sees the rig's cameras, or the take's recordings, as installed devices. "
      "Programs "
      "that\nrun at once on one rig or take share it.\n\n"
      "Examples:\n  lockstep exec demo -- ./my-program --seconds 10\n"
      "  lockstep exec rig.toml -- python3 viewer.py\n"
      "  lockstep exec takes/monday-001 -- ./my-program\n\n"
      "Exit codes: 0 and others as the program's own, 2 when it or the rig cannot be used.");
  command->callback([options, &action] { action = [options] { return run_exec(*options); }; });
}

}  // namespace lockstep
