// SPDX-License-Identifier: MIT
// Links: recording base
#include "lockstep/recording/track_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/memory_file.h"

// Any bytes as a file that is read by the vendor's rules, and steps through it. The first byte says
// how many bytes of steps follow; what is behind them is the file.

namespace {

using namespace lockstep;  // NOLINT(google-build-using-namespace)

void require(bool holds) {
  if (!holds) std::abort();
}

struct Input {
  std::vector<uint8_t> steps;
  std::span<const uint8_t> file;

  explicit Input(std::span<const uint8_t> bytes) : file(bytes) {
    if (bytes.empty()) return;
    const size_t count = std::min<size_t>(bytes[0] % 64, bytes.size() - 1);
    steps.assign(bytes.begin() + 1, bytes.begin() + 1 + static_cast<ptrdiff_t>(count));
    file = bytes.subspan(1 + count);
  }
};

/// A datum of a track, as its bytes and time; of the IMU all numbers.
using Datum = std::vector<int64_t>;
enum class Outcome { datum, end, failure };
struct Step {
  Outcome outcome = Outcome::end;
  Datum datum;
};
/// Goes one step on one track.
using Stepper = std::function<Step(Direction)>;

template <typename Value, typename Numbers>
Step step_of(const Result<std::optional<Value>>& got, const Numbers& numbers) {
  if (!got) {
    require(!got.error().message.empty());
    return {Outcome::failure, {}};
  }
  return *got ? Step{Outcome::datum, numbers(**got)} : Step{};
}

Step step_imu(TrackReader& reader, Direction direction) {
  return step_of(reader.next_imu(direction), [](const ImuSample& sample) {
    return Datum{sample.acceleration_stamp.ns(), sample.angular_rate_stamp.ns()};
  });
}

Step step_block(TrackReader& reader, const std::string& track, Direction direction) {
  return step_of(reader.next_block(track, direction), [](const TrackReader::DataBlock& block) {
    Datum datum{block.stamp.ns()};
    for (const std::byte byte : block.bytes) datum.push_back(std::to_integer<int64_t>(byte));
    return datum;
  });
}

Step step_capture(TrackReader& reader, Direction direction) {
  return step_of(reader.next_capture(direction), [](const Capture& capture) {
    Datum datum;
    for (const auto* image : {&capture.color, &capture.depth, &capture.ir}) {
      if (!*image) continue;
      const auto bytes = (*image)->bytes.get();
      require(!bytes.empty());
      datum.push_back((*image)->stamp.ns());
      datum.push_back(std::to_integer<int64_t>(bytes.front() ^ bytes.back()));
    }
    require(!datum.empty());
    return datum;
  });
}

/// Every track that has data one by one, and the captures.
std::vector<Stepper> steppers_of(TrackReader& reader) {
  std::vector<Stepper> steppers;
  steppers.emplace_back([&](Direction direction) { return step_capture(reader, direction); });
  steppers.emplace_back([&](Direction direction) { return step_imu(reader, direction); });
  for (const auto& [name, track] : reader.tracks()) {
    require(track.entry != nullptr);
    if (!track.built_in)
      steppers.emplace_back([&reader, name = name](Direction direction) {
        return step_block(reader, name, direction);
      });
  }
  return steppers;
}

struct Walk {
  std::vector<Datum> data;
  bool whole = true;  ///< nothing failed
};

/// From where a track stands to its end, where it stays. A file of `size` bytes has no more data.
Walk walk(const Stepper& step, Direction direction, size_t size) {
  Walk walk;
  for (size_t steps = 0; steps <= 2 * size; ++steps) {
    Step here = step(direction);
    if (here.outcome == Outcome::end) {
      require(step(direction).outcome == Outcome::end);
      return walk;
    }
    walk.whole = walk.whole && here.outcome == Outcome::datum;
    if (here.outcome == Outcome::datum) walk.data.push_back(std::move(here.datum));
  }
  std::abort();
}

/// Steps from the first datum on, there and back, against the data in their order.
void compare(const Stepper& step, const std::vector<Datum>& data,
             const std::vector<uint8_t>& steps) {
  const auto end = static_cast<int64_t>(data.size());
  int64_t at = -1;
  for (const uint8_t way : steps) {
    const bool forward = way % 2 == 0;
    at = forward ? std::min(at + 1, end) : std::max<int64_t>(at - 1, -1);
    const Step here = step(forward ? Direction::forward : Direction::backward);
    const bool inside = at >= 0 && at < end;
    require(here.outcome == (inside ? Outcome::datum : Outcome::end));
    if (inside) require(here.datum == data[static_cast<size_t>(at)]);
  }
}

void look_up(const TrackReader& reader) {
  for (const char* name : {"K4A_START_OFFSET_NS", "K4A_DEPTH_MODE", "note", ""}) {
    (void)reader.find_tag(name);
    (void)reader.find_attachment(name);
  }
  (void)reader.calibration();
  require(reader.last_ns() >= 0);
}

std::unique_ptr<TrackReader> open(const std::string& path) {
  auto reader = TrackReader::open(path);
  if (reader) return std::move(*reader);
  require(reader.error().message.find(path) != std::string::npos);
  return nullptr;
}

/// Walks through the file with one reader, and checks every step of another by it.
void read(TrackReader& reader, TrackReader& other, const Input& input) {
  look_up(reader);
  const std::vector<Stepper> steppers = steppers_of(reader), others = steppers_of(other);
  require(steppers.size() == others.size());
  for (size_t i = 0; i < steppers.size(); ++i) {
    const Walk there = walk(steppers[i], Direction::forward, input.file.size());
    const Walk back = walk(steppers[i], Direction::backward, input.file.size());
    // Captures may pair otherwise on the way back, and cues may point beside the way.
    if (i == 0 || reader.has_cues() || !there.whole || !back.whole) continue;
    require(there.data == std::vector<Datum>(back.data.rbegin(), back.data.rend()));
    compare(others[i], there.data, input.steps);
  }
  for (const uint8_t where : input.steps) {
    reader.seek(where == 255 ? INT64_MAX : reader.last_ns() / 128 * (where - 64));
    for (const Stepper& step : steppers)
      for (const Direction way : {Direction::backward, Direction::forward, Direction::forward})
        (void)step(way);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Input input({data, size});
  const MemoryFile file(input.file);
  const auto reader = open(file.path()), other = open(file.path());
  require((reader == nullptr) == (other == nullptr));
  if (reader != nullptr) read(*reader, *other, input);
  return 0;
}
