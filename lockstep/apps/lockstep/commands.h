// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace lockstep {

/// Set by the subcommand that the command line names; run by main once parsing is over.
using CommandAction = std::function<int()>;

// Each adds its subcommand to `app`; when the user names it, `action` becomes what it does. One
// file each. The footer of a subcommand holds its examples.
void add_verify_command(CLI::App& app, CommandAction& action);
void add_info_command(CLI::App& app, CommandAction& action);
void add_plan_command(CLI::App& app, CommandAction& action);
void add_devices_command(CLI::App& app, CommandAction& action);
void add_simulate_command(CLI::App& app, CommandAction& action);
void add_record_command(CLI::App& app, CommandAction& action);
void add_recover_command(CLI::App& app, CommandAction& action);
void add_fuse_command(CLI::App& app, CommandAction& action);
void add_export_command(CLI::App& app, CommandAction& action);
void add_board_command(CLI::App& app, CommandAction& action);
void add_calibrate_command(CLI::App& app, CommandAction& action);
void add_exec_command(CLI::App& app, CommandAction& action);
void add_completion_command(CLI::App& app, CommandAction& action);
void add_manual_command(CLI::App& app, CommandAction& action);

}  // namespace lockstep
