// SPDX-License-Identifier: MIT
#include "lockstep/session/session.h"

#include <fmt/core.h>

#include <algorithm>
#include <future>
#include <random>
#include <thread>
#include <utility>

#include "lockstep/recording/our_tags.h"
#include "lockstep/sensor/timing.h"

namespace lockstep {
namespace {

constexpr Nanos kDiskCheckEvery = std::chrono::seconds(1);
constexpr auto kManifestWithin = std::chrono::seconds(10);

RecordingHeader header_of(const PlannedCamera& planned, const CameraIdentity& identity,
                          const std::string& take_id) {
  RecordingHeader header;
  header.camera = planned.config;
  header.has_color = planned.config.color_on();
  header.has_depth = has_depth(planned.config.depth_mode);
  header.has_ir = planned.config.depth_on();
  header.has_imu = planned.config.imu;
  header.serial = identity.info.serial;
  header.color_firmware = identity.info.color_firmware;
  header.depth_firmware = identity.info.depth_firmware;
  header.calibration_json = identity.calibration_json;
  header.is_virtual = identity.info.is_virtual;
  header.extra_tags.emplace_back(std::string(kFamilyTag), to_string(planned.family));
  header.extra_tags.emplace_back(std::string(kTakeIdTag), take_id);
  return header;
}

/// On a thread of its own, since the disk may hang here as well.
Result<void> write_manifest_aside(const std::filesystem::path& folder,
                                  const TakeManifest& manifest) {
  auto written = std::make_shared<std::promise<Result<void>>>();
  auto result = written->get_future();
  std::thread([written, folder, manifest] {
    written->set_value(write_manifest(folder, manifest));
  }).detach();
  if (result.wait_for(kManifestWithin) == std::future_status::ready) return result.get();
  return Error{Errc::timeout,
               fmt::format("{}: the disk did not take it within {} s",
                           (folder / kManifestFile).string(), kManifestWithin.count())};
}

/// take.json has no folder to be written to any more.
Error folder_gone(const std::filesystem::path& folder) {
  return {Errc::not_found,
          fmt::format("cannot write {}: its folder was moved or removed while the take was "
                      "recorded. If it was moved, what was written is whole in it: run lockstep "
                      "recover on it where it is now",
                      (folder / kManifestFile).string())};
}

/// Tells this take's recordings from those of any other take.
std::string new_take_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

std::vector<RecordingHeader> headers_of(const Plan& plan,
                                        const std::vector<CameraIdentity>& identities) {
  const std::string take_id = new_take_id();
  std::vector<RecordingHeader> headers;
  for (size_t i = 0; i < plan.cameras.size(); ++i)
    headers.push_back(header_of(plan.cameras[i], identities[i], take_id));
  return headers;
}

}  // namespace

Session::Session(SessionSetup setup, std::vector<CameraIdentity> identities, Driving driving,
                 Post post)
    : setup_(std::move(setup)),
      driving_(driving),
      post_(std::move(post)),
      coordinator_(setup_.manifest.plan, setup_.coordinator),
      ledger_(setup_.manifest.plan),
      headers_(headers_of(setup_.manifest.plan, identities)),
      gatherer_(setup_.manifest.plan.cameras.size()),
      evidence_(headers_),
      disk_(planned_bytes_per_s(setup_.manifest.plan),
            static_cast<uint64_t>(setup_.keep_free_gb * 1e9)),
      reserve_(setup_.folder) {
  const std::vector<PlannedCamera>& planned = setup_.manifest.plan.cameras;
  setup_.manifest.cameras.clear();
  for (size_t i = 0; i < planned.size(); ++i) {
    const double first_us = first_frame_us(planned[i].family, identities[i].info.color_firmware);
    cameras_.push_back({planned[i].name,
                        static_cast<uint64_t>(setup_.queue_s * planned_bytes_per_s(planned[i])),
                        Participant(planned[i], first_us)});
    setup_.manifest.cameras.push_back(
        {.name = planned[i].name, .serial = identities[i].info.serial});
  }
}

Session::~Session() {
  for (Camera& camera : cameras_) {
    if (camera.recorder && !camera.recorder->finished())
      CameraRecorder::leave_behind(std::move(camera.recorder));
  }
}

void Session::begin(HostTime now) {
  setup_.manifest.state = TakeState::recording;
  auto begun = setup_.sink == nullptr ? Result<void>{} : setup_.sink->begin(headers_);
  if (begun) begun = save_manifest();
  if (!begun) {
    end_with(begun.error(), now);
  } else {
    dispatch(coordinator_.begin(now), now);
  }
}

void Session::on_event(size_t camera, const DeviceEvent& event, HostTime now) {
  apply(camera, cameras_[camera].participant.on_event(event, now), now);
}

void Session::on_time(HostTime now) {
  for (size_t i = 0; i < cameras_.size(); ++i) apply(i, cameras_[i].participant.on_time(now), now);
  dispatch(coordinator_.on_time(now), now);
  note_refused();
  if (auto failure = note_disk_failures()) end_with(*std::move(failure), now);
  if (coordinator_.phase() == Coordinator::Phase::recording) watch_disk(now);
  if (manifest_due_ && files_made()) {
    manifest_due_ = false;
    if (const auto saved = save_manifest(); !saved) {
      disk_cut_ = true;
      end_with(saved.error(), now);
    }
  }
  if (coordinator_.phase() == Coordinator::Phase::done) {
    close_recorders();
    watch_flush(now);
  }
  collect_alarms();
}

/// All that were begun exist, and hold something; the others never will.
bool Session::files_made() const {
  for (size_t i = 0; i < cameras_.size(); ++i) {
    const Camera& camera = cameras_[i];
    if (!camera.recorder || camera.disk_failed) continue;
    if (camera.written == 0 || camera.recorder->parts_opened() < ledger_.parts(i)) return false;
  }
  return true;
}

void Session::cut(HostTime now) {
  dispatch(coordinator_.end(now, std::nullopt), now);
}

void Session::end_with(Error failure, HostTime now) {
  if (!failure_) failure_ = failure;
  dispatch(coordinator_.end(now, std::move(failure)), now);
}

void Session::dispatch(const Coordinator::Orders& orders, HostTime now) {
  if (!open_recorders(orders, now)) return;
  for (const auto& [camera, order] : orders) {
    apply(camera, cameras_[camera].participant.on_order(order, now), now);
  }
}

void Session::apply(size_t index, Participant::Actions actions, HostTime now) {
  Camera& camera = cameras_[index];
  for (ParticipantAction& action : actions) {
    if (const auto* report = std::get_if<Report>(&action)) {
      dispatch(coordinator_.on_report(index, *report, now), now);
    } else if (const auto* command = std::get_if<DeviceCommand>(&action)) {
      post_(index, *command);
    } else if (const auto* capture = std::get_if<WriteCapture>(&action)) {
      write(index, *capture);
    } else if (auto* imu = std::get_if<WriteImu>(&action)) {
      if (camera.recorder) camera.recorder->write_imu(std::move(imu->samples));
    } else if (const auto* part = std::get_if<BeginPart>(&action)) {
      begin_part(index, part->reason);
    } else if (const auto* close = std::get_if<CloseFile>(&action)) {
      close_file(index, close->end);
    }
  }
}

/// All files first: when one cannot be made nobody begins to record. False: the session was ended,
/// and with it these orders.
bool Session::open_recorders(const Coordinator::Orders& orders, HostTime now) {
  for (const auto& [camera, order] : orders) {
    if (!std::holds_alternative<RecordOrder>(order)) continue;
    if (const auto opened = open_recorder(camera); !opened) {
      ledger_.disk_failed(camera, opened.error().message);
      cameras_[camera].disk_failed = true;
      end_with(opened.error(), now);
      return false;
    }
  }
  return true;
}

Result<void> Session::open_recorder(size_t index) {
  Camera& camera = cameras_[index];
  if (camera.recorder || !records()) {
    if (!records() && ledger_.parts(index) == 0) ledger_.open(index, {});
    return {};
  }
  camera.recorder = std::make_unique<CameraRecorder>(
      setup_.folder, camera.name, headers_[index],
      CameraRecorder::Options{driving_ == Driving::threads, camera.queue_bytes, setup_.file,
                              setup_.make_writer, setup_.wall_clock});
  if (auto opened = camera.recorder->open(); !opened) return opened;
  ledger_.open(index, part_file_name(camera.name, 1));
  manifest_due_ = true;
  return {};
}

void Session::write(size_t index, const WriteCapture& item) {
  Camera& camera = cameras_[index];
  hand_on(index, item);
  if (!records()) note_only(index, item);
  if (!camera.recorder || camera.recorder->failure()) return;
  CapturePtr capture = item.capture;
  if (camera.dropped_since > 0) {
    auto told = std::make_shared<Capture>(*capture);
    told->dropped_before += camera.dropped_since;
    capture = std::move(told);
  }
  if (camera.recorder->write(capture, item.tick)) {
    ledger_.wrote(index, item.tick, capture->stamp());
    camera.dropped_since = 0;
    ++camera.written;
    camera.dropping = false;
    return;
  }
  ledger_.dropped(index, item.tick);
  ++camera.dropped_since;
  if (!camera.dropping) {
    alarms_.push_back(
        fmt::format("{}: the disk does not keep up: captures are dropped (they are counted and "
                    "listed in {}); record to a faster disk, or fewer cameras per disk",
                    camera.name, kManifestFile));
  }
  camera.dropping = true;
}

void Session::begin_part(size_t index, const std::string& reason) {
  Camera& camera = cameras_[index];
  if (!records()) {
    ledger_.begin_part(index, {}, reason);
    evidence_.begin_part(index);
  }
  if (!camera.recorder) return;
  const size_t number = ledger_.parts(index) + 1;
  ledger_.begin_part(index, part_file_name(camera.name, number), reason);
  camera.recorder->begin_part();
  manifest_due_ = true;
}

/// Puts what the disk refused since the last call in the books; the first of it, if any.
std::optional<Error> Session::note_disk_failures() {
  std::optional<Error> first;
  for (size_t i = 0; i < cameras_.size(); ++i) {
    Camera& camera = cameras_[i];
    if (!camera.recorder || camera.disk_failed) continue;
    const auto failure = camera.recorder->failure();
    if (!failure) continue;
    camera.disk_failed = true;
    ledger_.disk_failed(i, failure->message);
    alarms_.push_back(failure->message);
    if (!first) first = failure;
  }
  return first;
}

/// One bad capture is a hole, and no reason to end the take of a whole rig.
void Session::note_refused() {
  for (size_t i = 0; i < cameras_.size(); ++i) {
    Camera& camera = cameras_[i];
    if (!camera.recorder) continue;
    for (const auto& [tick, why] : camera.recorder->take_refused()) {
      ledger_.refused(i, tick, "refused: " + why);
      if (std::exchange(camera.refusing, true)) continue;
      alarms_.push_back(
          fmt::format("{}: a capture cannot be recorded, and is a hole: {}", camera.name, why));
    }
  }
}

/// What waited for a disk that failed is not in the files, whatever was booked.
void Session::note_lost() {
  for (size_t i = 0; i < cameras_.size(); ++i) {
    const Camera& camera = cameras_[i];
    if (!camera.recorder) continue;
    if (const auto tick = camera.recorder->lost_from_tick()) ledger_.lost_from(i, *tick);
    if (const uint64_t samples = camera.recorder->imu_dropped(); samples > 0) {
      alarms_.push_back(
          fmt::format("{}: {} IMU samples could not be recorded", camera.name, samples));
    }
  }
}

void Session::watch_disk(HostTime now) {
  if (!setup_.free_bytes || now < next_disk_check_ || disk_cut_) return;
  next_disk_check_ = now + kDiskCheckEvery;
  const auto free = setup_.free_bytes();
  if (!free) return;
  const DiskRule::Advice advice = disk_.during(*free);
  // A take of known length that fits was weighed before it began.
  const double left_s = disk_.seconds_left(*free);
  const bool fits = setup_.coordinator.ticks && seconds_to_go() < left_s - DiskRule::kCutS;
  if (advice == DiskRule::Advice::warn && !disk_warned_ && !fits) {
    disk_warned_ = true;
    alarms_.push_back(fmt::format("{}: the disk has room for {:.0f} more minutes",
                                  setup_.folder.string(), disk_.seconds_left(*free) / 60));
  }
  if (advice == DiskRule::Advice::cut) {
    disk_cut_ = true;
    end_with({Errc::no_space,
              fmt::format("{}: the disk has room for less than {} s: the take was cut, and "
                          "what is recorded is whole",
                          setup_.folder.string(), DiskRule::kCutS)},
             now);
  }
}

double Session::seconds_to_go() const {
  const int64_t ticks = setup_.coordinator.ticks.value_or(0) - ticks_recorded();
  return static_cast<double>(ticks) / frames_per_second(setup_.manifest.plan.frame_rate);
}

bool Session::all_flushed() const {
  return std::all_of(cameras_.begin(), cameras_.end(),
                     [](const Camera& c) { return !c.recorder || c.recorder->finished(); });
}

bool Session::done() const {
  return coordinator_.phase() == Coordinator::Phase::done && (all_flushed() || disk_hangs_);
}

void Session::watch_flush(HostTime now) {
  if (!flush_since_) flush_since_ = now;
  const double waited_s = to_seconds(now - *flush_since_);
  disk_hangs_ = disk_hangs_ || (!all_flushed() && waited_s >= setup_.flush_within_s);
}

/// Puts in the books that a file was not finished, and why.
void Session::leave_hanging_disk() {
  for (size_t i = 0; i < cameras_.size(); ++i) {
    Camera& camera = cameras_[i];
    if (!camera.recorder || camera.recorder->finished() || camera.disk_failed) continue;
    camera.disk_failed = true;
    const Error error{
        Errc::timeout,
        fmt::format(
            "{}: the disk did not take the end of its recording within {:g} s and is left "
            "alone; what it took before is in the file. Look at the disk, then run lockstep "
            "recover {}",
            camera.name, setup_.flush_within_s, setup_.folder.string())};
    ledger_.disk_failed(i, error.message);
    alarms_.push_back(error.message);
    if (!failure_) failure_ = error;
  }
}

CutShort Session::cut_short() const {
  const int fps = frames_per_second(setup_.manifest.plan.frame_rate);
  CutShort cut;
  cut.at_s = static_cast<double>(setup_.manifest.common_ticks.value_or(0)) / fps;
  if (setup_.coordinator.ticks) cut.of_s = static_cast<double>(*setup_.coordinator.ticks) / fps;
  return cut;
}

Result<void> Session::save_manifest() {
  for (size_t i = 0; i < cameras_.size(); ++i) {
    if (!records()) {
      setup_.manifest.cameras[i].captures = static_cast<uint64_t>(cameras_[i].written);
      ledger_.made_files(i, ledger_.parts(i));
    }
    if (!cameras_[i].recorder) continue;
    const RecordingWriterStats stats = cameras_[i].recorder->stats();
    setup_.manifest.cameras[i].captures = stats.captures;
    setup_.manifest.cameras[i].imu_samples = stats.imu_samples;
    ledger_.made_files(i, cameras_[i].recorder->parts_opened());
  }
  ledger_.fill(coordinator_.monitor(), setup_.manifest);
  if (!records()) return {};
  const auto gave_out = [](const Camera& camera) {
    return camera.disk_failed && camera.recorder && camera.recorder->parts_opened() > 0;
  };
  if (disk_cut_ || std::any_of(cameras_.begin(), cameras_.end(), gave_out))
    setup_.manifest.cut_short = cut_short();
  auto saved = disk_hangs_ ? write_manifest_aside(setup_.folder, setup_.manifest)
                           : write_manifest(setup_.folder, setup_.manifest);
  if (!saved && saved.error().code == Errc::not_found) return folder_gone(setup_.folder);
  return saved;
}

/// The one that must be written: in the room held for it where others took all that was free.
Result<void> Session::save_last_manifest() {
  auto saved = save_manifest();
  if (disk_hangs_) {
    reserve_.leave();
    return saved;
  }
  if (!saved && saved.error().code == Errc::no_space)
    saved = reserve_.replace(setup_.folder / kManifestFile, manifest_to_json(setup_.manifest));
  reserve_.release();
  return saved;
}

void Session::close_recorders() {
  for (Camera& camera : cameras_) {
    if (camera.recorder) camera.recorder->close();
  }
}

void Session::collect_alarms() {
  const std::vector<std::string>& news = coordinator_.outcome().alarms;
  for (; alarms_taken_ < news.size(); ++alarms_taken_) alarms_.push_back(news[alarms_taken_]);
}

SessionOutcome Session::finish() {
  close_recorders();
  leave_hanging_disk();
  note_refused();
  note_lost();
  for (size_t i = 0; i < cameras_.size(); ++i) {
    if (coordinator_.hung_in_stop(i)) ledger_.hung_in_stop(i);
  }
  if (auto failure = note_disk_failures(); failure && !failure_) failure_ = std::move(failure);
  collect_alarms();
  SessionOutcome outcome = coordinator_.outcome();
  if (!outcome.failure) outcome.failure = failure_;
  setup_.manifest.state = outcome.failure ? TakeState::incomplete : TakeState::complete;
  setup_.manifest.remarks.insert(setup_.manifest.remarks.end(), alarms_.begin(), alarms_.end());
  const auto& said = alarms_;
  if (outcome.failure &&
      std::find(said.begin(), said.end(), outcome.failure->message) == said.end())
    setup_.manifest.remarks.push_back(outcome.failure->message);
  if (outcome.recorded && !outcome.locked) setup_.manifest.unproved = true;
  if (const auto saved = save_last_manifest(); !saved) {
    setup_.manifest.state = TakeState::incomplete;
    // That the folder is gone is then the reason of both.
    if (!outcome.failure)
      outcome.failure = saved.error();
    else if (saved.error().code != Errc::not_found)
      alarms_.push_back(saved.error().message);
  }
  outcome.alarms = alarms_;
  outcome.manifest = setup_.manifest;
  outcome.disk_hangs = disk_hangs_;
  if (!records() && outcome.recorded) outcome.evidence = evidence_.evidence(setup_.manifest);
  return outcome;
}

int64_t Session::ticks_recorded() const {
  int64_t most = 0;
  for (const Camera& camera : cameras_) most = std::max(most, camera.written);
  return most;
}

}  // namespace lockstep
