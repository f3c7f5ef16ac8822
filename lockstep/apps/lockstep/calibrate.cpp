// SPDX-License-Identifier: MIT
// `lockstep calibrate`: where the cameras of a rig are.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/undivided_job.h"
#include "lockstep/apps/common/watched_job.h"
#include "lockstep/apps/lockstep/calibrate_photographs.h"
#include "lockstep/apps/lockstep/calibrate_scene.h"
#include "lockstep/apps/lockstep/calibration_file.h"
#include "lockstep/apps/lockstep/calibration_origin.h"
#include "lockstep/apps/lockstep/calibration_pictures.h"
#include "lockstep/apps/lockstep/calibration_text.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/apps/lockstep/footage_options.h"
#include "lockstep/apps/lockstep/record_take.h"
#include "lockstep/apps/lockstep/rig_session.h"
#include "lockstep/base/files.h"
#include "lockstep/base/new_files.h"
#include "lockstep/calibrate/calibration_report_json.h"
#include "lockstep/report/calibration_page.h"
#include "lockstep/rig/board_file.h"
#include "lockstep/rig/chosen_rig.h"
#include "lockstep/take/gather_boards.h"
#include "lockstep/take/verify_take.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples =
    R"(Examples:
  lockstep board                                         print the board first
  lockstep calibrate takes/corner-007 --board board.toml
  lockstep calibrate takes/corner-007 --board board.toml --origin floor -o studio.json
  lockstep calibrate rig.toml --board board.toml -l 60    records a take first: show the board
  lockstep calibrate takes/corner-012 --check --calibration takes/corner-007/calibration.json
  lockstep calibrate takes/corner-012 --refine --calibration takes/corner-007/calibration.json
  lockstep calibrate --intrinsics photographs --board board.toml -o lens.json
  lockstep calibrate --register a.png b.png --lens a.json b.json --board board.toml

Writes calibration.json and calibration.html into the take, or what -o names. What the numbers mean
and how to show the board: docs/calibration.md.

Exit codes: 0 calibrated (advice included), or no camera has moved; 1 calibrated, but weak: the
advice says what is missing, or a camera has moved, or the scene cannot tell, or stopped by Ctrl-C;
2 the take does not say where the cameras are, or cannot be used; 3 the disk failed.)";

// What is solved with is compared tick with tick.
constexpr int64_t kMostTicks = 5000;

struct CalibrateOptions {
  std::string take;  ///< or the rig file of one to be recorded
  std::string new_take;
  std::optional<double> length_s{};
  std::string board;
  std::string output;
  std::string origin = "camera";
  int64_t ticks = 300;
  int threads = 2;
  bool fixed_intrinsics = false;
  bool good_ticks = false;
  bool check = false;
  bool refine = false;
  std::string calibration;
  bool json = false;
  std::string photographs;              ///< folder of --intrinsics
  std::vector<std::string> registered;  ///< two files of --register
  std::vector<std::string> lenses;      ///< of those
};

struct OutputFiles {
  fs::path json, page;
};

Result<OutputFiles> files_of(const CalibrateOptions& options) {
  auto json = new_calibration_file(options.take, options.output);
  if (!json) return std::move(json).error();
  OutputFiles files{*json, fs::path(*json).replace_extension(".html")};
  if (auto absent = check_new(files.page); !absent) return std::move(absent).error();
  return files;
}

/// Whether a camera's recording is missing, cannot be used, or is that of another one: no choice of
/// ticks brings it back.
bool lacks_recordings(const Finding& finding) {
  constexpr std::array kRules = {"recording-missing", "recording-unusable", "duplicate-serial",
                                 "misplaced-recording", "camera-missing"};
  return std::find(kRules.begin(), kRules.end(), finding.rule) != kRules.end();
}

/// A take out of step says nothing about where cameras are, unless only its good ticks count.
Result<void> check_sync(const CalibrateOptions& options) {
  if (options.good_ticks) return {};
  const UndividedJob job;
  VerifyOptions verify;
  verify.look_for_last_good = false;
  verify.threads = options.threads;
  const auto verified = verify_take(options.take, verify);
  if (!verified) return verified.error();
  if (verified->report.passes()) return {};
  std::string first;  // failures come first
  if (const auto& findings = verified->report.findings; !findings.empty()) {
    const std::string& device = findings.front().device;
    first = (device.empty() ? "" : device + ": ") + findings.front().message;
    if (lacks_recordings(findings.front())) {
      return Error{Errc::unusable_input,
                   fmt::format("{}: a calibration takes the recordings of all its cameras. {} "
                               "'lockstep verify {}' says all.",
                               options.take, first, options.take)};
    }
  }
  return Error{
      Errc::unusable_input,
      fmt::format("{} is not in step, and cameras that looked at different instants saw the "
                  "board at different places. {} 'lockstep verify {}' says all; "
                  "--good-ticks uses only the ticks that are in step.",
                  options.take, first, options.take)};
}

Result<GatheredBoards> gather(const CalibrateOptions& options, const Board& board) {
  WatchedJob job("looking for the board");
  GatherBoardsOptions gather;
  gather.most_ticks = options.ticks;
  gather.threads = options.threads;
  gather.progress = job.progress();
  gather.detector.stopped = job.stopped();
  return gather_boards(options.take, board, gather);
}

SolveOptions solve_options(const CalibrateOptions& options) {
  SolveOptions solve;
  if (options.fixed_intrinsics) {
    solve.tolerance.focal_length = 0;
    solve.tolerance.center_px = 0;
  }
  return solve;
}

/// A frame that the take does not tell is no reason to lose the poses: they stay in that of the
/// first camera, and the calibration falls short of what was asked for.
Result<void> fix_origin(const CalibrateOptions& options, const OriginWish& wish,
                        CalibrationReport& report) {
  const auto moved = move_origin(options.take, wish, report.rig_from_board, report.calibration);
  if (moved) return {};
  if (moved.error().code != Errc::unusable_input) return moved.error();
  const std::string message =
      fmt::format("the rig's frame is the depth camera of '{}', not {} as asked for: {}",
                  report.calibration.cameras.front().name, options.origin, moved.error().message);
  say("warning: " + message);
  report.advice.insert(report.advice.begin(),
                       {AdviceLevel::fail, "origin-not-found", {}, message, ""});
  return {};
}

/// "5 of the 210 ticks of the take were looked at"; empty where all were.
std::string few_ticks(const GatheredBoards& gathered) {
  if (gathered.ticks_looked_at >= gathered.ticks_of_take) return {};
  return fmt::format("{} of the {} ticks of the take were looked at", gathered.ticks_looked_at,
                     gathered.ticks_of_take);
}

Result<CalibrationReport> calibrate(const CalibrateOptions& options, const OriginWish& wish) {
  const auto board = read_board_file(options.board);
  if (!board) return board.error();
  if (auto there = check_origin(options.take, wish); !there) return std::move(there).error();
  if (auto in_step = check_sync(options); !in_step) return std::move(in_step).error();
  // Before the work, so that none is lost; a take has its folder.
  if (auto made = make_folder_of(options.output); !made) return std::move(made).error();
  const auto gathered = gather(options, *board);
  if (!gathered) return gathered.error();
  say_lost_ticks(options.take, gathered->ticks_of_take, gathered->ticks_recorded);
  say_mishaps(gathered->mishaps, gathered->failures);
  const UndividedJob job;
  auto report = calibrate_rig(gathered->evidence, solve_options(options));
  const std::string few = few_ticks(*gathered);
  if (!report) {
    return Error{report.error().code,
                 fmt::format("{}: {}{}", options.take, report.error().message,
                             few.empty() ? "" : " Only " + few + ": --ticks takes more.")};
  }
  if (!few.empty() && !report->passes())
    report->advice.insert(
        report->advice.begin(),
        {AdviceLevel::note, "few-ticks-looked-at", {}, few, "look at more of them with --ticks"});
  report->take = gathered->take;
  report->simulated = gathered->simulated;
  report->ticks_looked_at = gathered->ticks_looked_at;
  report->ticks_out_of_step = gathered->ticks_out_of_step;
  if (auto fixed = fix_origin(options, wish, *report); !fixed) return std::move(fixed).error();
  return report;
}

Result<void> write(const CalibrateOptions& options, const OutputFiles& files,
                   const CalibrationReport& report) {
  const std::string json = calibration_report_to_json(report);
  const auto pictures = calibration_pictures(options.take, report.shown);
  if (!pictures) return pictures.error();
  const auto page = calibration_page_html(json, shown_views_to_json(report), *pictures);
  if (!page) return page.error();
  // The calibration is there only when all is, so that a disk that was full can be tried again.
  if (auto written = write_file_whole(files.page, *page, ExistingFile::refuse); !written)
    return written;
  auto written = write_file_whole(files.json, json, ExistingFile::refuse);
  std::error_code ignored;
  if (!written) fs::remove(files.page, ignored);
  return written;
}

/// What --check and --refine do not look at, and what the board needs.
Result<void> check_options(const CalibrateOptions& options) {
  if (options.check || options.refine) return {};
  if (options.board.empty()) {
    const bool photographs = !options.photographs.empty() || !options.registered.empty();
    return Error{Errc::invalid_argument,
                 std::string("name the file of the board that was shown (--board board.toml)") +
                     (photographs ? "" : ", or ask whether a camera has moved (--check)")};
  }
  if (options.calibration.empty()) return {};
  return Error{Errc::invalid_argument,
               "--calibration names what --check and --refine go by; a board needs none"};
}

int calibrate_take(const CalibrateOptions& options) {
  const auto wish = origin_from(options.origin);
  if (!wish) return report_failure(wish.error());
  if (auto is = check_is_take(options.take); !is) return report_failure(is.error());
  const auto files = files_of(options);
  if (!files) return report_failure(files.error());
  const auto report = calibrate(options, *wish);
  if (!report) return report_failure(report.error());
  if (auto written = write(options, *files, *report); !written)
    return report_failure(written.error());
  if (options.json) {
    print_as_is(stdout, calibration_report_to_json(*report));
  } else {
    print_as_is(stdout, calibration_to_text(*report, takes_color(stdout)));
    print_text(fmt::format("\n{}: for 'lockstep fuse' and other programs\npage: {}\n",
                           files->json.string(), files->page.string()));
  }
  return report->passes() ? kExitGood : kExitFallsShort;
}

/// Instead of a board, and so without the options that say how one is looked for.
std::vector<CLI::Option*> add_scene_options(CLI::App& command, CalibrateOptions& options,
                                            CLI::Option& output,
                                            const std::vector<CLI::Option*>& of_boards) {
  CLI::Option* const check =
      command
          .add_flag("--check", options.check,
                    "Say whether a camera has moved since it was calibrated: the take needs no "
                    "board, only surfaces that two cameras see")
          ->excludes(&output);
  CLI::Option* const refine =
      command
          .add_flag("--refine", options.refine,
                    "Improve the poses of a calibration by the surfaces that two cameras see")
          ->excludes(check);
  for (CLI::Option* const other : of_boards) {
    check->excludes(other);
    refine->excludes(other);
  }
  CLI::Option* const calibration =
      command
          .add_option("--calibration", options.calibration,
                      "The calibration to check or refine [TAKE/calibration.json]")
          ->type_name("FILE");
  return {check, refine, calibration};
}

/// What would refuse the calibration once the take is there.
Result<void> check_before_recording(const CalibrateOptions& options) {
  const auto wish = origin_from(options.origin);
  if (!wish) return wish.error();
  const auto rig = choose_rig(options.take);
  if (!rig) return rig.error();
  const auto& cameras = rig->rig.cameras;
  if (wish->origin == RigOrigin::gravity &&
      std::none_of(cameras.begin(), cameras.end(),
                   [](const RigCamera& camera) { return camera.config.imu; }))
    return no_inertial_samples();
  if (auto board = read_board_file(options.board); !board) return std::move(board).error();
  if (auto program = find_detect_program(); !program) return std::move(program).error();
  if (options.output.empty()) return {};
  auto files = files_of(options);
  if (!files) return std::move(files).error();
  return {};
}

/// A rig is recorded first, while somebody shows the board to it.
int record_and_calibrate(CalibrateOptions options) {
  if (auto fine = check_before_recording(options); !fine) return report_failure(fine.error());
  TakeRequest request;
  request.rig = options.take;
  request.output = options.new_take;
  request.output_option = "--take";
  request.length_s = options.length_s;
  request.summary = !options.json;
  if (!options.json) request.prompt = "Show the board to the cameras while they record.";
  fs::path take;
  if (const int code = record_take(request, &take); code != kExitGood) {
    const bool out_of_step = code == kExitFallsShort && !take.empty();
    if (!out_of_step || !options.good_ticks) {
      if (out_of_step) {
        say(
            fmt::format("The take stays: `lockstep calibrate {} --board {} --good-ticks` uses "
                        "what is in step of it.",
                        take.string(), options.board));
      }
      return code;
    }
  }
  options.take = take.string();
  return calibrate_take(options);
}

int run_calibrate(const CalibrateOptions& options) {
  if (auto good = check_options(options); !good) return report_failure(good.error());
  if (!options.photographs.empty()) {
    return calibrate_lens({options.photographs, options.board,
                           options.output.empty() ? "lens.json" : options.output, options.json});
  }
  if (!options.registered.empty()) {
    return register_photographs(
        {options.registered, options.lenses, options.board, options.output, options.json});
  }
  if (options.take.empty()) {
    return report_failure({Errc::invalid_argument,
                           "name a take in which the board was shown, a rig file to record one, or "
                           "photographs (--intrinsics, --register)"});
  }
  const SceneRequest scene{options.take, options.calibration, options.output, options.ticks,
                           options.json};
  if (options.check) return run_check(scene);
  if (options.refine) return run_refine(scene);
  if (names_rig(options.take)) return record_and_calibrate(options);
  if (options.length_s || !options.new_take.empty()) {
    return report_failure(
        {Errc::invalid_argument, "--length and --take are for a rig that is to be recorded, and " +
                                     options.take + " is none"});
  }
  return calibrate_take(options);
}

/// Without the options in `of_takes`.
void add_photograph_options(CLI::App& command, CalibrateOptions& options,
                            const std::vector<CLI::Option*>& of_takes) {
  CLI::Option* const photographs =
      command
          .add_option("--intrinsics", options.photographs,
                      "Instead: the lens of one camera, from photographs (.png, .jpg) of a board "
                      "in this folder, into lens.json")
          ->type_name("DIR");
  CLI::Option* const registered =
      command
          .add_option("--register", options.registered,
                      "Instead: how two cameras stand to each other, from two photographs of one "
                      "board")
          ->type_name("PHOTOGRAPH")
          ->expected(2)
          ->excludes(photographs);
  for (CLI::Option* const other : of_takes) {
    photographs->excludes(other);
    registered->excludes(other);
  }
  CLI::Option* const lenses = command
                                  .add_option("--lens", options.lenses,
                                              "Of --register: their lenses as --intrinsics writes "
                                              "them; one serves both")
                                  ->type_name("LENS")
                                  ->expected(1, 2)
                                  ->needs(registered);
  registered->needs(lenses);
}

/// How a board is looked for in a take, or in one that is recorded first.
std::vector<CLI::Option*> add_board_options(CLI::App& command, CalibrateOptions& options) {
  return {
      command
          .add_option("-l,--length", options.length_s,
                      "Seconds to record of a rig (default: until Ctrl-C)")
          ->type_name("SECONDS")
          ->check(wrong_length),
      command
          .add_option(
              "--take", options.new_take,
              "Folder of the take that is recorded [the next number in the rig's take folder]")
          ->type_name("TAKE"),
      command
          .add_option("--origin", options.origin,
                      "What the rig's frame is fixed to: camera (the first one), gravity, floor, "
                      "board (at the first tick that is solved with) or board:TICK")
          ->type_name("ORIGIN")
          ->capture_default_str(),
      command.add_flag("--fixed-intrinsics", options.fixed_intrinsics,
                       "Take focal lengths and principal points as the factory has them"),
      command.add_flag("--good-ticks", options.good_ticks,
                       "Use the ticks in step of a take that is not"),
      command.add_option("--threads", options.threads, "Look at so many images at once")
          ->type_name("N")
          ->check(CLI::Range(1, 64))
          ->capture_default_str()};
}

}  // namespace

void add_calibrate_command(CLI::App& app, CommandAction& action) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command = app.add_subcommand(
      "calibrate", "Find where the cameras of a rig are, from a board that they saw");
  CLI::Option* take = command
                          ->add_option("TAKE", options->take,
                                       "Take in which the board was shown, or a rig file: then "
                                       "one is recorded first")
                          ->type_name("");
  CLI::Option* const board =
      command
          ->add_option("--board", options->board, "File of the board ('lockstep board' writes one)")
          ->type_name("BOARD");
  CLI::Option* const output =
      command
          ->add_option("-o,--output", options->output,
                       "Write this new file, and the page beside it [TAKE/calibration.json]")
          ->type_name("FILE");
  std::vector<CLI::Option*> of_takes = add_board_options(*command, *options);
  std::vector<CLI::Option*> of_boards = of_takes;
  of_boards.push_back(board);
  of_takes.push_back(take);
  for (CLI::Option* const of_scenes : add_scene_options(*command, *options, *output, of_boards))
    of_takes.push_back(of_scenes);
  of_takes.push_back(
      command->add_option("--ticks", options->ticks, "Look at so many ticks, spread over the take")
          ->type_name("N")
          ->check(CLI::Range(int64_t{2}, kMostTicks))
          ->capture_default_str());
  command->add_flag(
      "--json", options->json,
      "Print calibration.json instead (docs/schemas/calibration.schema.json), or what "
      "was checked (docs/schemas/calibration-check.schema.json)");
  add_photograph_options(*command, *options, of_takes);
  command->footer(kExamples);
  command->callback([options, &action] { action = [options] { return run_calibrate(*options); }; });
}

}  // namespace lockstep
