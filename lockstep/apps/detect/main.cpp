// SPDX-License-Identifier: MIT
// lockstep-detect: finds boards in images for other programs of Lockstep, so that none of them
// links OpenCV and a crash in it costs one image.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/detect/serve.h"

namespace lockstep {
namespace {

constexpr const char* kHelp = R"(Finds calibration boards in images for other programs of Lockstep.

lockstep starts it by itself and talks with it over stdin and stdout, in the messages that
lockstep/calibrate/detect_protocol.h describes. It ends when stdin does. It is looked for in
$LOCKSTEP_DETECT, then beside the program that needs it.

  --version     print the version
  --help        print this
)";

int run(int argc, char** argv) {
  if (argc > 1) {
    const std::string_view word = argv[1];
    const bool known = argc == 2 && (word == "--help" || word == "-h" || word == "--version");
    if (!known) {
      say("lockstep-detect takes no arguments. See 'lockstep-detect --help'.");
      return kExitUnusable;
    }
    std::fputs(word == "--version" ? "lockstep-detect " LOCKSTEP_VERSION "\n" : kHelp, stdout);
    return kExitGood;
  }
  if (isatty(STDIN_FILENO) != 0) {
    say("lockstep-detect is started by other programs. See 'lockstep-detect --help'.");
    return kExitUnusable;
  }
  // Ctrl-C is for the program that started this one, which closes stdin once it is done.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  const Result<void> served = serve_detection(STDIN_FILENO, STDOUT_FILENO);
  if (served) return kExitGood;
  say("lockstep-detect: " + served.error().message);
  return exit_code_for(served.error().code);
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  try {
    return lockstep::run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, or a mistake of ours: still a sentence
    std::fprintf(stderr, "lockstep-detect: stopped by an internal error: %s.\n", error.what());
    return lockstep::kExitDeviceFailed;
  }
}
