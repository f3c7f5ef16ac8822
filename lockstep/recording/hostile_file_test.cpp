// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>

#include "lockstep/mkv/ids.h"
#include "lockstep/recording/recover.h"
#include "lockstep/recording/streams.h"
#include "tests/support/files.h"
#include "tests/support/recording_fixture.h"

// Files with anything in them: never a crash, never an endless walk, always a sentence.

namespace lockstep {
namespace {

using namespace testing;

/// What a file gave that was read in every way there is.
struct Reading {
  bool opened = false;
  bool damaged = false;
  size_t captures = 0;
  std::string wrong;  ///< what must never happen, and did
};

template <typename Next>
size_t walk(Next next, std::string& wrong) {
  size_t steps = 0;
  for (auto found = next(); found && *found; found = next()) {
    if (++steps > 100'000) {
      wrong = "a walk without an end";
      break;
    }
  }
  return steps;
}

Reading read_in_every_way(std::string_view file) {
  Reading reading;
  auto opened = open_recording_on(mkv::memory_source(mkv::as_bytes(file)), "hostile.mkv");
  if (!opened) {
    if (!opened.error().message.starts_with("hostile.mkv: ")) reading.wrong = "a nameless refusal";
    return reading;
  }
  RecordingReader& reader = **opened;
  reading.opened = true;
  const auto stamps = reader.scan();
  if (!stamps) reading.wrong = "a scan that fails on memory";
  reading.captures = walk([&] { return reader.next_capture(); }, reading.wrong);
  walk([&] { return reader.previous_capture(); }, reading.wrong);
  if (!reader.seek(reader.info().first) || !reader.seek(reader.info().last) ||
      !reader.seek(DeviceTime()))
    reading.wrong = "a seek that fails on memory";
  (void)reader.previous_capture();
  (void)reader.next_capture();
  walk([&] { return reader.next_imu(); }, reading.wrong);
  reading.damaged = !reader.info().damage.empty();
  return reading;
}

RC_GTEST_PROP(HostileFile, SurvivesAnyChange, ()) {
  static const std::string kFile =
      read_file(data_file("vendor-written/colour-imu-30fps.mkv")).substr(0, 300'000);
  std::string file = kFile;
  const int changes = *rc::gen::inRange(1, 30);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<size_t>(0, i % 2 == 0 ? 8'000 : file.size());
    file[at] = static_cast<char>(*rc::gen::inRange(0, 256));
  }
  RC_ASSERT(read_in_every_way(file).wrong == "");
}

/// An element of a sound file.
struct Place {
  size_t at = 0;
  size_t head = 0;  ///< bytes of id and size
  size_t id = 0;    ///< bytes of the id alone
  size_t body = 0;
};

bool has_children(uint32_t id) {
  using namespace mkv::id;  // NOLINT(google-build-using-namespace)
  static const std::set<uint32_t> kMasters = {
      kSegment,   kSeekHead,    kSeek,         kInfo,     kTracks,     kTrackEntry,
      kVideo,     kAttachments, kTags,         kTag,      kTargets,    kCluster,
      kSimpleTag, kCues,        kAttachedFile, kCuePoint, kBlockGroup, kCueTrackPositions};
  return kMasters.contains(id);
}

void list_elements(std::string_view file, size_t from, size_t to, std::vector<Place>& places) {
  while (from < to) {
    const auto head = mkv::read_element_head(mkv::as_bytes(file.substr(from, to - from)));
    if (!head) return;
    const auto head_bytes = static_cast<size_t>(head->head_length);
    const size_t room = to - from - head_bytes;
    const size_t body = static_cast<size_t>(std::min<uint64_t>(head->size, room));
    places.push_back({from, head_bytes, static_cast<size_t>(mkv::id_length(head->id)), body});
    if (has_children(head->id))
      list_elements(file, from + head_bytes, from + head_bytes + body, places);
    from += head_bytes + body;
  }
}

using Random = std::minstd_rand;

/// Changes one element of the file where the bytes decide how everything behind them is read.
void spoil(std::string& file, const Place& place, Random& random) {
  const auto any = [&random] { return static_cast<char>(random() >> 8); };
  switch (random() % 6) {
    case 0:  // its id
      file[place.at + random() % place.id] = any();
      break;
    case 1:  // its size, at the same length
      for (size_t i = place.id + 1; i < place.head; ++i) file[place.at + i] = any();
      if (place.head == place.id + 1) file[place.at + place.id] = static_cast<char>(any() | 0x80);
      break;
    case 2:  // its size, at any length
      file[place.at + place.id] = any();
      break;
    case 3:  // some of what it holds
      for (int i = 0; i < 4 && place.body > 0; ++i) {
        file[place.at + place.head + random() % std::min<size_t>(place.body, 64)] = any();
      }
      break;
    case 4:  // all of it
      std::fill_n(file.begin() + static_cast<long>(place.at + place.head),
                  std::min<size_t>(place.body, 5'000), random() % 2 == 0 ? '\0' : '\xFF');
      break;
    default:  // its size becomes unknown
      file[place.at + place.id] = '\xFF';
      break;
  }
}

/// Leaves an element out, or puts it in twice.
void shift(std::string& file, const Place& place, Random& random) {
  const size_t whole = std::min(place.head + place.body, file.size() - place.at);
  if (whole > file.size() / 2) return;
  if (random() % 2 == 0) {
    file.erase(place.at, whole);
  } else {
    file.insert(place.at, file.substr(place.at, whole));
  }
}

std::string own_file(bool finished) {
  const TempFolder folder;
  RecordingWriterOptions options;
  options.any_image_size = true;
  auto writer = RecordingWriter::create(folder / "a.mkv", small_header(), options);
  EXPECT_TRUE(writer);
  for (int i = 0; i < 30; ++i) {
    const int64_t us = 1'000'000 + i * int64_t{100'000} / 3;
    EXPECT_TRUE((*writer)->write_imu(imu_at(us)) && (*writer)->write_imu(imu_at(us + 600)));
    Capture capture;
    capture.color = image_of(PixelFormat::mjpg, {1280, 720}, us, noise(100, 1));
    EXPECT_TRUE((*writer)->write(capture));
  }
  if (!finished) return read_file(folder / "a.mkv");
  EXPECT_TRUE((*writer)->finish());
  return read_file(folder / "a.mkv");
}

/// Most of these get past the head, so that what lies behind it is tried.
TEST(HostileFile, SpoiledElementsOfSoundFiles) {
  const std::vector<std::string> sound = {
      own_file(true), own_file(false),
      read_file(data_file("vendor-written/colour-imu-30fps.mkv")).substr(0, 200'000)};
  const int rounds = std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? 100'000 : 100;
  const TempFolder folder;
  int opened = 0;
  int damaged = 0;
  int with_captures = 0;
  for (const std::string& whole : sound) {
    ASSERT_GT(read_in_every_way(whole).captures, 5U);
    std::vector<Place> places;
    list_elements(whole, 0, whole.size(), places);
    ASSERT_GT(places.size(), 100U);
    Random random(2718);
    for (int round = 0; round < rounds; ++round) {
      std::string file = whole;
      for (uint32_t i = random() % 4; i > 0; --i) {
        spoil(file, places[random() % places.size()], random);
      }
      shift(file, places[random() % places.size()], random);
      const Reading reading = read_in_every_way(file);
      ASSERT_EQ(reading.wrong, "") << "in round " << round;
      opened += reading.opened ? 1 : 0;
      damaged += reading.damaged ? 1 : 0;
      with_captures += reading.captures > 0 ? 1 : 0;
      if (round % 10 != 0) continue;
      write_file(folder / "hostile.mkv", file);
      std::filesystem::remove(folder / "whole.mkv");
      const auto recovered = recover_recording(folder / "hostile.mkv", folder / "whole.mkv");
      EXPECT_EQ(recovered.ok(), reading.opened) << round;
      if (recovered) {
        EXPECT_TRUE(RecordingReader::open(folder / "whole.mkv").ok() || reading.captures == 0);
      }
    }
  }
  EXPECT_GT(opened, 3 * rounds / 2);
  EXPECT_GT(with_captures, 3 * rounds / 2);
  EXPECT_GT(damaged, 3 * rounds / 4);
}

}  // namespace
}  // namespace lockstep
