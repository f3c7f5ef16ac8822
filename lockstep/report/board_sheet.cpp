// SPDX-License-Identifier: MIT
#include "lockstep/report/board_sheet.h"

#include <cairo-pdf.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <sstream>

#include "lockstep/base/suggestion.h"
#include "lockstep/base/text.h"

namespace lockstep {
namespace {

constexpr double kPointsPerMm = 72 / 25.4;

// Around the pattern: white, so that its outer squares are seen, and what a printer leaves out
// anyway; on the left and below also the rulers.
constexpr double kMargin_mm = 10;
constexpr double kRulerMargin_mm = 18;
constexpr double kRuler_mm = 100;
/// Of a ruler's line from the edges of the page; a printer reaches that far.
constexpr double kRulerPlace_mm = 8;
constexpr double kLetters_mm = 2.6;
constexpr int kColumnsOfWords = 46;  // of such letters, on the narrowest page beside the ruler

/// A page, upright or on its side.
struct Page {
  std::string paper;
  double width_mm;
  double height_mm;
};

struct Paper {
  const char* name;
  double short_mm;
  double long_mm;
};
constexpr Paper kPapers[] = {
    {"a4", 210, 297}, {"a3", 297, 420}, {"a2", 420, 594}, {"a1", 594, 841}, {"a0", 841, 1189}};

struct Needed {
  double width_mm;
  double height_mm;
};

Needed needed_by(const Board& board) {
  return {board.width_m() * 1000 + kRulerMargin_mm + kMargin_mm,
          board.height_m() * 1000 + kRulerMargin_mm + kMargin_mm};
}

std::optional<Page> page_of(const Paper& paper, const Needed& needed) {
  if (needed.width_mm <= paper.short_mm && needed.height_mm <= paper.long_mm)
    return Page{paper.name, paper.short_mm, paper.long_mm};
  if (needed.width_mm <= paper.long_mm && needed.height_mm <= paper.short_mm)
    return Page{paper.name, paper.long_mm, paper.short_mm};
  return std::nullopt;
}

Result<Page> choose_page(const Board& board, std::string_view wanted) {
  const Needed needed = needed_by(board);
  std::optional<Page> smallest;
  for (const Paper& paper : kPapers) {
    const auto page = page_of(paper, needed);
    if (page && wanted == paper.name) return *page;
    if (page && !smallest) smallest = page;
  }
  if (wanted.empty()) return smallest.value_or(Page{"", needed.width_mm, needed.height_mm});
  const auto& names = paper_names();
  if (std::find(names.begin(), names.end(), wanted) == names.end()) {
    return Error{Errc::invalid_argument,
                 fmt::format("there is no paper '{}': {}", wanted, suggest(wanted, names))};
  }
  return Error{Errc::invalid_argument,
               fmt::format("the board takes {:.0f} x {:.0f} mm with its margins, which {} has not: "
                           "{}, or make the squares smaller",
                           needed.width_mm, needed.height_mm, wanted,
                           smallest ? "take " + smallest->paper
                                    : "leave out the paper for a page of its own size")};
}

cairo_status_t append(void* text, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

void draw_pattern(cairo_t* cairo, const BoardPattern& pattern, const Page& page) {
  const double width = pattern.board().width_m() * 1000;
  const double height = pattern.board().height_m() * 1000;
  const double left = kRulerMargin_mm + (page.width_mm - kRulerMargin_mm - kMargin_mm - width) / 2;
  const double top = kMargin_mm + (page.height_mm - kMargin_mm - kRulerMargin_mm - height) / 2;
  // One path: between two of them a viewer would draw a hair of white.
  for (const BoardPattern::Rectangle& black : pattern.black()) {
    cairo_rectangle(cairo, left + black.x_m * 1000, top + black.y_m * 1000, black.width_m * 1000,
                    black.height_m * 1000);
  }
  cairo_fill(cairo);
}

/// From the present origin along x, its marks above it.
void draw_ruler(cairo_t* cairo) {
  cairo_set_line_width(cairo, 0.15);
  for (int mm = 0; mm <= kRuler_mm; ++mm) {
    const double length = mm % 50 == 0 ? 3.5 : mm % 10 == 0 ? 2.5 : mm % 5 == 0 ? 1.8 : 1.2;
    cairo_move_to(cairo, mm, 0);
    cairo_line_to(cairo, mm, -length);
  }
  cairo_move_to(cairo, 0, 0);
  cairo_line_to(cairo, kRuler_mm, 0);
  cairo_stroke(cairo);
  cairo_move_to(cairo, kRuler_mm + 1.5, -0.5);
  cairo_show_text(cairo, "100 mm");
}

void draw_words(cairo_t* cairo, std::string_view words) {
  std::istringstream lines(wrapped(words, 0, kColumnsOfWords));
  double below = 0;
  for (std::string line; std::getline(lines, line); below += kLetters_mm * 1.25) {
    cairo_move_to(cairo, 0, below);
    cairo_show_text(cairo, line.c_str());
  }
}

void draw_page(cairo_t* cairo, const BoardPattern& pattern, const Page& page,
               std::string_view words) {
  cairo_scale(cairo, kPointsPerMm, kPointsPerMm);
  cairo_set_source_rgb(cairo, 0, 0, 0);
  draw_pattern(cairo, pattern, page);
  cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, kLetters_mm);
  const double low = page.height_mm - kRulerPlace_mm;
  cairo_save(cairo);
  cairo_translate(cairo, kRulerMargin_mm, low);
  draw_ruler(cairo);
  cairo_translate(cairo, kRuler_mm + 16, -6.5);
  draw_words(cairo, words);
  cairo_restore(cairo);
  cairo_translate(cairo, kRulerPlace_mm + 3.5, page.height_mm - kRulerMargin_mm);
  cairo_rotate(cairo, -M_PI / 2);
  draw_ruler(cairo);
}

}  // namespace

const std::vector<std::string>& paper_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Paper& paper : kPapers) all.emplace_back(paper.name);
    return all;
  }();
  return names;
}

Result<BoardSheet> draw_board_sheet(const BoardPattern& pattern, std::string_view words,
                                    std::string_view paper) {
  const auto page = choose_page(pattern.board(), paper);
  if (!page) return page.error();
  BoardSheet sheet{{}, page->paper, page->width_mm, page->height_mm};
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
      cairo_pdf_surface_create_for_stream(append, &sheet.pdf, page->width_mm * kPointsPerMm,
                                          page->height_mm * kPointsPerMm),
      cairo_surface_destroy);
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                 std::string(words).c_str());
  const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo(cairo_create(surface.get()),
                                                           cairo_destroy);
  draw_page(cairo.get(), pattern, *page, words);
  cairo_show_page(cairo.get());
  cairo_surface_finish(surface.get());
  cairo_status_t status = cairo_status(cairo.get());
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS) {
    return Error{Errc::io,
                 fmt::format("the board cannot be drawn: {}", cairo_status_to_string(status))};
  }
  return sheet;
}

}  // namespace lockstep
