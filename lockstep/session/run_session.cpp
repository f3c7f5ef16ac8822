// SPDX-License-Identifier: MIT
#include "lockstep/session/run_session.h"

#include <fmt/core.h>

#include <future>
#include <thread>

#include "lockstep/session/device_pump.h"
#include "lockstep/session/device_thread.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;

constexpr Nanos kStep = milliseconds(5);        // of the session clock, when stepped
constexpr Nanos kTimeEvery = milliseconds(20);  // machines hear the time this often
constexpr Nanos kObserveEvery = milliseconds(100);
constexpr uint64_t kEventSeconds = 4;  // of captures wait for the session at most

struct OpenedCamera {
  std::unique_ptr<Device> device;
  CameraIdentity identity;
};

Result<OpenedCamera> open_camera(DeviceSource& source, const PlannedCamera& planned) {
  auto device = source.open(planned.serial);
  if (!device) {
    const Error& error = device.error();
    // A camera that is not there is a matter of cables and plugs, not of the command line.
    return Error{
        error.code == Errc::not_found ? Errc::device_lost : error.code,
        fmt::format("{}: cannot open camera {}: {}", planned.name, planned.serial, error.message)};
  }
  auto calibration = (*device)->calibration_json();
  if (!calibration) {
    return Error{calibration.error().code, fmt::format("{}: its calibration cannot be read: {}",
                                                       planned.name, calibration.error().message)};
  }
  CameraIdentity identity{(*device)->info(), *std::move(calibration)};
  return OpenedCamera{*std::move(device), std::move(identity)};
}

/// nullopt: it has not returned, and its thread is left behind.
std::optional<Result<OpenedCamera>> open_within(DeviceSource& source, const PlannedCamera& planned,
                                                Nanos limit) {
  const auto answer = std::make_shared<std::promise<Result<OpenedCamera>>>();
  auto opened = answer->get_future();
  std::thread opening(
      [&source, planned, answer] { answer->set_value(open_camera(source, planned)); });
  if (opened.wait_for(limit) == std::future_status::ready) {
    opening.join();
    return opened.get();
  }
  opening.detach();
  return std::nullopt;
}

/// `hangs` becomes true where a thread was left behind.
Result<std::vector<OpenedCamera>> open_cameras(DeviceSource& source, const Plan& plan,
                                               const RunOptions& options, bool& hangs) {
  std::vector<OpenedCamera> cameras;
  for (const PlannedCamera& planned : plan.cameras) {
    auto camera = options.driving == Driving::threads
                      ? open_within(source, planned, options.opens_within)
                      : open_camera(source, planned);
    if (!camera) {
      hangs = true;
      return Error{Errc::device_lost,
                   fmt::format("{}: camera {} hangs: its opening has not returned for {:g} s. "
                               "Unplug it and plug it in again",
                               planned.name, planned.serial, to_seconds(options.opens_within))};
    }
    if (!*camera) return std::move(*camera).error();
    cameras.push_back(**std::move(camera));
  }
  return cameras;
}

/// Gives a take its final manifest although nothing could be recorded.
SessionOutcome give_up(SessionSetup& setup, Error error) {
  setup.manifest.state = TakeState::incomplete;
  setup.manifest.remarks.push_back(error.message);
  SessionOutcome outcome;
  outcome.failure = std::move(error);
  const auto saved =
      setup.folder.empty() ? Result<void>{} : write_manifest(setup.folder, setup.manifest);
  if (!saved) outcome.alarms.push_back(saved.error().message);
  outcome.manifest = setup.manifest;
  return outcome;
}

/// What both ways of driving do between events.
class Observer {
 public:
  Observer(Session& session, const RunOptions& options) : session_(session), options_(options) {}

  void on_time(HostTime now) {
    if (options_.interrupted.stop_requested() && !cut_) {
      cut_ = true;
      session_.cut(now);
    }
    session_.on_time(now);
    if (options_.observe && now >= next_) {
      next_ = now + kObserveEvery;
      options_.observe(session_, now);
    }
  }

 private:
  Session& session_;
  const RunOptions& options_;
  HostTime next_{};
  bool cut_ = false;
};

SessionOutcome run_stepped(SessionSetup setup, std::vector<OpenedCamera> cameras,
                           SessionClock& clock, const RunOptions& options) {
  const Plan plan = setup.manifest.plan;
  std::vector<std::unique_ptr<DevicePump>> pumps;
  std::vector<CameraIdentity> identities;
  std::vector<std::pair<size_t, DeviceCommand>> commands;
  std::vector<std::pair<size_t, DeviceEvent>> events;
  for (size_t i = 0; i < cameras.size(); ++i) {
    identities.push_back(cameras[i].identity);
    pumps.push_back(std::make_unique<DevicePump>(
        std::move(cameras[i].device), plan.cameras[i].config, clock,
        [&events, i](DeviceEvent event) { events.emplace_back(i, std::move(event)); }));
  }
  Session session(std::move(setup), std::move(identities), options.driving,
                  [&commands](size_t camera, DeviceCommand command) {
                    commands.emplace_back(camera, command);
                  });
  Observer observer(session, options);
  session.begin(clock.now());
  while (!session.done()) {
    // An answer may give the next command at once.
    while (!commands.empty() || !events.empty()) {
      for (const auto& [camera, command] : std::exchange(commands, {}))
        pumps[camera]->obey(command);
      for (const auto& [camera, event] : std::exchange(events, {}))
        session.on_event(camera, event, clock.now());
    }
    bool any = false;
    for (const auto& pump : pumps) any = (pump->running() && pump->read(Nanos{0})) || any;
    observer.on_time(clock.now());
    if (!any && commands.empty() && events.empty()) clock.sleep_until(clock.now() + kStep);
  }
  return session.finish();
}

using DeviceThreads = std::vector<std::unique_ptr<DeviceThread>>;

void report_hanging(DeviceThreads& threads, Nanos after, Session& session, HostTime now) {
  for (size_t i = 0; i < threads.size(); ++i) {
    if (auto lost = threads[i]->hangs(now, after)) session.on_event(i, *std::move(lost), now);
  }
}

SessionOutcome run_threaded(SessionSetup setup, std::vector<OpenedCamera> cameras,
                            SessionClock& clock, const RunOptions& options) {
  const Plan plan = setup.manifest.plan;
  const uint64_t events_per_s =
      cameras.size() * static_cast<uint64_t>(frames_per_second(plan.frame_rate));
  const auto events =
      std::make_shared<DeviceEvents>(kEventSeconds * events_per_s, OverflowPolicy::block);
  std::vector<CameraIdentity> identities;
  DeviceThreads threads;
  for (size_t i = 0; i < cameras.size(); ++i) {
    identities.push_back(cameras[i].identity);
    threads.push_back(std::make_unique<DeviceThread>(std::move(cameras[i].device),
                                                     plan.cameras[i].config, clock, i, events));
  }
  Session session(
      std::move(setup), std::move(identities), options.driving,
      [&threads](size_t camera, DeviceCommand command) { threads[camera]->post(command); });
  Observer observer(session, options);
  session.begin(clock.now());
  HostTime next_time{};
  while (!session.done()) {
    if (auto event = events->pop_for(kTimeEvery))
      session.on_event(event->first, event->second, clock.now());
    if (const HostTime now = clock.now(); now >= next_time) {
      next_time = now + kTimeEvery;
      report_hanging(threads, options.hangs_after, session, now);
      observer.on_time(now);
    }
  }
  events->close();  // a thread that waits for room must not wait for ever
  // The take first: a device that hangs in its stop would keep it from being finished.
  SessionOutcome outcome = session.finish();
  for (const auto& thread : threads) outcome.device_hangs = !thread->end() || outcome.device_hangs;
  return outcome;
}

}  // namespace

SessionOutcome run_session(SessionSetup setup, DeviceSource& source, SessionClock& clock,
                           const RunOptions& options) {
  bool hangs = false;
  auto cameras = open_cameras(source, setup.manifest.plan, options, hangs);
  if (!cameras) {
    SessionOutcome outcome = give_up(setup, std::move(cameras).error());
    outcome.device_hangs = hangs;
    return outcome;
  }
  return options.driving == Driving::threads
             ? run_threaded(std::move(setup), *std::move(cameras), clock, options)
             : run_stepped(std::move(setup), *std::move(cameras), clock, options);
}

}  // namespace lockstep
