// SPDX-License-Identifier: MIT
// k4a_set_allocator, and for which images it counts (k4a-api.md 2.1): those that programs create
// and those of devices, not those of a playback.
#include <gtest/gtest.h>
#include <k4a/k4a.h>
#include <k4arecord/playback.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

#include "tests/support/installed_rig.h"
#include "tests/support/k4a_playback.h"

namespace {

namespace lt = lockstep::testing;

constexpr int kInFront = 32;  // bytes that the library keeps before the pixels
constexpr const char* kSubordinate = "tests/data/vendor-written/two-cameras-sub.mkv";

/// An allocator that keeps books. It is installed until this ends; the blocks that it gave may come
/// back later.
class BookKeeper {
 public:
  BookKeeper() {
    books = {};
    EXPECT_EQ(k4a_set_allocator(allocate, give_back), K4A_RESULT_SUCCEEDED);
  }
  ~BookKeeper() { remove(); }
  BookKeeper(const BookKeeper&) = delete;
  BookKeeper& operator=(const BookKeeper&) = delete;

  static void remove() { EXPECT_EQ(k4a_set_allocator(nullptr, nullptr), K4A_RESULT_SUCCEEDED); }
  static void refuse_from_now_on() {
    const std::lock_guard lock(several);
    books.refuses = true;
  }

  /// Sizes asked for, ascending.
  static std::vector<int> asked() {
    const std::lock_guard lock(several);
    std::vector<int> sizes = books.asked;
    std::sort(sizes.begin(), sizes.end());
    return sizes;
  }
  /// Blocks that are not back.
  static size_t held() {
    const std::lock_guard lock(several);
    return books.held.size();
  }
  /// Whether an image's pixels lie where they belong in a block of this allocator.
  static bool holds(k4a_image_t image) {
    const std::lock_guard lock(several);
    const auto found = books.held.find(k4a_image_get_buffer(image) - kInFront);
    return found != books.held.end() &&
           static_cast<size_t>(found->second) == k4a_image_get_size(image) + kInFront;
  }

 private:
  struct Books {
    std::vector<int> asked;
    std::map<void*, int> held;  // bytes
    bool refuses = false;
  };

  static uint8_t* allocate(int size, void** context) {
    const std::lock_guard lock(several);
    books.asked.push_back(size);
    if (books.refuses) return nullptr;
    auto* const block = static_cast<uint8_t*>(std::malloc(static_cast<size_t>(size)));
    books.held[block] = size;
    *context = &books;
    return block;
  }
  static void give_back(void* block, void* context) {
    const std::lock_guard lock(several);
    EXPECT_EQ(context, &books);
    EXPECT_EQ(books.held.erase(block), 1U) << "a block that was not given, or is back already";
    std::free(block);
  }

  static std::mutex several;
  static Books books;
};

std::mutex BookKeeper::several;
BookKeeper::Books BookKeeper::books;

/// The images of a capture, which is released.
std::vector<k4a_image_t> images_of(k4a_capture_t capture) {
  std::vector<k4a_image_t> images;
  for (const auto get :
       {k4a_capture_get_color_image, k4a_capture_get_depth_image, k4a_capture_get_ir_image}) {
    if (const k4a_image_t image = get(capture); image != nullptr) images.push_back(image);
  }
  k4a_capture_release(capture);
  return images;
}

TEST(K4aAllocator, IsAskedForCreatedImagesAndGetsItsBlocksBack) {
  const auto create = [](k4a_image_t& image) {
    return k4a_image_create(K4A_IMAGE_FORMAT_CUSTOM8, 10, 10, 0, &image);
  };
  const auto allocate = [](int, void**) { return static_cast<uint8_t*>(nullptr); };
  EXPECT_EQ(k4a_set_allocator(allocate, nullptr), K4A_RESULT_FAILED);
  EXPECT_EQ(k4a_set_allocator(nullptr, [](void*, void*) {}), K4A_RESULT_FAILED);
  const BookKeeper books;
  k4a_image_t image = nullptr;
  ASSERT_EQ(create(image), K4A_RESULT_SUCCEEDED);
  EXPECT_EQ(books.asked(), std::vector<int>{132});
  EXPECT_TRUE(books.holds(image));
  // To the one that was installed when it was made, not to the one that is now.
  BookKeeper::remove();
  k4a_image_release(image);
  EXPECT_EQ(books.held(), 0U);
  const BookKeeper others;
  BookKeeper::refuse_from_now_on();
  k4a_image_t none = nullptr;
  EXPECT_EQ(create(none), K4A_RESULT_FAILED);
  EXPECT_EQ(none, nullptr);
}

/// A running device in colour, depth and infrared.
void expect_images_from_the_allocator(const k4a_device_configuration_t& config) {
  constexpr int kTimeoutMs = 20'000;
  k4a_device_t device = nullptr;
  ASSERT_EQ(k4a_device_open(0, &device), K4A_RESULT_SUCCEEDED);
  ASSERT_EQ(k4a_device_start_cameras(device, &config), K4A_RESULT_SUCCEEDED);
  k4a_capture_t capture = nullptr;
  {
    const BookKeeper books;
    ASSERT_EQ(k4a_device_get_capture(device, &capture, kTimeoutMs), K4A_WAIT_RESULT_SUCCEEDED);
    const std::vector<k4a_image_t> images = images_of(capture);
    EXPECT_EQ(images.size(), 3U);
    std::vector<int> sizes;
    for (const k4a_image_t image : images) {
      EXPECT_TRUE(books.holds(image));
      sizes.push_back(static_cast<int>(k4a_image_get_size(image)) + kInFront);
    }
    std::sort(sizes.begin(), sizes.end());
    EXPECT_EQ(books.asked(), sizes);
    BookKeeper::remove();
    ASSERT_EQ(k4a_device_get_capture(device, &capture, kTimeoutMs), K4A_WAIT_RESULT_SUCCEEDED);
    k4a_capture_release(capture);
    EXPECT_EQ(books.asked(), sizes) << "it is no longer installed";
    EXPECT_EQ(books.held(), 3U);
    for (const k4a_image_t image : images) k4a_image_release(image);
    EXPECT_EQ(books.held(), 0U);
  }
  {
    const BookKeeper books;
    BookKeeper::refuse_from_now_on();
    EXPECT_EQ(k4a_device_get_capture(device, &capture, kTimeoutMs), K4A_WAIT_RESULT_FAILED);
  }
  EXPECT_EQ(k4a_device_get_capture(device, &capture, kTimeoutMs), K4A_WAIT_RESULT_SUCCEEDED)
      << "the camera goes on";
  k4a_capture_release(capture);
  k4a_device_close(device);
}

k4a_device_configuration_t all_images(k4a_depth_mode_t depth, k4a_wired_sync_mode_t sync) {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  config.color_resolution = K4A_COLOR_RESOLUTION_720P;
  config.depth_mode = depth;
  config.wired_sync_mode = sync;
  config.synchronized_images_only = true;
  return config;
}

TEST(K4aAllocator, IsAskedForTheImagesOfAVirtualDevice) {
  const lt::InstalledRig rig;
  expect_images_from_the_allocator(
      all_images(K4A_DEPTH_MODE_NFOV_UNBINNED, K4A_WIRED_SYNC_MODE_STANDALONE));
}

TEST(K4aAllocator, IsAskedForTheImagesOfARecordingThatIsADevice) {
  const lt::InstalledRig rig;
  setenv("LOCKSTEP_RIG", lt::source_file(kSubordinate).c_str(), 1);
  expect_images_from_the_allocator(
      all_images(K4A_DEPTH_MODE_NFOV_2X2BINNED, K4A_WIRED_SYNC_MODE_SUBORDINATE));
}

TEST(K4aAllocator, IsNotAskedForTheImagesOfAPlayback) {
  const lt::OpenPlayback file(kSubordinate);
  const auto read = [&] {
    k4a_capture_t capture = nullptr;
    EXPECT_EQ(k4a_playback_get_next_capture(file.handle, &capture), K4A_STREAM_RESULT_SUCCEEDED);
    return images_of(capture);
  };
  const BookKeeper books;
  std::vector<k4a_image_t> images = read();
  EXPECT_EQ(images.size(), 3U);
  // Nor for those that are converted, nor does it matter that it has no memory.
  BookKeeper::refuse_from_now_on();
  ASSERT_EQ(k4a_playback_set_color_conversion(file.handle, K4A_IMAGE_FORMAT_COLOR_BGRA32),
            K4A_RESULT_SUCCEEDED);
  for (const k4a_image_t image : read()) images.push_back(image);
  EXPECT_EQ(images.size(), 6U);
  for (const k4a_image_t image : images) k4a_image_release(image);
  EXPECT_EQ(books.asked(), std::vector<int>{});
}

}  // namespace
