// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/text_table.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowestLastColumn =
    20;  // below this a wrapped column is unreadable; rather too wide

void append_cell(std::string& line, const std::string& cell, int width, Align align) {
  const auto padding = static_cast<size_t>(std::max(0, width - display_columns(cell)));
  if (align == Align::right) line.append(padding, ' ');
  line += cell;
  if (align == Align::left) line.append(padding, ' ');
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

void TextTable::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<int> TextTable::widths(int indent) const {
  std::vector<int> result;
  int before_last = indent;
  for (size_t column = 0; column < columns_.size(); ++column) {
    int width = display_columns(columns_[column].title);
    for (const auto& row : rows_) width = std::max(width, display_columns(row[column]));
    result.push_back(width);
    if (column + 1 < columns_.size()) before_last += width + kGap;
  }
  if (!result.empty()) {
    const int room = std::max(kNarrowestLastColumn, kOutputColumns - before_last);
    result.back() = std::min(result.back(), room);
    const int beyond = before_last + result.back() - kOutputColumns;
    if (beyond > 0 && result.size() > 1)
      result[0] = std::max(display_columns(columns_[0].title), result[0] - beyond);
  }
  return result;
}

std::string TextTable::text(int indent) const {
  const std::vector<int> width = widths(indent);
  std::string out;
  const auto append_row = [&](const auto& cell_of) {
    std::string line(static_cast<size_t>(indent), ' ');
    for (size_t column = 0; column + 1 < columns_.size(); ++column) {
      const std::string cell = cell_of(column);
      const bool alone = column == 0 && display_columns(cell) > width[0];
      if (alone) out += line + cell + '\n';
      append_cell(line, alone ? "" : cell, width[column], columns_[column].align);
      line.append(kGap, ' ');
    }
    if (!columns_.empty()) {
      const size_t last = columns_.size() - 1;
      const int start = display_columns(line);
      const std::string cell = wrapped(cell_of(last), 0, width[last]);
      if (cell.find('\n') == std::string::npos) {
        append_cell(line, cell, width[last], columns_[last].align);
      } else {
        for (const char c : cell) {
          line += c;
          if (c == '\n') line.append(static_cast<size_t>(start), ' ');
        }
      }
    }
    out += without_trailing_spaces(std::move(line)) + '\n';
  };

  const bool titled = std::any_of(columns_.begin(), columns_.end(),
                                  [](const Column& column) { return !column.title.empty(); });
  if (titled) append_row([this](size_t column) { return columns_[column].title; });
  for (const auto& row : rows_) append_row([&row](size_t column) { return row[column]; });
  return out;
}

}  // namespace lockstep
