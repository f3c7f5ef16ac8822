// SPDX-License-Identifier: MIT
#include "lockstep/take/gather_boards.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "lockstep/calibrate/board_observer.h"
#include "lockstep/take/camera_of_take.h"
#include "lockstep/take/set_reader.h"
#include "lockstep/take/spread_ticks.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// What one thread saw.
struct Part {
  std::vector<BoardSighting> sightings;
  std::vector<int64_t> in_step;  ///< by camera: ticks
  int64_t out_of_step = 0;
  std::vector<std::string> mishaps, failures;
};

/// Looks at ticks, one by one.
class Watcher {
 public:
  Watcher(std::unique_ptr<SetReader> reader, const Board& board, const GatherBoardsOptions& options)
      : reader_(std::move(reader)), observer_(board, options.detector) {
    part_.in_step.resize(reader_->manifest().cameras.size());
  }

  Result<void> look(int64_t tick) {
    reader_->seek(tick);
    const auto set = reader_->next();
    if (!set) return set.error();
    if (!*set) return {};
    bool all_in_step = true;
    for (size_t camera = 0; camera < (*set)->slots.size(); ++camera) {
      const CaptureSlot& slot = (*set)->slots[camera];
      if (slot.capture == nullptr) continue;
      all_in_step = all_in_step && slot.in_step;
      if (!slot.in_step) continue;
      ++part_.in_step[camera];
      auto seen = observer_.observe(*slot.capture, static_cast<int>(camera), tick);
      if (!seen) return std::move(seen).error();
      std::move(seen->begin(), seen->end(), std::back_inserter(part_.sightings));
    }
    part_.out_of_step += all_in_step ? 0 : 1;
    return {};
  }

  Part take() {
    part_.mishaps = observer_.detector().mishaps();
    part_.failures = observer_.failures();
    return std::move(part_);
  }

 private:
  std::unique_ptr<SetReader> reader_;
  BoardObserver observer_;
  Part part_;
};

/// What all threads share.
class Watch {
 public:
  Watch(std::vector<int64_t> ticks, const GatherBoardsOptions& options)
      : ticks_(std::move(ticks)), options_(options) {}

  void run(Watcher& watcher) {
    while (const auto tick = next()) {
      auto looked = watcher.look(*tick);
      const std::lock_guard lock(mutex_);
      if (!looked && !error_) error_ = std::move(looked).error();
      ++done_;
      if (options_.progress && !error_ &&
          !options_.progress(done_, static_cast<int64_t>(ticks_.size())))
        error_ = Error{Errc::cancelled, "looking for the board was stopped"};
    }
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::optional<int64_t> next() {
    const std::lock_guard lock(mutex_);
    if (error_ || begun_ >= ticks_.size()) return std::nullopt;
    return ticks_[begun_++];
  }

  const std::vector<int64_t> ticks_;
  const GatherBoardsOptions& options_;
  std::mutex mutex_;
  size_t begun_ = 0;
  int64_t done_ = 0;
  std::optional<Error> error_;
};

/// A calibration knows a camera again by its serial number.
Result<void> check_serials(const std::vector<TakeCamera>& cameras) {
  for (size_t i = 0; i < cameras.size(); ++i) {
    if (cameras[i].serial.empty()) {
      return Error{Errc::unusable_input,
                   fmt::format("'{}' was recorded without a serial number, by which a calibration "
                               "knows its cameras again: record it with one",
                               cameras[i].name)};
    }
    for (size_t j = 0; j < i; ++j) {
      if (cameras[j].serial != cameras[i].serial) continue;
      return Error{Errc::unusable_input,
                   fmt::format("'{}' and '{}' both have the serial number {}, by which a "
                               "calibration knows its cameras again: record each with its own",
                               cameras[j].name, cameras[i].name, cameras[i].serial)};
    }
  }
  return {};
}

Result<void> describe(const SetReader& take, GatheredBoards& gathered) {
  const TakeManifest& manifest = take.manifest();
  gathered.simulated = manifest.is_virtual;
  gathered.take = manifest.name;
  if (auto told_apart = check_serials(manifest.cameras); !told_apart) return told_apart;
  for (size_t i = 0; i < manifest.cameras.size(); ++i) {
    auto found = camera_of_take(take, i);
    if (!found) return std::move(found).error();
    gathered.evidence.cameras.push_back(*std::move(found));
    gathered.evidence.serials.push_back(manifest.cameras[i].serial);
  }
  return {};
}

void join(std::vector<Part> parts, GatheredBoards& gathered) {
  for (Part& part : parts) {
    gathered.ticks_out_of_step += part.out_of_step;
    std::move(part.sightings.begin(), part.sightings.end(),
              std::back_inserter(gathered.evidence.sightings));
    std::move(part.mishaps.begin(), part.mishaps.end(), std::back_inserter(gathered.mishaps));
    std::move(part.failures.begin(), part.failures.end(), std::back_inserter(gathered.failures));
  }
  std::stable_sort(gathered.evidence.sightings.begin(), gathered.evidence.sightings.end(),
                   [](const BoardSighting& a, const BoardSighting& b) {
                     return std::pair(a.view.tick, a.view.camera) <
                            std::pair(b.view.tick, b.view.camera);
                   });
}

Result<void> check_in_step(const std::vector<Part>& parts, const GatheredBoards& gathered) {
  for (size_t camera = 0; camera < gathered.evidence.cameras.size(); ++camera) {
    int64_t ticks = 0;
    for (const Part& part : parts) ticks += part.in_step[camera];
    if (ticks > 0) continue;
    return Error{Errc::unusable_input,
                 fmt::format("{} is in step with the others at none of the {} ticks that were "
                             "looked at. Mend the sync first: 'lockstep verify' says what is "
                             "wrong.",
                             gathered.evidence.cameras[camera].name, gathered.ticks_looked_at)};
  }
  return {};
}

}  // namespace

Result<GatheredBoards> gather_boards(const fs::path& take_folder, const Board& board,
                                     const GatherBoardsOptions& options) {
  GatheredBoards gathered;
  gathered.evidence.board = board;
  std::vector<std::unique_ptr<Watcher>> watchers;
  std::vector<int64_t> ticks;
  for (int i = 0; i < std::max(options.threads, 1); ++i) {
    auto reader = SetReader::open(take_folder);
    if (!reader) return std::move(reader).error();
    if (i == 0) {
      if (auto known = describe(**reader, gathered); !known) return std::move(known).error();
      gathered.ticks_of_take = (*reader)->tick_count();
      gathered.ticks_recorded = (*reader)->manifest().common_ticks;
      ticks = spread_ticks(gathered.ticks_of_take, options.most_ticks);
    }
    watchers.push_back(std::make_unique<Watcher>(*std::move(reader), board, options));
  }
  gathered.ticks_looked_at = static_cast<int64_t>(ticks.size());
  Watch watch(std::move(ticks), options);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < watchers.size(); ++i)
      threads.emplace_back([&watch, watcher = watchers[i].get()] { watch.run(*watcher); });
    watch.run(*watchers[0]);
  }
  if (watch.error()) return *watch.error();
  std::vector<Part> parts;
  for (const auto& watcher : watchers) parts.push_back(watcher->take());
  if (auto usable = check_in_step(parts, gathered); !usable) return std::move(usable).error();
  join(std::move(parts), gathered);
  return gathered;
}

}  // namespace lockstep
