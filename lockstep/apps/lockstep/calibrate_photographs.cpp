// SPDX-License-Identifier: MIT
// `lockstep calibrate --intrinsics` and `--register`: photographs of a board, without a rig.
#include "lockstep/apps/lockstep/calibrate_photographs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "lockstep/apps/common/exit_code.h"
#include "lockstep/apps/common/terminal.h"
#include "lockstep/apps/common/undivided_job.h"
#include "lockstep/apps/common/watched_job.h"
#include "lockstep/apps/lockstep/calibration_file.h"
#include "lockstep/base/files.h"
#include "lockstep/base/new_files.h"
#include "lockstep/calibrate/board_observer.h"
#include "lockstep/calibrate/check_sightings.h"
#include "lockstep/calibrate/lens_solver.h"
#include "lockstep/geometry/rig_calibration.h"
#include "lockstep/rig/board_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kLargestFile = size_t{256} << 20;
constexpr double kDoubtfulPx = 0.4;  // corners of a right lens are a tenth or two off

bool is_photograph(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

Result<std::vector<fs::path>> photographs_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  // A range-for would throw where going on fails.
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_photograph(entry->path())) files.push_back(entry->path());
  }
  if (error) return error_from_errno(error.value(), "can't read the folder", folder);
  if (files.empty()) {
    return Error{Errc::unusable_input,
                 fmt::format("{}: no photograph (.png, .jpg) is in it", folder.string())};
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Photograph {
  BoardPhoto seen;
  BoardSighting sighting;
  int width_px = 0, height_px = 0;
};

Result<GrayImage> read_photograph(const fs::path& file) {
  const auto bytes = read_text_file(file, kLargestFile);
  if (!bytes) return bytes.error();
  auto image = gray_of_photograph(std::as_bytes(std::span(*bytes)));
  if (!image)
    return Error{image.error().code, fmt::format("{}: {}", file.string(), image.error().message)};
  return image;
}

Result<Photograph> look_at(const fs::path& file, const GrayImage& image, const Board& board,
                           Detector& detector) {
  const auto found = detector.detect({board, true, image});
  if (!found)
    return Error{found.error().code, fmt::format("{}: {}", file.string(), found.error().message)};
  const BoardSighting sighting = sighting_of(*found, image, board, {});
  return Photograph{{file.filename().string(), sighting.view.corners, sighting.edge_width_px},
                    sighting,
                    image.width_px,
                    image.height_px};
}

/// `where`: what the photographs are of, for the sentence.
Result<void> check_board(const std::string& where, const std::vector<Photograph>& photographs,
                         const Board& board) {
  std::vector<BoardSighting> sightings;
  for (const Photograph& photograph : photographs) sightings.push_back(photograph.sighting);
  auto own = check_markers(sightings, board);
  if (own) return own;
  return Error{own.error().code, fmt::format("{}: {}", where, own.error().message)};
}

/// Those of one size are of one lens.
Result<void> check_size(const Photograph& photograph, const Photograph& first) {
  if (photograph.width_px == first.width_px && photograph.height_px == first.height_px) return {};
  return Error{
      Errc::unusable_input,
      fmt::format("{} has {} x {} pixels, and {} has {} x {}: photographs of one lens have "
                  "one size",
                  photograph.seen.name, photograph.width_px, photograph.height_px, first.seen.name,
                  first.width_px, first.height_px)};
}

/// What cannot be read is left out, with a warning.
Result<std::vector<Photograph>> look_at_all(const std::vector<fs::path>& files,
                                            const Board& board) {
  WatchedJob job("looking for the board");
  const auto progress = job.progress();
  Detector::Options options;
  options.stopped = job.stopped();
  Detector detector(std::move(options));
  std::vector<Photograph> all;
  std::vector<std::string> left_out;
  for (size_t i = 0; i < files.size(); ++i) {
    if (!progress(static_cast<int64_t>(i), static_cast<int64_t>(files.size())))
      return Error{Errc::cancelled, "looking for the board was stopped"};
    auto image = read_photograph(files[i]);
    if (!image) {
      left_out.push_back(image.error().message);
      continue;
    }
    auto photograph = look_at(files[i], *image, board, detector);
    if (!photograph) {  // the detector's own failure is that of one image
      const Errc code = photograph.error().code;
      if (code != Errc::io && code != Errc::timeout) return std::move(photograph).error();
      left_out.push_back(photograph.error().message);
      continue;
    }
    if (!all.empty()) {
      if (auto same = check_size(*photograph, all.front()); !same) return std::move(same).error();
    }
    all.push_back(*std::move(photograph));
  }
  job.end();
  say_mishaps(detector.mishaps(), left_out);
  if (all.empty())
    return Error{Errc::unusable_input, "none of the photographs can be read: " + left_out.front()};
  if (auto same = check_board(files.front().parent_path().string(), all, board); !same)
    return std::move(same).error();
  return all;
}

Json or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json();
}

/// As docs/schemas/lens.schema.json names it.
const char* word_of(PhotoUse use) {
  switch (use) {
    case PhotoUse::solved_with:
      return "solved with";
    case PhotoUse::held_out:
      return "held out";
    case PhotoUse::few_corners:
      return "few corners";
    case PhotoUse::blurred:
      return "blurred";
    case PhotoUse::alike:
      return "alike";
    case PhotoUse::contradicting:
      return "contradicting";
  }
  return "";
}

std::string lens_json(const SolvedLens& solved, const std::vector<Photograph>& photographs) {
  Json root = Json::parse(write_lens(solved.lens));
  root["rms_px"] = solved.rms_px;
  root["held_out_rms_px"] = or_null(solved.held_out_rms_px);
  root["coverage"] = solved.coverage;
  root["most_tilt_deg"] = solved.most_tilt_deg;
  Json photos = Json::array();
  for (size_t i = 0; i < photographs.size(); ++i) {
    photos.push_back({{"file", photographs[i].seen.name},
                      {"corners", photographs[i].seen.corners.size()},
                      {"use", word_of(solved.photos[i].use)},
                      {"rms_px", or_null(solved.photos[i].rms_px)}});
  }
  root["photographs"] = std::move(photos);
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// What a lens was found without, a line for each reason.
void print_left_out(const SolvedLens& solved, const std::vector<Photograph>& photographs) {
  for (const auto& [use, why] :
       {std::pair{PhotoUse::few_corners, "too little of the board"},
        std::pair{PhotoUse::blurred, "blurred"},
        std::pair{PhotoUse::alike, "the board stands where it stood before"},
        std::pair{PhotoUse::contradicting,
                  "contradicts all others: of another camera, or at another zoom?"}}) {
    std::vector<std::string> names;
    for (size_t i = 0; i < photographs.size(); ++i) {
      if (solved.photos[i].use == use) names.push_back(photographs[i].seen.name);
    }
    if (names.empty()) continue;
    print_text(wrapped(fmt::format("left out ({}): {}\n", why, fmt::join(names, ", ")), 2));
  }
}

void print_lens(const SolvedLens& solved, const std::vector<Photograph>& photographs,
                const std::string& output) {
  const auto line = [](const std::string& text) { print_text(wrapped(text, 2) + "\n"); };
  const CameraModel& lens = solved.lens;
  const auto used = static_cast<size_t>(
      std::count_if(solved.photos.begin(), solved.photos.end(), [](const auto& photo) {
        return photo.use == PhotoUse::solved_with || photo.use == PhotoUse::held_out;
      }));
  line(
      fmt::format("{}{} of {} x {} pixels, board tilted by up to {:.0f}° between two, corners in "
                  "{:.0f} % of the image",
                  used < photographs.size() ? fmt::format("{} of ", used) : "",
                  counted(static_cast<int64_t>(photographs.size()), "photograph"), lens.width_px,
                  lens.height_px, solved.most_tilt_deg, 100 * solved.coverage));
  line(fmt::format("focal length {:.2f}, {:.2f} px; principal point {:.2f}, {:.2f} px", lens.fx_px,
                   lens.fy_px, lens.cx_px, lens.cy_px));
  line(fmt::format(
      "corners are {:.3f} px off (rms), {}", solved.rms_px,
      solved.held_out_rms_px
          ? fmt::format("at photographs that the solve never saw {:.3f}", *solved.held_out_rms_px)
          : "and none was held out to say what the lens is worth: that takes ten photographs"));
  print_left_out(solved, photographs);
  if (solved.coverage < 0.6)
    line(
        "advice: show the board in the corners of the image, too: where it never was, the lens is "
        "guessed");
  line(output + ": the lens, also as OpenCV has it");
}

Result<SolvedLens> solve(const LensRequest& request, std::vector<Photograph>& photographs) {
  const auto board = read_board_file(request.board);
  if (!board) return board.error();
  const auto files = photographs_in(request.folder);
  if (!files) return files.error();
  if (auto made = make_folder_of(request.output); !made) return std::move(made).error();
  auto seen = look_at_all(*files, *board);
  if (!seen) return std::move(seen).error();
  photographs = *std::move(seen);
  std::vector<BoardPhoto> photos;
  for (const Photograph& photograph : photographs) photos.push_back(photograph.seen);
  const UndividedJob job;
  auto solved =
      solve_lens(photographs.front().width_px, photographs.front().height_px, *board, photos);
  if (!solved)
    return Error{solved.error().code,
                 fmt::format("{}: {}", request.folder, solved.error().message)};
  return solved;
}

Result<RegisteredPair> find_pair(const RegisterRequest& request) {
  const auto board = read_board_file(request.board);
  if (!board) return board.error();
  if (auto made = make_folder_of(request.output); !made) return std::move(made).error();
  std::vector<Photograph> photographs;
  std::vector<CameraModel> lenses;
  Detector detector;
  for (size_t i = 0; i < 2; ++i) {
    const std::string& file = request.lenses[std::min(i, request.lenses.size() - 1)];
    const auto text = read_text_file(file);
    if (!text) return text.error();
    const auto lens = parse_lens(*text);
    if (!lens) return Error{lens.error().code, file + ": " + lens.error().message};
    auto image = read_photograph(request.photographs[i]);
    if (!image) return std::move(image).error();
    auto photograph = look_at(request.photographs[i], *image, *board, detector);
    if (!photograph) return std::move(photograph).error();
    if (photograph->width_px != lens->width_px || photograph->height_px != lens->height_px) {
      return Error{Errc::unusable_input,
                   fmt::format("{} has {} x {} pixels, and the lens of {} has {} x {}: give the "
                               "lens of the camera and mode that it was taken with",
                               request.photographs[i], photograph->width_px, photograph->height_px,
                               file, lens->width_px, lens->height_px)};
    }
    photographs.push_back(*std::move(photograph));
    if (auto same = check_board(request.photographs[i], {photographs.back()}, *board); !same)
      return std::move(same).error();
    lenses.push_back(*lens);
  }
  say_mishaps(detector.mishaps(), {});
  return register_pair(lenses[0], photographs[0].seen, lenses[1], photographs[1].seen, *board);
}

std::string pair_json(const RegisterRequest& request, const RegisteredPair& pair) {
  Json rotation = Json::array();
  for (int row = 0; row < 3; ++row) {
    rotation.push_back({pair.b_from_a.rotation(row, 0), pair.b_from_a.rotation(row, 1),
                        pair.b_from_a.rotation(row, 2)});
  }
  const Eigen::Vector3d& t = pair.b_from_a.translation;
  const Json root{{"schema", 1},
                  {"kind", "lockstep-registration"},
                  {"a", request.photographs[0]},
                  {"b", request.photographs[1]},
                  {"b_from_a", {{"rotation", rotation}, {"translation_m", {t.x(), t.y(), t.z()}}}},
                  {"corners_a", pair.corners_a},
                  {"corners_b", pair.corners_b},
                  {"rms_a_px", pair.rms_a_px},
                  {"rms_b_px", pair.rms_b_px}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print_pair(const RegisterRequest& request, const RegisteredPair& pair) {
  const RigidTransform a_from_b = pair.b_from_a.inverse();
  const Eigen::Vector3d& t = a_from_b.translation;
  const double turn_deg = kDegPerRad * turn_angle_rad(pair.b_from_a.rotation);
  print_text(
      wrapped(fmt::format("the camera of {} stands {:.3f} m to the {}, {:.3f} m {} and {:.3f} m {} "
                          "that of {}, turned by {:.2f}°",
                          request.photographs[1], std::abs(t.x()), t.x() < 0 ? "left" : "right",
                          std::abs(t.y()), t.y() < 0 ? "above" : "below", std::abs(t.z()),
                          t.z() < 0 ? "behind" : "in front of", request.photographs[0], turn_deg),
              2) +
      "\n");
  print_text(fmt::format("{} and {} corners, {:.3f} and {:.3f} px off (rms)\n", pair.corners_a,
                         pair.corners_b, pair.rms_a_px, pair.rms_b_px));
  if (std::max(pair.rms_a_px, pair.rms_b_px) > kDoubtfulPx) {
    print_text(
        wrapped("advice: that is much; see that each lens is that of its camera at that zoom, and "
                "that the board is flat and the one of the file",
                2) +
        "\n");
  }
  print_text((request.output.empty() ? "-o FILE keeps it as b_from_a, a rotation and a shift"
                                     : request.output + ": b_from_a, the same as a rotation and a "
                                                        "shift") +
             "\n");
}

}  // namespace

int calibrate_lens(const LensRequest& request) {
  if (auto fine = check_new_file(request.output); !fine) return report_failure(fine.error());
  std::vector<Photograph> photographs;
  const auto solved = solve(request, photographs);
  if (!solved) return report_failure(solved.error());
  const std::string json = lens_json(*solved, photographs);
  if (auto written = write_file_whole(request.output, json, ExistingFile::refuse); !written)
    return report_failure(written.error());
  if (request.json)
    print_as_is(stdout, json);
  else
    print_lens(*solved, photographs, request.output);
  return kExitGood;
}

int register_photographs(const RegisterRequest& request) {
  if (!request.output.empty()) {
    if (auto fine = check_new_file(request.output); !fine) return report_failure(fine.error());
  }
  const auto pair = find_pair(request);
  if (!pair) return report_failure(pair.error());
  const std::string json = pair_json(request, *pair);
  if (!request.output.empty()) {
    if (auto written = write_file_whole(request.output, json, ExistingFile::refuse); !written)
      return report_failure(written.error());
  }
  if (request.json)
    print_as_is(stdout, json);
  else
    print_pair(request, *pair);
  return kExitGood;
}

}  // namespace lockstep
