// SPDX-License-Identifier: MIT
#include "lockstep/take/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "lockstep/base/files.h"
#include "lockstep/base/text.h"

#include <sys/stat.h>

namespace lockstep {
namespace {

using nlohmann::json;

constexpr int kSchema = 1;
constexpr std::string_view kRecoveredSuffix = ".recovered";
constexpr std::array<std::pair<TakeState, const char*>, 3> kStates{{
    {TakeState::recording, "recording"},
    {TakeState::complete, "complete"},
    {TakeState::incomplete, "incomplete"},
}};
constexpr std::array<std::pair<HoleCause, const char*>, 4> kHoleKinds{{
    {HoleCause::not_delivered, "not-delivered"},
    {HoleCause::dropped_by_recorder, "dropped"},
    {HoleCause::refused_by_recorder, "refused"},
    {HoleCause::device_lost, "lost"},
}};

const char* key_of(HoleCause kind) {
  for (const auto& [known, key] : kHoleKinds) {
    if (known == kind) return key;
  }
  return kHoleKinds.front().second;
}

/// A kind that a later version invented: all that is known is that the tick is not there.
HoleCause hole_kind_from(const std::string& key) {
  for (const auto& [kind, known] : kHoleKinds) {
    if (key == known) return kind;
  }
  return HoleCause::not_delivered;
}

/// In the file, and in the words of a person.
struct EndNames {
  EndOfCamera end;
  const char* key;
  const char* words;
};
constexpr std::array<EndNames, 6> kEnds{{
    {EndOfCamera::none, "", ""},
    {EndOfCamera::length_reached, "length-reached", "length reached"},
    {EndOfCamera::cut, "cut", "cut"},
    {EndOfCamera::cut_off, "cut-off", "cut off"},
    {EndOfCamera::lost, "lost", "lost"},
    {EndOfCamera::disk, "disk", "disk"},
}};

const EndNames& names_of(EndOfCamera end) {
  return *std::find_if(kEnds.begin(), kEnds.end(),
                       [end](const EndNames& names) { return names.end == end; });
}

/// An end that a later version invented is no loss and no fault of the disk.
CameraEnd end_from(const std::string& key, std::string detail) {
  const auto names = std::find_if(kEnds.begin(), kEnds.end(),
                                  [&](const EndNames& known) { return known.key == key; });
  return {names == kEnds.end() ? EndOfCamera::cut_off : names->end, std::move(detail)};
}

template <typename T>
void put(json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

// A manifest comes from anywhere: what follows keeps its numbers far from overflow and its names
// inside its folder. Wrong ones throw, and stop in read_manifest.

constexpr int kDeepest = 32;                       // of JSON values in each other; a take has 6
constexpr int64_t kMostTicks = 1'000'000'000'000;  // a thousand years at 30 fps
constexpr double kMostSeconds = 1e9;               // 31 years
constexpr int64_t kMostNs = 4'000'000'000'000'000'000;  // 126 years: clocks may count from 1970

[[noreturn]] void refuse(const char* key, const std::string& why) {
  throw std::invalid_argument(fmt::format("'{}' {}", key, why));
}

int64_t whole_from(const json& value, const char* key, int64_t least, int64_t most) {
  const bool fits = value.is_number_unsigned()
                        ? value.get<uint64_t>() <= static_cast<uint64_t>(most)
                        : value.is_number_integer() && value.get<int64_t>() <= most;
  if (!fits || value.get<int64_t>() < least)
    refuse(key, fmt::format("must be a whole number from {} to {}", least, most));
  return value.get<int64_t>();
}

uint64_t count_from(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  return static_cast<uint64_t>(whole_from(*found, key, 0, kMostTicks));
}

std::optional<int64_t> whole_or_none(const json& object, const char* key, int64_t least,
                                     int64_t most) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return whole_from(*found, key, least, most);
}

/// A name that stays in the folder it is looked up in.
std::string plain_name(std::string name, const char* key) {
  const bool plain = !name.empty() && name != "." && name != ".." &&
                     name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (!plain) refuse(key, fmt::format("must be a plain file name in the take, not '{}'", name));
  return name;
}

/// The text as JSON of bounded depth: what is deeper is no manifest, and would cost the stack.
json parse_bounded(std::string_view text) {
  return json::parse(text, [](int depth, json::parse_event_t, json&) {
    if (depth > kDeepest)
      throw std::invalid_argument(fmt::format("values are nested deeper than {}", kDeepest));
    return true;
  });
}

json to_json(const ClockMap& map) {
  return {{"offset_us", map.offset_us}, {"at_rig_ns", map.mid.time_since_epoch().count()},
          {"rate_ppm", map.rate_ppm},   {"residual_rms_us", map.rms_us},
          {"from_ns", map.from.ns()},   {"to_ns", map.to.ns()}};
}

ClockMap clock_map_from(const json& object) {
  const auto ns = [&](const char* key) {
    return Nanos(whole_from(object.at(key), key, -kMostNs, kMostNs));
  };
  const auto number = [&](const char* key) {
    const auto value = object.at(key).get<double>();
    if (!(std::abs(value) <= static_cast<double>(kMostNs))) refuse(key, "is beyond any clock");
    return value;
  };
  ClockMap map;
  map.from = DeviceTime(ns("from_ns"));
  map.to = DeviceTime(ns("to_ns"));
  map.mid = RigTime(ns("at_rig_ns"));
  map.offset_us = number("offset_us");
  map.rate_ppm = number("rate_ppm");
  map.rms_us = number("residual_rms_us");
  return map;
}

json to_json(const TakePart& part) {
  json object{{"file", part.file}};
  if (!part.reason.empty()) object["reason"] = part.reason;
  if (!part.recovered_from.empty()) object["recovered_from"] = part.recovered_from;
  put(object, "rig_from_device_ns", part.rig_from_device_ns);
  if (part.clock_map) object["clock_map"] = to_json(*part.clock_map);
  return object;
}

TakePart part_from(const json& object) {
  TakePart part;
  part.file = plain_name(object.at("file").get<std::string>(), "file");
  part.reason = object.value("reason", "");
  if (const std::string from = object.value("recovered_from", ""); !from.empty())
    part.recovered_from = plain_name(from, "recovered_from");
  part.rig_from_device_ns = whole_or_none(object, "rig_from_device_ns", -kMostNs, kMostNs);
  if (const auto map = object.find("clock_map"); map != object.end() && map->is_object())
    part.clock_map = clock_map_from(*map);
  return part;
}

json to_json(const TakeCamera& camera) {
  json object{{"name", camera.name},         {"serial", camera.serial},
              {"captures", camera.captures}, {"imu_samples", camera.imu_samples},
              {"dropped", camera.dropped},   {"end", names_of(camera.end.how).key},
              {"parts", json::array()}};
  if (!camera.end.detail.empty()) object["end_detail"] = camera.end.detail;
  if (camera.zero_on_host)
    object["zero_on_host_ns"] = camera.zero_on_host->time_since_epoch().count();
  for (const TakePart& part : camera.parts) object["parts"].push_back(to_json(part));
  return object;
}

TakeCamera camera_from(const json& object) {
  TakeCamera camera;
  camera.name = plain_name(object.at("name").get<std::string>(), "name");
  camera.serial = object.value("serial", "");
  camera.captures = count_from(object, "captures");
  camera.imu_samples = count_from(object, "imu_samples");
  camera.dropped = count_from(object, "dropped");
  camera.end = end_from(object.value("end", ""), object.value("end_detail", ""));
  if (const auto zero = whole_or_none(object, "zero_on_host_ns", -kMostNs, kMostNs))
    camera.zero_on_host = HostTime(Nanos(*zero));
  for (const json& part : object.at("parts")) camera.parts.push_back(part_from(part));
  return camera;
}

json to_json(const TakeHole& hole) {
  return {{"camera", hole.camera},
          {"first_tick", hole.first_tick},
          {"count", hole.count},
          {"kind", key_of(hole.kind)},
          {"cause", hole.cause}};
}

TakeHole hole_from(const json& object) {
  return {object.at("camera").get<std::string>(),
          whole_from(object.at("first_tick"), "first_tick", -kMostTicks, kMostTicks),
          whole_from(object.at("count"), "count", 0, kMostTicks),
          hole_kind_from(object.value("kind", "")), object.value("cause", "")};
}

json to_json(const CutShort& cut) {
  json object{{"by", "disk"}, {"at_s", cut.at_s}};
  put(object, "of_s", cut.of_s);
  return object;
}

double seconds_from(const json& value, const char* key) {
  const auto seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kMostSeconds)) refuse(key, "is no length of a take");
  return seconds;
}

CutShort cut_short_from(const json& object) {
  CutShort cut{.at_s = seconds_from(object.at("at_s"), "at_s")};
  if (const auto of = object.find("of_s"); of != object.end()) cut.of_s = seconds_from(*of, "of_s");
  return cut;
}

json to_json(const TakeManifest& manifest) {
  json object{{"schema", kSchema},
              {"kind", "lockstep-take"},
              {"name", manifest.name},
              {"state", to_string(manifest.state)},
              {"virtual", manifest.is_virtual},
              {"unproved", manifest.unproved},
              {"created_utc", manifest.created_utc},
              {"lockstep_version", manifest.lockstep_version},
              {"host", manifest.host},
              {"rig_toml", manifest.rig_toml},
              {"verdict", manifest.verdict},
              {"remarks", manifest.remarks},
              {"cameras", json::array()},
              {"holes", json::array()}};
  object["plan"] = json::parse(plan_to_json(manifest.plan), nullptr, false);
  put(object, "first_common_tick_after_pulse", manifest.first_common_tick_after_pulse);
  put(object, "common_ticks", manifest.common_ticks);
  if (manifest.cut_short) object["cut_short"] = to_json(*manifest.cut_short);
  if (manifest.separate_recorders) object["separate_recorders"] = true;
  for (const TakeCamera& camera : manifest.cameras) object["cameras"].push_back(to_json(camera));
  for (const TakeHole& hole : manifest.holes) object["holes"].push_back(to_json(hole));
  return object;
}

TakeState state_from(const std::string& text) {
  for (const auto& [state, name] : kStates) {
    if (text == name) return state;
  }
  // A state that a later version invented is not one that anybody finished for us.
  return TakeState::incomplete;
}

void read_lists(const json& object, TakeManifest& manifest) {
  for (const json& camera : object.at("cameras")) manifest.cameras.push_back(camera_from(camera));
  for (const json& hole : object.value("holes", json::array())) {
    manifest.holes.push_back(hole_from(hole));
  }
  manifest.remarks = object.value("remarks", std::vector<std::string>{});
}

/// Throws on a wrong shape.
Result<TakeManifest> manifest_from(const json& object) {
  TakeManifest manifest;
  manifest.schema = static_cast<int>(whole_or_none(object, "schema", 0, 1000).value_or(0));
  if (manifest.schema != kSchema || object.value("kind", "") != "lockstep-take") {
    return Error{Errc::unusable_input,
                 fmt::format("it is of schema {}, and this lockstep reads takes of schema {}",
                             manifest.schema, kSchema)};
  }
  manifest.name = object.value("name", "");
  manifest.state = state_from(object.value("state", ""));
  manifest.is_virtual = object.value("virtual", false);
  manifest.unproved = object.value("unproved", false);
  manifest.separate_recorders = object.value("separate_recorders", false);
  manifest.created_utc = object.value("created_utc", "");
  manifest.lockstep_version = object.value("lockstep_version", "");
  manifest.host = object.value("host", "");
  manifest.rig_toml = object.value("rig_toml", "");
  manifest.verdict = object.value("verdict", "");
  manifest.first_common_tick_after_pulse =
      whole_or_none(object, "first_common_tick_after_pulse", -kMostTicks, kMostTicks);
  manifest.common_ticks = whole_or_none(object, "common_ticks", 0, kMostTicks);
  if (const auto cut = object.find("cut_short"); cut != object.end())
    manifest.cut_short = cut_short_from(*cut);
  // Its depth is bounded, so that writing it out again cannot cost the stack.
  auto plan = plan_from_json(object.at("plan").dump());
  if (!plan) return std::move(plan).error();
  manifest.plan = *std::move(plan);
  read_lists(object, manifest);
  return manifest;
}

std::string numbered(const std::string& rig_name, int number) {
  std::string name = rig_name.empty() ? "take" : rig_name;
  for (char& c : name) {
    if (c == '/' || c == '\0') c = '-';
  }
  return fmt::format("{}-{:03}", name, number);
}

/// Ticks of the common range on which no camera has a hole.
int64_t ticks_without_holes(const TakeManifest& manifest) {
  const int64_t range = manifest.common_ticks.value_or(0);
  std::vector<std::pair<int64_t, int64_t>> holes;  // from and to, the latter not in it
  for (const TakeHole& hole : manifest.holes)
    holes.emplace_back(std::max<int64_t>(hole.first_tick, 0),
                       std::min(hole.first_tick + hole.count, range));
  std::sort(holes.begin(), holes.end());
  int64_t ticks = range;
  int64_t counted_to = 0;
  for (const auto& [from, to] : holes) {
    ticks -= std::max<int64_t>(to - std::max(from, counted_to), 0);
    counted_to = std::max(counted_to, to);
  }
  return ticks;
}

Result<void> make_new_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return {};
  Error error = error_from_errno(errno, "cannot make the take folder", folder);
  if (error.code == Errc::already_exists) {
    return already_there(folder, "choose another name, or none to get the next number");
  }
  if (error.code == Errc::not_found) {
    error.code = Errc::io;
  }
  return error;
}

Result<void> make_parents(const std::filesystem::path& folder) {
  if (folder.empty()) return {};
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return error_from_errno(failure.value(), "cannot make the folder", folder);
  return {};
}

}  // namespace

std::string_view to_string(TakeState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return "incomplete";
}

void add_hole(std::vector<TakeHole>& holes, TakeHole hole) {
  if (!holes.empty()) {
    TakeHole& last = holes.back();
    if (last.camera == hole.camera && last.kind == hole.kind && last.cause == hole.cause &&
        last.first_tick + last.count == hole.first_tick) {
      last.count += hole.count;
      return;
    }
  }
  holes.push_back(std::move(hole));
}

std::string to_text(const CameraEnd& end) {
  const std::string words = names_of(end.how).words;
  return end.detail.empty() ? words : words + ": " + end.detail;
}

std::string to_text(const CutShort& cut) {
  return fmt::format("cut short by the disk at {:.1f} s", cut.at_s) +
         (cut.of_s ? fmt::format(" of {:g} s", *cut.of_s) : "");
}

std::string common_ticks_text(const TakeManifest& manifest) {
  const int64_t range = manifest.common_ticks.value_or(0);
  const int64_t common = ticks_without_holes(manifest);
  return fmt::format("{}{} common to {}", counted(range, "tick"),
                     common == range ? "" : fmt::format(", {} of them", common),
                     counted(static_cast<int64_t>(manifest.cameras.size()), "camera"));
}

std::string part_file_name(const std::string& camera, size_t part) {
  return part == 1 ? camera + ".mkv" : fmt::format("{}.part{}.mkv", camera, part);
}

std::string recovered_file_name(const std::string& stem, int number) {
  return fmt::format("{}{}{}.mkv", stem, kRecoveredSuffix,
                     number == 1 ? "" : std::to_string(number));
}

std::string stem_before_recovery(const std::string& stem) {
  const size_t at = stem.rfind(kRecoveredSuffix);
  if (at == std::string::npos || at == 0) return stem;
  const auto number = stem.begin() + static_cast<std::ptrdiff_t>(at + kRecoveredSuffix.size());
  const bool digits = std::all_of(number, stem.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? stem.substr(0, at) : stem;
}

bool is_take_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path / kManifestFile, ignored);
}

Result<TakeManifest> manifest_from_json(std::string_view text) {
  try {
    return manifest_from(parse_bounded(text));
  } catch (const std::exception& wrong) {
    return Error{Errc::unusable_input, json_problem(wrong.what())};
  }
}

std::string manifest_to_json(const TakeManifest& manifest) {
  // Text from outside (serials, messages) may hold bytes that are no UTF-8: they are replaced, not
  // fatal.
  return to_json(manifest).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Error no_take(const std::filesystem::path& folder, std::string_view instead) {
  return {Errc::not_found, fmt::format("{} is no take: there is no {} in it. Name the folder that "
                                       "`lockstep record` made{}",
                                       folder.string(), kManifestFile, instead)};
}

Result<TakeManifest> read_manifest(const std::filesystem::path& take_folder) {
  const std::filesystem::path path = take_folder / kManifestFile;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return no_take(take_folder, ", or the recordings themselves");
  const auto text = read_text_file(path);
  if (!text) return text.error();
  auto manifest = manifest_from_json(*text);
  if (manifest) return manifest;
  return Error{Errc::unusable_input,
               fmt::format("{}: not a manifest that can be read: {}. The recordings "
                           "beside it can still be verified by name",
                           path.string(), manifest.error().message)};
}

Result<void> write_manifest(const std::filesystem::path& take_folder,
                            const TakeManifest& manifest) {
  return write_file_whole(take_folder / kManifestFile, manifest_to_json(manifest),
                          ExistingFile::replace);
}

Result<std::filesystem::path> make_take_folder(const std::filesystem::path& takes,
                                               const std::string& rig_name,
                                               const std::filesystem::path& wanted) {
  if (!wanted.empty()) {
    const std::filesystem::path folder = without_trailing_slash(wanted);
    if (auto made = make_parents(folder.parent_path()); !made) return std::move(made).error();
    if (auto made = make_new_folder(folder); !made) return std::move(made).error();
    return folder;
  }
  if (auto made = make_parents(takes); !made) return std::move(made).error();
  for (int number = 1;; ++number) {
    const std::filesystem::path folder = takes / numbered(rig_name, number);
    auto made = make_new_folder(folder);
    if (made) return folder;
    if (made.error().code != Errc::already_exists) return std::move(made).error();
  }
}

}  // namespace lockstep
