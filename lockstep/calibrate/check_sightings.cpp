// SPDX-License-Identifier: MIT
#include "lockstep/calibrate/check_sightings.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "lockstep/base/text.h"
#include "lockstep/calibrate/view_graph.h"

namespace lockstep {
namespace {

std::string names_of(const BoardEvidence& evidence, const std::vector<int>& cameras) {
  std::vector<std::string> names;
  for (const int camera : cameras)
    names.push_back(evidence.cameras[static_cast<size_t>(camera)].name);
  return listing(names);
}

Error another_board(const std::string& what) {
  return {Errc::unusable_input, what + ". Give the file of the board that was shown."};
}

}  // namespace

MarkerCount count_markers(const std::vector<BoardSighting>& sightings) {
  MarkerCount count;
  for (const BoardSighting& seen : sightings) {
    count.own += seen.markers;
    count.foreign += seen.foreign_markers;
    count.misplaced += seen.misplaced_markers;
  }
  return count;
}

Result<void> check_markers(const std::vector<BoardSighting>& sightings, const Board& board) {
  const MarkerCount count = count_markers(sightings);
  if (count.foreign > count.own) {
    return another_board(fmt::format(
        "this is another board: {} markers of {} were seen that it does not have, and {} that it "
        "has",
        count.foreign, board.dictionary, count.own));
  }
  if (count.misplaced > count.own) {
    return another_board(fmt::format(
        "this is another board: {} of its markers were not where a board of {} x {} squares of "
        "the {} layout has them, and {} were",
        count.misplaced, board.squares_x, board.squares_y,
        board.legacy_layout ? "legacy" : "current", count.own));
  }
  return {};
}

Result<void> check_sightings(const BoardEvidence& evidence) {
  if (auto own = check_markers(evidence.sightings, evidence.board); !own) return own;
  std::vector<BoardView> views;
  std::vector<int> seen_by(evidence.cameras.size());
  for (const BoardSighting& seen : evidence.sightings) {
    if (seen.view.corners.size() < kLeastCornersOfAView) continue;
    views.push_back(seen.view);
    ++seen_by[static_cast<size_t>(seen.view.camera)];
  }
  if (views.empty()) {
    return Error{Errc::unusable_input,
                 fmt::format("no camera saw the board in {} images. Show all of it, well lit, to "
                             "the cameras, and give the file of that board.",
                             evidence.sightings.size())};
  }
  std::vector<int> blind;
  for (size_t i = 0; i < seen_by.size(); ++i) {
    if (seen_by[i] == 0) blind.push_back(static_cast<int>(i));
  }
  if (!blind.empty()) {
    const size_t seeing = seen_by.size() - blind.size();
    return Error{
        Errc::unusable_input,
        fmt::format("{}{} never saw the board: show it to {} together with a camera that is "
                    "joined to the others.",
                    seeing == 1 ? "the board was seen by one camera only: " : "",
                    names_of(evidence, blind), blind.size() == 1 ? "it" : "each of them")};
  }
  const auto groups = joined_groups(evidence.cameras.size(), views);
  if (groups.size() > 1) {
    std::string text;
    for (const auto& group : groups) text += (text.empty() ? "" : "; ") + names_of(evidence, group);
    return Error{
        Errc::unusable_input,
        fmt::format("nothing says how these groups of cameras stand to each other: {}. Show "
                    "the board at once to any of one group and any of another that can "
                    "see it together.",
                    text)};
  }
  return {};
}

}  // namespace lockstep
