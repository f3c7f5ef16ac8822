// SPDX-License-Identifier: MIT
// `lockstep verify`: are these recordings in step?
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/keep_proof.h"
#include "lockstep/apps/lockstep/verify_text.h"
#include "lockstep/base/files.h"
#include "lockstep/base/text.h"
#include "lockstep/report/verify_page.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/take/manifest.h"
#include "lockstep/take/take_lock.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep verify left.mkv right.mkv          recordings of any Kinect recorder, in any order
  lockstep verify takes/corner-007            a take: also writes verify.json and verify.html into it
  lockstep verify *.mkv --rig rig.toml        against the delays that a rig file plans
  lockstep verify *.mkv --html proof.html     with a page to look at
  lockstep verify take --against takes/corner-001

Exit codes: 0 in step (warnings included), 1 not in step or not of one take, 2 a file cannot be used
or the page is there already, 3 the disk failed.)";

struct VerifyArguments {
  std::vector<std::string> inputs;
  std::string rig, against, html;
  std::string clock = "as-declared", family;
  bool json = false;
  bool gates = false;
  VerifyOptions options;
};

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// The take folder that the arguments name, or "" for recordings.
Result<std::string> take_of(const VerifyArguments& arguments) {
  const auto folder = std::find_if(arguments.inputs.begin(), arguments.inputs.end(), is_folder);
  if (folder == arguments.inputs.end()) return std::string();
  if (arguments.inputs.size() > 1) {
    return Error{
        Errc::invalid_argument,
        fmt::format("{} is a folder: give one take, or recordings, but not both", *folder)};
  }
  return *folder;
}

Result<void> complete(VerifyArguments& arguments) {
  VerifyOptions& options = arguments.options;
  options.against = arguments.against;
  options.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  constexpr ClockAssumption kClocks[] = {ClockAssumption::as_declared, ClockAssumption::disciplined,
                                         ClockAssumption::free_running};
  for (const ClockAssumption clock : kClocks) {
    if (to_string(clock) == arguments.clock) options.gates.clock = clock;
  }
  if (auto good = options.gates.validate(); !good) return good;
  if (!arguments.family.empty()) options.family = family_from(arguments.family);
  if (arguments.rig.empty()) return {};
  const auto chosen = choose_rig(arguments.rig);
  if (!chosen) return chosen.error();
  options.plan = make_plan(chosen->rig);
  return {};
}

Result<void> refuse_existing(const std::string& html) {
  std::error_code ignored;
  if (html.empty() || !std::filesystem::exists(html, ignored)) return {};
  return already_there(html);
}

Result<VerifiedTake> verify(const VerifyArguments& arguments, const std::string& take) {
  if (!take.empty()) return verify_take(take, arguments.options);
  return verify_files({arguments.inputs.begin(), arguments.inputs.end()}, arguments.options);
}

Result<void> write_page(const std::string& path, const std::string& json) {
  const auto page = verify_page_html(json);
  if (!page) return page.error();
  return write_file_whole(path, *page, ExistingFile::refuse);
}

/// A take keeps one proof: by the usual gates, its own plan and the last good take before it.
bool is_the_proof(const VerifyArguments& arguments) {
  return arguments.options.gates.are_default() && arguments.rig.empty() &&
         arguments.against.empty();
}

/// Writes the proof into the take, or says why it is not kept; the verdict stands all the same.
void keep_in_take(const VerifyArguments& arguments, const std::string& take,
                  const VerifiedTake& verified) {
  if (!is_the_proof(arguments)) {
    if (!arguments.json)
      print_text(
          wrapped("not kept in the take, whose verify.json and verify.html are by the "
                  "usual gates, its own plan and its last good take (--html FILE and "
                  "--json keep this one)\n"));
    return;
  }
  if (auto kept = keep_proof(take, verified); !kept) {  // an archive may be read-only
    say("lockstep: the verdict is not kept in the take: " + kept.error().message);
  } else if (!arguments.json) {
    print_text("page: " + (std::filesystem::path(take) / kVerifyPageFile).string() + "\n");
  }
}

int run_verify(VerifyArguments arguments) {
  const auto take = take_of(arguments);
  if (!take) return report_failure(take.error());
  if (auto done = complete(arguments); !done) return report_failure(done.error());
  if (auto free = refuse_existing(arguments.html); !free) return report_failure(free.error());
  if (!take->empty()) {
    if (const auto holder = holder_of(*take))
      say(fmt::format("{} {}: it is judged as far as it goes", *take, to_text(*holder)));
  }
  const auto verified = verify(arguments, *take);
  if (!verified) return report_failure(verified.error());

  if (!arguments.html.empty()) {
    if (auto written = write_page(arguments.html, verified->json); !written)
      return report_failure(written.error());
  }
  const SyncReport& report = verified->report;
  const GatesShown shown = arguments.gates ? GatesShown::all : GatesShown::changed;
  const std::string text =
      arguments.json ? verified->json : sync_report_to_text(report, takes_color(stdout), shown);
  print_as_is(stdout, text);
  if (!take->empty()) keep_in_take(arguments, *take, *verified);
  if (!arguments.html.empty() && !arguments.json) print_text("page: " + arguments.html + "\n");
  return report.passes() ? kExitGood : kExitFallsShort;
}

void add_gates(CLI::App& command, Gates& gates) {
  for (const GateEntry& entry : gate_entries()) {
    command.add_option("--" + std::string(entry.name), gates.*entry.value, std::string(entry.what))
        ->type_name("N")
        ->capture_default_str()
        ->group("Gates");
  }
}

}  // namespace

void add_verify_command(CLI::App& app, CommandAction& action) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command =
      app.add_subcommand("verify", "Prove that recordings are in step, or say why not");
  command->add_option("FILES", arguments->inputs, "Recordings of one take, or one take folder")
      ->required()
      ->type_name("");
  command->add_option("--rig", arguments->rig, "Judge against the delays that this rig file plans")
      ->type_name("RIG");
  command
      ->add_option("--against", arguments->against,
                   "Take folder or verify.json to report changes against")
      ->type_name("TAKE");
  command
      ->add_option("--family", arguments->family,
                   "Family of cameras that no rig file and no tag names (default: what the files "
                   "tell, else azure-kinect)")
      ->type_name("FAMILY")
      ->check(CLI::IsMember({"azure-kinect", "femto-bolt", "femto-mega"}));
  command->add_option("-o,--html", arguments->html, "Also draw the report into this new file")
      ->type_name("FILE");
  command->add_flag("--json", arguments->json,
                    "Print the report as JSON (docs/schemas/verify.schema.json)");
  command->add_option("--clock", arguments->clock, "What the pulses do to the cameras' clocks")
      ->type_name("CLOCK")
      ->check(CLI::IsMember({"as-declared", "disciplined", "free-running"}))
      ->capture_default_str()
      ->group("Gates");
  command->add_flag("--gates", arguments->gates, "List the gates used, defaults included")
      ->group("Gates");
  add_gates(*command, arguments->options.gates);
  command->footer(kExamples);
  command->callback(
      [arguments, &action] { action = [arguments] { return run_verify(*arguments); }; });
}

}  // namespace lockstep
