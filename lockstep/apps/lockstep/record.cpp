// SPDX-License-Identifier: MIT
// `lockstep record` and `lockstep simulate`: one take of a rig, in real time or out of it.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/record_take.h"
#include "lockstep/apps/lockstep/world_fault.h"

namespace lockstep {
namespace {

constexpr const char* kExitCodes =
    R"(

Exit codes: 0 recorded and in step (warnings included), 1 not in step, marked UNPROVED or refused
for its plan, 2 wrong use, a rig file that cannot be used or a take that is there already, 3 a
camera, the disk or this host failed.)";

/// An empty word is a variable that was not set, and no wish for the next number.
std::string wrong_take(const std::string& text) {
  if (!text.empty()) return {};
  return "the take has an empty name: name a folder, or leave -o out to get the next number";
}

CLI::App* add_take_options(CLI::App* command, const std::shared_ptr<TakeRequest>& request) {
  command->add_option("RIG", request->rig, "rig file, or 'demo' for the built-in rig")
      ->required()
      ->type_name("");
  command
      ->add_option(
          "-o,--output", request->output,
          "folder of the take, which must not exist yet (default: the next number in the rig's "
          "take folder)")
      ->check(wrong_take)
      ->type_name("TAKE");
  command->add_flag(
      "--anyway", request->anyway,
      "record although the plan falls short or the rig does not lock; the take is marked UNPROVED");
  command->add_flag("--json", request->json, "print the result as JSON");
  command->add_flag("-q,--quiet", request->quiet, "no progress and no warnings of the plan");
  return command;
}

}  // namespace

void add_record_command(CLI::App& app, CommandAction& action) {
  auto request = std::make_shared<TakeRequest>();
  CLI::App* command = add_take_options(
      app.add_subcommand(
          "record", "Arm a rig, wait until it is in step, record it, and say whether it stayed so"),
      request);
  command
      ->add_option("-l,--length", request->length_s,
                   "seconds to record, counted on the devices' clock from tick 0, the first common "
                   "tick (default: until Ctrl-C)")
      ->check(wrong_length)
      ->type_name("SECONDS");
  command->footer(
      std::string(
          "Examples:\n  lockstep record rig.toml -l 60\n  lockstep record demo -o my-take -l 10") +
      kExitCodes);
  command->callback([request, &action] { action = [request] { return record_take(*request); }; });
}

void add_simulate_command(CLI::App& app, CommandAction& action) {
  auto request = std::make_shared<TakeRequest>();
  request->simulate = true;
  CLI::App* command = add_take_options(
      app.add_subcommand("simulate",
                         "The take that record would make of a virtual rig, faster than real time"),
      request);
  command
      ->add_option(
          "-l,--length", request->length_s,
          "seconds to record, counted on the devices' clock from tick 0, the first common tick")
      ->required()
      ->check(wrong_length)
      ->type_name("SECONDS");
  command
      ->add_option("--seed", request->seed, "seed of the virtual world (default: the rig file's)")
      ->type_name("N");
  command
      ->add_option(
          "--fault", request->faults,
          "a fault to inject, camera:kind:at_s[:value[:count]], at_s in seconds of device time, "
          "which counts from the first pulse (tick 0 comes about half a second later); kinds: " +
              world_fault_kinds())
      ->type_name("FAULT");
  command->footer(
      std::string("Examples:\n  lockstep simulate demo -o my-take -l 10\n"
                  "  lockstep simulate demo -o broken -l 10 --fault right:lose-tick:5:0:2") +
      kExitCodes);
  command->callback([request, &action] { action = [request] { return record_take(*request); }; });
}

}  // namespace lockstep
