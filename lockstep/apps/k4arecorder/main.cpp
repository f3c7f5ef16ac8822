// SPDX-License-Identifier: MIT
// `k4arecorder`: one camera into one recording, with the command line of the vendor's recorder.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "lockstep/apps/common/completion_script.h"
#include "lockstep/apps/common/help.h"
#include "lockstep/apps/common/interrupt.h"
#include "lockstep/apps/common/manual_page.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/k4arecorder/camera.h"
#include "lockstep/apps/k4arecorder/options.h"
#include "lockstep/apps/k4arecorder/recorder.h"

namespace lockstep {
namespace {

constexpr int kFailed = 1;  // of whatever kind: the vendor's recorder knows no other
constexpr InterruptRule kInterruptRule{.nervous = std::chrono::seconds(1), .forced_exit = kFailed};

constexpr const char* kExamples =
    R"(Cameras on one sync cable, a terminal for each: subordinates first, the master last.
  k4arecorder --device 1 --external-sync subordinate -e 8330 -l 10 right.mkv
  k4arecorder --device 0 --external-sync master -e 8330 -l 10 left.mkv
  lockstep verify left.mkv right.mkv        were they in step?

Without a camera: lockstep exec demo -- k4arecorder --list
Exit codes: 0 recorded, or stopped with Ctrl-C; 1 a wrong option, or a camera or disk that failed.)";

/// As "option: text", which is how the vendor's recorder complains.
std::string complaint_of(const CLI::App& app, const CLI::ParseError& error) {
  const auto rest = app.remaining();
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || rest.empty())
    return error.what();
  if (rest.front().rfind('-', 0) == 0) return rest.front() + ": there is no such option";
  return rest.front() + ": one recording has one file name";
}

void say_forced(InterruptMeaning meaning) {
  if (meaning != InterruptMeaning::force) return;
  std::fputs("Forcing stop.\n", stdout);
  std::fflush(stdout);
}

/// The manual page or a completion script.
std::string text_of_itself(const CLI::App& app, const RecorderWords& words) {
  if (words.manual)
    return manual_page(app, "record one depth camera into a Matroska file",
                       "[OPTIONS]\n.I output.mkv");
  return words.completion == "bash" ? bash_completion(app, "k4arecorder --completion bash")
                                    : zsh_completion(app);
}

int run(int argc, char** argv) {
  CLI::App app{"Records one camera into a Matroska file.", "k4arecorder"};
  use_wrapped_help(app);
  app.set_version_flag("--version", "k4arecorder of lockstep " LOCKSTEP_VERSION);
  app.footer(kExamples);
  RecorderWords words;
  add_recorder_options(app, words);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    say(complaint_of(app, error));
    return kFailed;
  }
  if (words.manual || !words.completion.empty()) {
    print_as_is(stdout, text_of_itself(app, words));
    return 0;
  }
  if (!words.options.list && words.file.empty() && words.take.empty()) {
    print_as_is(stdout, app.help());
    return 0;
  }
  std::string complaint;
  const auto options = recorder_options(words, complaint);
  if (!options) {
    say(complaint);
    return kFailed;
  }
  // Before libk4a makes threads, which leave these signals to it.
  const Interrupt interrupt(say_forced, kInterruptRule);
  keep_reasons();
  if (!options->list) return run_recorder(*options, interrupt);
  print_as_is(stdout, device_list());
  return 0;
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  // A file-size limit is then an error of the write, told as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return lockstep::run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, or a mistake of ours: still a sentence
    std::fprintf(stderr, "k4arecorder: stopped by an internal error: %s. Please report it.\n",
                 error.what());
    return lockstep::kFailed;
  }
}
