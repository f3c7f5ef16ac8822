// SPDX-License-Identifier: MIT
#include "lockstep/take/manifest.h"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "lockstep/base/files.h"

#include <sys/stat.h>

namespace lockstep {
namespace {

using nlohmann::json;

constexpr int kSchema = 1;
constexpr std::array<std::pair<TakeState, const char*>, 3> kStates{{
    {TakeState::recording, "recording"},
    {TakeState::complete, "complete"},
    {TakeState::incomplete, "incomplete"},
}};

template <typename T>
void put(json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

template <typename T>
void get(const json& object, const char* key, std::optional<T>& value) {
  if (const auto found = object.find(key); found != object.end() && !found->is_null()) {
    value = found->get<T>();
  }
}

json to_json(const TakePart& part) {
  json object{{"file", part.file}};
  if (!part.reason.empty()) object["reason"] = part.reason;
  if (!part.recovered_from.empty()) object["recovered_from"] = part.recovered_from;
  put(object, "rig_from_device_ns", part.rig_from_device_ns);
  return object;
}

TakePart part_from(const json& object) {
  TakePart part;
  part.file = object.at("file").get<std::string>();
  part.reason = object.value("reason", "");
  part.recovered_from = object.value("recovered_from", "");
  get(object, "rig_from_device_ns", part.rig_from_device_ns);
  return part;
}

json to_json(const TakeCamera& camera) {
  json object{{"name", camera.name},         {"serial", camera.serial},
              {"captures", camera.captures}, {"imu_samples", camera.imu_samples},
              {"dropped", camera.dropped},   {"end", camera.end},
              {"parts", json::array()}};
  for (const TakePart& part : camera.parts) object["parts"].push_back(to_json(part));
  return object;
}

TakeCamera camera_from(const json& object) {
  TakeCamera camera;
  camera.name = object.at("name").get<std::string>();
  camera.serial = object.value("serial", "");
  camera.captures = object.value("captures", uint64_t{0});
  camera.imu_samples = object.value("imu_samples", uint64_t{0});
  camera.dropped = object.value("dropped", uint64_t{0});
  camera.end = object.value("end", "");
  for (const json& part : object.at("parts")) camera.parts.push_back(part_from(part));
  return camera;
}

json to_json(const TakeHole& hole) {
  return {{"camera", hole.camera},
          {"first_tick", hole.first_tick},
          {"count", hole.count},
          {"cause", hole.cause}};
}

TakeHole hole_from(const json& object) {
  return {object.at("camera").get<std::string>(), object.at("first_tick").get<int64_t>(),
          object.at("count").get<int64_t>(), object.value("cause", "")};
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

/// Throws nlohmann's exceptions on a wrong shape.
Result<TakeManifest> manifest_from(const json& object) {
  TakeManifest manifest;
  manifest.schema = object.value("schema", 0);
  if (manifest.schema != kSchema || object.value("kind", "") != "lockstep-take") {
    return Error{Errc::unusable_input,
                 fmt::format("it is of schema {}, and this lockstep reads takes of schema {}",
                             manifest.schema, kSchema)};
  }
  manifest.name = object.value("name", "");
  manifest.state = state_from(object.value("state", ""));
  manifest.is_virtual = object.value("virtual", false);
  manifest.unproved = object.value("unproved", false);
  manifest.created_utc = object.value("created_utc", "");
  manifest.lockstep_version = object.value("lockstep_version", "");
  manifest.host = object.value("host", "");
  manifest.rig_toml = object.value("rig_toml", "");
  manifest.verdict = object.value("verdict", "");
  get(object, "first_common_tick_after_pulse", manifest.first_common_tick_after_pulse);
  get(object, "common_ticks", manifest.common_ticks);
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

Result<void> make_new_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) return {};
  Error error = error_from_errno(errno, "cannot make the take folder", folder);
  if (error.code == Errc::already_exists) {
    error.message = fmt::format(
        "{} is there already, and a take never overwrites anything: choose another name with -o, "
        "or "
        "leave -o out to get the next number",
        folder.string());
  } else if (error.code == Errc::not_found) {
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

bool is_take_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path / kManifestFile, ignored);
}

Result<TakeManifest> read_manifest(const std::filesystem::path& take_folder) {
  const std::filesystem::path path = take_folder / kManifestFile;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return Error{Errc::not_found,
                 fmt::format("{} is no take: there is no {} in it. Name the folder that `lockstep "
                             "record` made, or the recordings themselves",
                             take_folder.string(), kManifestFile)};
  }
  const auto text = read_text_file(path);
  if (!text) return text.error();
  std::string why;
  try {
    auto manifest = manifest_from(json::parse(*text));
    if (manifest) return manifest;
    why = manifest.error().message;
  } catch (const json::exception& wrong) {
    why = wrong.what();
  }
  return Error{Errc::unusable_input,
               fmt::format("{}: not a manifest that can be read: {}. The recordings "
                           "beside it can still be verified by name",
                           path.string(), why)};
}

Result<void> write_manifest(const std::filesystem::path& take_folder,
                            const TakeManifest& manifest) {
  // Text from outside (serials, messages) may hold bytes that are no UTF-8: they are replaced, not
  // fatal.
  const std::string text = to_json(manifest).dump(2, ' ', false, json::error_handler_t::replace);
  return write_file_whole(take_folder / kManifestFile, text + "\n", ExistingFile::replace);
}

Result<std::filesystem::path> make_take_folder(const std::filesystem::path& takes,
                                               const std::string& rig_name,
                                               const std::filesystem::path& wanted) {
  if (!wanted.empty()) {
    if (auto made = make_parents(wanted.parent_path()); !made) return std::move(made).error();
    if (auto made = make_new_folder(wanted); !made) return std::move(made).error();
    return wanted;
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
