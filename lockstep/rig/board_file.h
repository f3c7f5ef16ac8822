// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/result.h"
#include "lockstep/geometry/board.h"
#include "lockstep/rig/table_reader.h"

// Boards as people write them: a file, options of a command, a line of text.

namespace lockstep {

/// Why a board cannot be used: the key of the board file that is at fault, and a sentence.
struct BoardProblem {
  std::string key;
  std::string message;
};

/// Everything that is wrong with a board: sizes out of range, markers that do not fit or run out,
/// a chessboard that looks the same upside down.
[[nodiscard]] std::vector<BoardProblem> board_problems(const Board& board);
/// The same for a board that comes from no file: all sentences in one invalid_argument.
Result<void> check_board(const Board& board);

/// Reads a board file (docs/calibration.md). Everything wrong with it is in the one Error
/// (unusable_input), a line for each: "board.toml:3: ...".
Result<Board> read_board_file(const std::filesystem::path& path);
/// The same for text; `name` stands for the file in messages.
Result<Board> parse_board(std::string_view toml, std::string_view name);

/// The same for a table of another file, called `what` in messages. `problems` gets what is wrong.
Board read_board(const TomlValue& value, const std::string& what, Problems& problems);

/// The file of a board: parse_board() of it is the board, lengths to a micrometre.
[[nodiscard]] std::string board_to_toml(const Board& board);

/// "ChArUco board, 9 x 7 squares of 80 mm, markers of 60 mm, DICT_5X5_250".
[[nodiscard]] std::string board_in_words(const Board& board);

/// Reads "9x7" into columns and rows; invalid_argument for anything else.
Result<void> set_squares(Board& board, std::string_view text);

/// Words of the keys `kind` and `layout`, the first of each being the enumerator or flag that is 0.
[[nodiscard]] const std::vector<std::string>& board_kinds();
[[nodiscard]] const std::vector<std::string>& board_layouts();

}  // namespace lockstep
