// SPDX-License-Identifier: MIT
// `lockstep board`: draws a calibration board to be printed, and writes the file that describes it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/lockstep/commands.h"
#include "lockstep/base/files.h"
#include "lockstep/base/new_files.h"
#include "lockstep/geometry/marker_dictionary.h"
#include "lockstep/report/board_sheet.h"
#include "lockstep/rig/board_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples =
    R"(Examples:
  lockstep board                            board.pdf, 9 x 7 squares of 80 mm on A1, and board.toml
  lockstep board --squares 8x5 --square-mm 30 -o desk.pdf    on A4
  lockstep board --kind chessboard --squares 9x6 --square-mm 25 -o chess.pdf
  lockstep board old.toml -o again.pdf      the board of a file

Print it at 100 %, glue it to something flat, and measure its rulers. What a board file says:
docs/calibration.md.

Exit codes: 0 drawn, 2 no such board, a paper that is too small, or a file that is there already,
3 the disk failed.)";

struct BoardOptions {
  std::string file;
  std::string output = "board.pdf";
  std::string kind;
  std::string squares;
  std::optional<double> square_mm;
  std::optional<double> marker_mm;
  std::string dictionary;
  std::string layout;
  std::string paper;
  bool json = false;
};

/// What the board is drawn into, and where its description is, which is written where no file gave
/// it.
struct BoardFiles {
  fs::path pdf;
  fs::path description;
  bool description_is_new = false;
};

/// The board that the options say, the rest being a board of 9 x 7 squares of 80 mm, whose markers
/// fill three quarters of their squares.
Result<Board> board_of(const BoardOptions& options) {
  if (!options.file.empty()) return read_board_file(options.file);
  Board board;
  if (options.kind == "chessboard") {
    if (options.marker_mm || !options.dictionary.empty() || !options.layout.empty()) {
      return Error{Errc::invalid_argument,
                   "a chessboard has no markers: leave out --marker-mm, --dictionary and --layout"};
    }
    board.kind = BoardKind::chessboard;
    board.squares_y = 6;
  }
  if (!options.squares.empty()) {
    if (auto read = set_squares(board, options.squares); !read) return std::move(read).error();
  }
  if (options.square_mm) board.square_m = *options.square_mm / 1000;
  board.marker_m = options.marker_mm ? *options.marker_mm / 1000 : board.square_m * 0.75;
  if (!options.dictionary.empty()) board.dictionary = options.dictionary;
  board.legacy_layout = options.layout == "legacy";
  if (auto possible = check_board(board); !possible) return std::move(possible).error();
  return board;
}

Result<BoardFiles> files_of(const BoardOptions& options) {
  BoardFiles files{options.output, options.file, options.file.empty()};
  if (files.pdf.extension() != ".pdf") {
    return Error{Errc::invalid_argument,
                 fmt::format("a board is drawn as PDF: call it {}.pdf rather than {}",
                             fs::path(files.pdf).replace_extension().string(), options.output)};
  }
  if (files.description_is_new) files.description = fs::path(files.pdf).replace_extension(".toml");
  for (const fs::path& path : {files.pdf, files.description}) {
    if (path == files.description && !files.description_is_new) continue;
    if (auto absent = check_new(path); !absent) return std::move(absent).error();
  }
  return files;
}

/// "A1 on its side, 841 x 594 mm".
std::string page_in_words(const BoardSheet& sheet) {
  const std::string size = fmt::format("{:.0f} x {:.0f} mm", sheet.width_mm, sheet.height_mm);
  if (sheet.paper.empty()) return "a page of " + size;
  return fmt::format("A{}{}, {}", sheet.paper.substr(1),
                     sheet.width_mm > sheet.height_mm ? " on its side" : "", size);
}

void print_drawn(const Board& board, const BoardFiles& files, const BoardSheet& sheet) {
  const auto line = [](const std::string& text) { print_text(wrapped(text, 2) + "\n"); };
  const bool markers = board.kind == BoardKind::charuco;
  line(board_in_words(board));
  line(fmt::format("{}: {}", files.pdf.string(), page_in_words(sheet)));
  line(fmt::format("{}: what other commands want to know of it{}", files.description.string(),
                   files.description_is_new ? "" : ", as it was"));
  line(
      fmt::format("Print it at 100 % (\"actual size\") and measure its rulers. Where they are not "
                  "100 mm, put into {} what a square{} measure{}.",
                  files.description.string(), markers ? " and a marker" : "", markers ? "" : "s"));
}

void print_json(const Board& board, const BoardFiles& files, const BoardSheet& sheet) {
  nlohmann::ordered_json described{{"kind", board_kinds()[static_cast<size_t>(board.kind)]},
                                   {"squares_x", board.squares_x},
                                   {"squares_y", board.squares_y},
                                   {"square_m", board.square_m}};
  if (board.kind == BoardKind::charuco) {
    described["marker_m"] = board.marker_m;
    described["dictionary"] = board.dictionary;
    described["layout"] = board_layouts()[board.legacy_layout ? 1 : 0];
  }
  const nlohmann::ordered_json json{{"schema", 1},
                                    {"kind", "lockstep-board"},
                                    {"board", described},
                                    {"pdf", files.pdf.string()},
                                    {"board_file", files.description.string()},
                                    {"paper", sheet.paper},
                                    {"width_mm", sheet.width_mm},
                                    {"height_mm", sheet.height_mm}};
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

int run_board(const BoardOptions& options) {
  const auto board = board_of(options);
  if (!board) return report_failure(board.error());
  const auto files = files_of(options);
  if (!files) return report_failure(files.error());
  const auto pattern = BoardPattern::make(*board);
  if (!pattern) return report_failure(pattern.error());
  const auto sheet = draw_board_sheet(
      *pattern, board_in_words(*board) + ". Print at 100 %: both rulers are 100 mm.",
      options.paper);
  if (!sheet) return report_failure(sheet.error());
  if (auto made = make_folder_of(files->pdf); !made) return report_failure(made.error());
  if (auto written = write_file_whole(files->pdf, sheet->pdf, ExistingFile::refuse); !written)
    return report_failure(written.error());
  if (files->description_is_new) {
    auto written =
        write_file_whole(files->description, board_to_toml(*board), ExistingFile::refuse);
    if (!written) return report_failure(written.error());
  }
  options.json ? print_json(*board, *files, *sheet) : print_drawn(*board, *files, *sheet);
  return kExitGood;
}

/// A choice as help and completion know it; what is none gets our own sentence.
std::string choice_type(const char* name, const std::vector<std::string>& words) {
  std::string type = fmt::format("{}:{{", name);
  for (size_t i = 0; i < words.size(); ++i) type += (i == 0 ? "" : ",") + words[i];
  return type + "}";
}

void add_options(CLI::App& command, BoardOptions& options) {
  CLI::Option* file =
      command.add_option("BOARD", options.file, "Draw the board of this file")->type_name("");
  command.add_option("-o,--output", options.output, "Draw into this new file")
      ->type_name("FILE")
      ->capture_default_str();
  CLI::Option* kind = command.add_option("--kind", options.kind, "What the board is")
                          ->type_name("KIND")
                          ->check(CLI::IsMember(board_kinds()));
  CLI::Option* squares = command
                             .add_option("--squares", options.squares,
                                         "Columns x rows of squares [9x7, of a chessboard 9x6]")
                             ->type_name("CxR");
  CLI::Option* square =
      command.add_option("--square-mm", options.square_mm, "Side of a square [80]")
          ->type_name("MM");
  CLI::Option* marker = command
                            .add_option("--marker-mm", options.marker_mm,
                                        "Side of a marker [three quarters of a square]")
                            ->type_name("MM");
  CLI::Option* dictionary =
      command.add_option("--dictionary", options.dictionary, "The markers [DICT_5X5_250]")
          ->type_name(choice_type("NAME", dictionary_names()));
  CLI::Option* layout = command
                            .add_option("--layout", options.layout,
                                        "legacy: where markers were before OpenCV 4.6 [current]")
                            ->type_name("LAYOUT")
                            ->check(CLI::IsMember(board_layouts()));
  for (CLI::Option* option : {kind, squares, square, marker, dictionary, layout})
    option->excludes(file);
  command.add_option("--paper", options.paper, "The page [the smallest that fits]")
      ->type_name(choice_type("PAPER", paper_names()));
  command.add_flag("--json", options.json, "Print what was drawn as JSON instead");
}

}  // namespace

void add_board_command(CLI::App& app, CommandAction& action) {
  auto options = std::make_shared<BoardOptions>();
  CLI::App* command =
      app.add_subcommand("board", "Draw a calibration board to print, and describe it");
  add_options(*command, *options);
  command->footer(kExamples);
  command->callback([options, &action] { action = [options] { return run_board(*options); }; });
}

}  // namespace lockstep
