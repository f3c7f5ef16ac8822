// SPDX-License-Identifier: MIT
// `lockstep plan RIG.toml`: checks a rig and prints what it implies, before any device is touched.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/base/files.h"
#include "lockstep/report/plan_page.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/rig/plan.h"
#include "lockstep/rig/plan_text.h"

namespace lockstep {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  lockstep plan rig.toml                       the plan, and every broken rule with its mend
  lockstep plan rig.toml --html plan.html      the same, drawn
  lockstep plan rig.toml --json                for other programs (docs/schemas/plan.schema.json)

Exit codes: 0 the plan holds (warnings included), 1 a rule is broken, 2 the rig file cannot be used
or the page is there already.)";

struct PlanOptions {
  std::string rig;
  std::string html;
  bool json = false;
};

Result<void> write_page(const std::string& path, const std::string& json) {
  const Result<std::string> page = plan_page_html(json);
  if (!page) return page.error();
  return write_file_whole(path, *page, ExistingFile::refuse);
}

int run_plan(const PlanOptions& options) {
  const Result<ChosenRig> chosen = choose_rig(options.rig);
  if (!chosen) return report_failure(chosen.error());
  const Plan plan = make_plan(chosen->rig);
  const std::string json = plan_to_json(plan);
  if (!options.html.empty()) {
    if (const Result<void> written = write_page(options.html, json); !written)
      return report_failure(written.error());
  }
  if (options.json) {
    print_as_is(stdout, json);
  } else {
    print_text(plan_to_text(plan));
  }
  if (!options.html.empty() && !options.json)
    print_text("The plan is drawn in " + options.html + "\n");
  return plan.has_errors() ? kExitFallsShort : kExitGood;
}

}  // namespace

void add_plan_command(CLI::App& app, CommandAction& action) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App* command = app.add_subcommand("plan", "Check a rig file and print what it implies");
  command->add_option("RIG", options->rig, "The rig file, or 'demo' for the built-in virtual rig")
      ->required()
      ->type_name("");
  command->add_option("--html", options->html, "Also draw the plan into this new file")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "Print the plan as JSON instead");
  command->footer(kExamples);
  command->callback([options, &action] { action = [options] { return run_plan(*options); }; });
}

}  // namespace lockstep
