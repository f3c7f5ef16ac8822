// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "lockstep/apps/common/terminal.h"

namespace lockstep {

enum class Align { left, right };

/// A table of text for people: columns as wide as their content, two spaces apart, no lines drawn.
/// When it would be wider than kOutputColumns, the last column is wrapped within its own width; if
/// that is not enough, the first column is narrowed, and what is too long for it has its own line.
/// Cells may hold colour sequences and UTF-8. Thread-bound.
class TextTable {
 public:
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Cells beyond the columns are dropped, missing ones are empty.
  void add_row(std::vector<std::string> cells);

  /// The table, every line ended by a newline and without trailing spaces; each indented by
  /// `indent`. The title line is left out when every title is empty.
  [[nodiscard]] std::string text(int indent = 0) const;

 private:
  [[nodiscard]] std::vector<int> widths(int indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lockstep
