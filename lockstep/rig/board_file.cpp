// SPDX-License-Identifier: MIT
#include "lockstep/rig/board_file.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "lockstep/geometry/board_pattern.h"
#include "lockstep/geometry/marker_dictionary.h"
#include "lockstep/rig/table_reader.h"

namespace lockstep {
namespace {

constexpr int kFewestSquares = 3;  // two corners along each side
constexpr int kFewestCorners = 6;  // that place a board (kLeastCornersOfAView of calibrate/)
// The chessboard detector (OpenCV's findChessboardCornersSB) asks for three corners along a side.
constexpr int kFewestSquaresOfChessboard = 4;
constexpr int kMostSquares = 100;
constexpr double kSmallestMm = 1;
constexpr double kLargestMm = 1000;
// White around a marker, in its fields. OpenCV warns of less than 0.7 (aruco_board.cpp, 4.9). Where
// a quarter is blurred away, the marker and the black squares at its corners become one figure, in
// which no detector finds a marker.
constexpr double kLeastWhiteFields = 0.25;

double in_mm(double metres) {
  return std::round(metres * 1e6) / 1e3;
}

void check_squares(const Board& board, std::vector<BoardProblem>& problems) {
  const bool plain = board.kind == BoardKind::chessboard;
  const int fewest = plain ? kFewestSquaresOfChessboard : kFewestSquares;
  for (const int squares : {board.squares_x, board.squares_y}) {
    if (squares >= fewest && squares <= kMostSquares) continue;
    problems.push_back(
        {"squares", fmt::format("a {} of {}x{} squares: it must have from {} to {} along each side",
                                plain ? "chessboard" : "ChArUco board", board.squares_x,
                                board.squares_y, fewest, kMostSquares)});
    return;
  }
  if (board.corner_count() < kFewestCorners) {
    problems.push_back(
        {"squares",
         fmt::format("a board of {}x{} squares has {} inner corners, and {} are needed "
                     "to say where it is: take more squares",
                     board.squares_x, board.squares_y, board.corner_count(), kFewestCorners)});
  }
  if (plain && (board.squares_x + board.squares_y) % 2 == 0) {
    problems.push_back(
        {"squares",
         fmt::format("a chessboard of {0}x{1} squares looks the same upside down, so no two "
                     "cameras could agree on its corners: take one row or column more, such as "
                     "{2}x{1}, or a ChArUco board",
                     board.squares_x, board.squares_y, board.squares_x + 1)});
  }
}

/// Of a marker of this dictionary, in a square of so many.
double largest_marker_mm(const Board& board) {
  const auto markers = find_dictionary(board.dictionary);
  const double square = in_mm(board.square_m);
  if (!markers) return square;  // which is refused for it
  const int fields = markers->bits_per_side() + 2;
  return square / (1 + 2 * kLeastWhiteFields / fields);
}

void check_sizes(const Board& board, std::vector<BoardProblem>& problems) {
  const double square = in_mm(board.square_m);
  if (!(square >= kSmallestMm && square <= kLargestMm)) {
    problems.push_back({"square_mm", fmt::format("squares of {:.6g} mm: they must have from {} to "
                                                 "{} mm",
                                                 square, kSmallestMm, kLargestMm)});
    return;
  }
  if (board.kind == BoardKind::chessboard) return;
  const double marker = in_mm(board.marker_m);
  if (marker < kSmallestMm) {
    problems.push_back(
        {"marker_mm",
         fmt::format("markers of {:.6g} mm in squares of {:.6g} mm: a marker must have at least {} "
                     "mm, as in squares of {:.6g} mm and more",
                     marker, square, kSmallestMm, std::ceil(kSmallestMm / 0.075) / 10)});
    return;
  }
  const double largest = std::round(largest_marker_mm(board) * 1000) / 1000;
  if (!(marker < square && marker <= largest)) {
    problems.push_back(
        {"marker_mm",
         fmt::format("markers of {:.6g} mm in squares of {:.6g} mm: a marker needs white around "
                     "it, such as {:.6g} mm leave; above {:.4g} mm cameras take it and the black "
                     "squares beside it for one",
                     marker, square, std::round(square * 7.5) / 10,
                     std::floor(largest * 10) / 10)});
  }
}

void check_markers(const Board& board, std::vector<BoardProblem>& problems) {
  if (const auto pattern = BoardPattern::make(board); !pattern)
    problems.push_back({"dictionary", pattern.error().message});
}

void read_markers(TableReader& table, Board& board) {
  if (const auto marker = table.number("marker_mm", kSmallestMm, kLargestMm))
    board.marker_m = *marker / 1000;
  if (const auto dictionary = table.text("dictionary")) board.dictionary = *dictionary;
  if (const auto layout = table.choice("layout", board_layouts()))
    board.legacy_layout = *layout == 1;
  for (const char* key : {"marker_mm", "dictionary"}) {
    if (!table.missing(key)) continue;
    table.problem(key, fmt::format("the board has no '{}', and it is a ChArUco board", key));
  }
}

void refuse_markers(TableReader& table) {
  for (const char* key : {"marker_mm", "dictionary", "layout"}) {
    if (table.raw(key) == nullptr) continue;
    table.problem(key, fmt::format("a chessboard has no markers: leave out '{}', or say kind = "
                                   "\"charuco\"",
                                   key));
  }
}

void read_squares(TableReader& table, Board& board) {
  const TomlValue* value = table.raw("squares");
  if (value == nullptr) return;
  const auto read = value->kind == TomlValue::Kind::text
                        ? set_squares(board, value->text)
                        : Error{Errc::invalid_argument,
                                "'squares' of the board must be columns x rows in quotes, such as "
                                "\"9x7\""};
  if (!read) table.problem("squares", read.error().message);
}

void check_schema(TableReader& table) {
  if (const auto schema = table.integer("schema", 0, 1'000'000); schema && *schema != 1) {
    table.problem(
        "schema",
        fmt::format("this board file has schema {}, and this program knows schema 1", *schema));
  }
}

}  // namespace

Board read_board(const TomlValue& value, const std::string& what, Problems& problems) {
  TableReader table(value, what, problems);
  const bool fine_before = problems.none();
  Board board;
  check_schema(table);
  if (const auto kind = table.choice("kind", board_kinds()))
    board.kind = static_cast<BoardKind>(*kind);
  read_squares(table, board);
  if (const auto square = table.number("square_mm", kSmallestMm, kLargestMm))
    board.square_m = *square / 1000;
  if (board.kind == BoardKind::charuco) {
    read_markers(table, board);
  } else {
    refuse_markers(table);
  }
  for (const char* key : {"kind", "squares", "square_mm"}) {
    if (!table.missing(key)) continue;
    table.problem(key, fmt::format("the board has no '{}'", key));
  }
  table.finish();
  if (!problems.none() && fine_before) return board;
  for (BoardProblem& problem : board_problems(board))
    table.problem(problem.key, std::move(problem.message));
  return board;
}

const std::vector<std::string>& board_kinds() {
  static const std::vector<std::string> kinds = {"charuco", "chessboard"};
  return kinds;
}

const std::vector<std::string>& board_layouts() {
  static const std::vector<std::string> layouts = {"current", "legacy"};
  return layouts;
}

std::vector<BoardProblem> board_problems(const Board& board) {
  std::vector<BoardProblem> problems;
  check_squares(board, problems);
  check_sizes(board, problems);
  if (problems.empty() || problems[0].key != "squares") check_markers(board, problems);
  return problems;
}

Result<void> check_board(const Board& board) {
  std::string message;
  for (const BoardProblem& problem : board_problems(board))
    message += (message.empty() ? "" : "\n") + problem.message;
  if (message.empty()) return {};
  return Error{Errc::invalid_argument, message};
}

Result<Board> parse_board(std::string_view toml, std::string_view name) {
  const Result<TomlValue> document = parse_toml(toml, name);
  if (!document) return document.error();
  Problems problems(name);
  Board board = read_board(*document, "the board file", problems);
  if (!problems.none()) return problems.to_error();
  return board;
}

Result<Board> read_board_file(const std::filesystem::path& path) {
  const Result<std::string> text = read_toml_text(path, "board file", "board.toml");
  if (!text) return text.error();
  return parse_board(*text, path.string());
}

std::string board_to_toml(const Board& board) {
  std::string toml =
      fmt::format("# {}\nkind = \"{}\"\nsquares = \"{}x{}\"\nsquare_mm = {}\n",
                  board_in_words(board), board_kinds()[static_cast<size_t>(board.kind)],
                  board.squares_x, board.squares_y, in_mm(board.square_m));
  if (board.kind == BoardKind::chessboard) return toml;
  return toml + fmt::format("marker_mm = {}\ndictionary = \"{}\"\nlayout = \"{}\"\n",
                            in_mm(board.marker_m), board.dictionary,
                            board_layouts()[board.legacy_layout ? 1 : 0]);
}

std::string board_in_words(const Board& board) {
  const bool plain = board.kind == BoardKind::chessboard;
  const std::string squares =
      fmt::format("{}, {} x {} squares of {} mm", plain ? "Chessboard" : "ChArUco board",
                  board.squares_x, board.squares_y, in_mm(board.square_m));
  if (plain) return squares;
  return fmt::format("{}, markers of {} mm, {}{}", squares, in_mm(board.marker_m), board.dictionary,
                     board.legacy_layout ? ", legacy layout" : "");
}

Result<void> set_squares(Board& board, std::string_view text) {
  int columns = 0, rows = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, columns);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == 'x') {
    const auto second = std::from_chars(first.ptr + 1, end, rows);
    if (second.ec == std::errc() && second.ptr == end) {
      board.squares_x = columns;
      board.squares_y = rows;
      return {};
    }
  }
  return Error{
      Errc::invalid_argument,
      fmt::format("'{}' is no number of squares: write columns x rows, such as 9x7", text)};
}

}  // namespace lockstep
