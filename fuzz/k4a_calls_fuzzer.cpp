// SPDX-License-Identifier: MIT
// Links: k4a::k4a
#include <k4a/k4a.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

// Bytes as calls of the C API with whatever handles, sizes, strides and formats they name: live
// ones, ones that were freed, ones of another type, and none at all. Nothing may crash or leak, and
// a call that makes an image or opens a device gives a handle where it succeeds, and only there.

namespace {

/// What the input says next; zeros behind its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), left_(size) {}
  [[nodiscard]] bool ended() const { return left_ == 0; }
  uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  int below(int count) { return byte() % count; }
  template <typename T>
  T any() {
    T value{};
    std::array<uint8_t, sizeof(T)> bytes{};
    for (uint8_t& each : bytes) each = byte();
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  /// Mostly sizes of images, now and then anything.
  int length() {
    constexpr int kLengths[] = {0,    1,    2,    3,  -1, 320, 288,  640,   576,     1280,   720,
                                1920, 1080, 2560, 64, 16, 512, 7680, 19999, INT_MAX, INT_MIN};
    const int choice = below(static_cast<int>(std::size(kLengths)) + 1);
    return choice < static_cast<int>(std::size(kLengths)) ? kLengths[choice] : any<int>();
  }
  template <typename Enum>
  Enum choice(int count) {
    return static_cast<Enum>(below(count + 2) - 1);
  }

 private:
  const uint8_t* data_;
  size_t left_;
};

/// Handles as programs mix them up. Each live reference is in exactly one slot.
template <typename Handle>
struct Slots {
  static constexpr int kSlots = 4;
  std::array<Handle, kSlots> live{};
  Handle freed = nullptr;

  Handle any(Input& input) const {
    const int slot = input.below(kSlots + 3);
    if (slot < kSlots) return live[static_cast<size_t>(slot)];
    if (slot == kSlots) return freed;
    return slot == kSlots + 1 ? nullptr : reinterpret_cast<Handle>(input.any<uintptr_t>());
  }
  Handle& place(Input& input) { return live[static_cast<size_t>(input.below(kSlots))]; }
};

struct World {
  Slots<k4a_image_t> images;
  Slots<k4a_capture_t> captures;
  Slots<k4a_transformation_t> transformations;
  Slots<k4a_device_t> devices;
  k4a_calibration_t calibration{};

  ~World() {
    for (const auto each : images.live) k4a_image_release(each);
    for (const auto each : captures.live) k4a_capture_release(each);
    for (const auto each : transformations.live) k4a_transformation_destroy(each);
    for (const auto each : devices.live) k4a_device_close(each);
  }
  void put(k4a_image_t image, Input& input) {
    k4a_image_t& place = images.place(input);
    k4a_image_release(place);
    if (place != nullptr) images.freed = place;
    place = image;
  }
  void put(k4a_capture_t capture, Input& input) {
    k4a_capture_t& place = captures.place(input);
    k4a_capture_release(place);
    if (place != nullptr) captures.freed = place;
    place = capture;
  }
};

void must(bool holds) {
  if (!holds) std::abort();
}

void free_bytes(void* buffer, void*) {
  std::free(buffer);
}

void make_image(World& world, Input& input) {
  k4a_image_t image = nullptr;
  const auto format = input.choice<k4a_image_format_t>(9);
  const int width = input.length(), height = input.length(), stride = input.length();
  if (input.below(2) == 0) {
    const auto made = k4a_image_create(format, width, height, stride, &image);
    must((made == K4A_RESULT_SUCCEEDED) == (image != nullptr));
    // Enough for every camera, and little enough for the machine.
    if (k4a_image_get_size(image) > 64U << 20) return k4a_image_release(image);
    if (image != nullptr) std::memset(k4a_image_get_buffer(image), 7, k4a_image_get_size(image));
  } else {
    // The stride and size of a borrowed buffer are whatever its owner says, and need not fit.
    const size_t size = static_cast<size_t>(input.any<uint16_t>()) * 16;
    void* const buffer = std::calloc(1, size);
    const auto made =
        k4a_image_create_from_buffer(format, width, height, stride, static_cast<uint8_t*>(buffer),
                                     size, free_bytes, nullptr, &image);
    must((made == K4A_RESULT_SUCCEEDED) == (image != nullptr));
    if (image == nullptr) std::free(buffer);
  }
  if (image != nullptr) world.put(image, input);
}

/// An image that fits where one is wanted, so that the work behind the checks is tried, too.
void make_fitting_image(World& world, Input& input) {
  const bool of_depth = input.below(2) == 0;
  const auto& camera = of_depth ? world.calibration.depth_camera_calibration
                                : world.calibration.color_camera_calibration;
  constexpr k4a_image_format_t kFormats[] = {
      K4A_IMAGE_FORMAT_DEPTH16, K4A_IMAGE_FORMAT_CUSTOM8, K4A_IMAGE_FORMAT_CUSTOM16,
      K4A_IMAGE_FORMAT_COLOR_BGRA32, K4A_IMAGE_FORMAT_CUSTOM};
  const auto format = kFormats[input.below(5)];
  const int width = std::min(camera.resolution_width, 1280);
  const int stride = format == K4A_IMAGE_FORMAT_CUSTOM ? width * 6 : 0;
  k4a_image_t image = nullptr;
  if (k4a_image_create(format, width, std::min(camera.resolution_height, 720), stride, &image) !=
      K4A_RESULT_SUCCEEDED)
    return;
  std::memset(k4a_image_get_buffer(image), input.byte(), k4a_image_get_size(image));
  world.put(image, input);
}

void use_image(World& world, Input& input) {
  const k4a_image_t image = world.images.any(input);
  const uint8_t* const buffer = k4a_image_get_buffer(image);
  const size_t size = k4a_image_get_size(image);
  must((buffer == nullptr) == (size == 0));
  if (size > 0) {
    volatile uint8_t touched = buffer[0];
    touched = buffer[size - 1];
    (void)touched;
  }
  k4a_image_set_device_timestamp_usec(image, input.any<uint64_t>());
  k4a_image_set_white_balance(image, input.any<uint32_t>());
  (void)k4a_image_get_format(image);
  (void)k4a_image_get_stride_bytes(image);
}

void use_capture(World& world, Input& input) {
  const k4a_capture_t capture = world.captures.any(input);
  switch (input.below(5)) {
    case 0: {
      k4a_capture_t made = nullptr;
      must(k4a_capture_create(&made) == K4A_RESULT_SUCCEEDED);
      return world.put(made, input);
    }
    case 1:
      return k4a_capture_set_color_image(capture, world.images.any(input));
    case 2:
      return k4a_capture_set_depth_image(capture, world.images.any(input));
    case 3:
      if (const k4a_image_t image = k4a_capture_get_color_image(capture)) world.put(image, input);
      return;
    default:
      k4a_capture_set_temperature_c(capture, input.any<float>());
      (void)k4a_capture_get_temperature_c(capture);
  }
}

/// The text of a camera.
std::vector<char>& raw_calibration() {
  static std::vector<char> text = [] {
    k4a_device_t device = nullptr;
    must(k4a_device_open(0, &device) == K4A_RESULT_SUCCEEDED);
    size_t size = 0;
    (void)k4a_device_get_raw_calibration(device, nullptr, &size);
    std::vector<char> bytes(size);
    must(k4a_device_get_raw_calibration(device, reinterpret_cast<uint8_t*>(bytes.data()), &size) ==
         K4A_BUFFER_RESULT_SUCCEEDED);
    k4a_device_close(device);
    return bytes;
  }();
  return text;
}

void make_calibration(World& world, Input& input) {
  const auto depth = static_cast<k4a_depth_mode_t>(input.below(3) == 0 ? input.below(8) - 1 : 1);
  const auto color =
      static_cast<k4a_color_resolution_t>(input.below(3) == 0 ? input.below(3) - 1 : 1);
  if (depth == K4A_DEPTH_MODE_WFOV_UNBINNED || depth == K4A_DEPTH_MODE_PASSIVE_IR) return;
  (void)k4a_calibration_get_from_raw(raw_calibration().data(), raw_calibration().size(), depth,
                                     color, &world.calibration);
}

void spoil_calibration(World& world, Input& input) {
  constexpr size_t kWords = sizeof(k4a_calibration_t) / 4;
  const size_t word = input.any<uint16_t>() % kWords;
  const auto value = input.any<uint32_t>();
  std::memcpy(reinterpret_cast<char*>(&world.calibration) + word * 4, &value, 4);
}

void convert(World& world, Input& input) {
  k4a_float2_t pixel = input.any<k4a_float2_t>(), out{};
  k4a_float3_t point = input.any<k4a_float3_t>(), there{};
  const auto from = static_cast<k4a_calibration_type_t>(input.below(6) - 1);
  const auto to = static_cast<k4a_calibration_type_t>(input.below(6) - 1);
  int valid = 0;
  const k4a_calibration_t* const calibration = input.below(8) == 0 ? nullptr : &world.calibration;
  (void)k4a_calibration_2d_to_2d(calibration, &pixel, input.any<float>(), from, to, &out, &valid);
  (void)k4a_calibration_2d_to_3d(calibration, &pixel, input.any<float>(), from, to, &there, &valid);
  (void)k4a_calibration_3d_to_2d(calibration, &point, from, to, &out, &valid);
  (void)k4a_calibration_3d_to_3d(calibration, &point, from, to, &there);
  (void)k4a_calibration_color_2d_to_depth_2d(calibration, &pixel, world.images.any(input), &out,
                                             &valid);
}

void make_transformation(World& world, Input& input) {
  auto& place = world.transformations.place(input);
  k4a_transformation_destroy(place);
  if (place != nullptr) world.transformations.freed = place;
  place = k4a_transformation_create(input.below(8) == 0 ? nullptr : &world.calibration);
}

void transform(World& world, Input& input) {
  const k4a_transformation_t handle = world.transformations.any(input);
  const auto image = [&] { return world.images.any(input); };
  const k4a_image_t depth = image(), other = image(), out = image(), more = image();
  switch (input.below(4)) {
    case 0:
      (void)k4a_transformation_depth_image_to_color_camera(handle, depth, out);
      return;
    case 1:
      (void)k4a_transformation_depth_image_to_color_camera_custom(
          handle, depth, other, out, more, input.choice<k4a_transformation_interpolation_type_t>(2),
          input.any<uint32_t>());
      return;
    case 2:
      (void)k4a_transformation_color_image_to_depth_camera(handle, depth, other, out);
      return;
    default:
      (void)k4a_transformation_depth_image_to_point_cloud(
          handle, depth, input.choice<k4a_calibration_type_t>(3), out);
  }
}

void open_or_close(World& world, Input& input) {
  auto& place = world.devices.place(input);
  k4a_device_close(place);
  if (place != nullptr) world.devices.freed = place;
  place = nullptr;
  const bool wanted = input.below(8) != 0;
  const auto opened =
      k4a_device_open(static_cast<uint32_t>(input.below(5)), wanted ? &place : nullptr);
  must((opened == K4A_RESULT_SUCCEEDED) == (place != nullptr));
}

void ask_device(k4a_device_t device, Input& input) {
  std::array<char, 16> text;
  size_t size = static_cast<size_t>(input.below(18));
  size = std::min(size, text.size());
  (void)k4a_device_get_serialnum(device, input.below(4) == 0 ? nullptr : text.data(), &size);
  size = 0;
  (void)k4a_device_get_raw_calibration(device, nullptr, &size);
  bool in = false, out = false;
  (void)k4a_device_get_sync_jack(device, &in, input.below(4) == 0 ? nullptr : &out);
  const auto command = static_cast<k4a_color_control_command_t>(input.below(12) - 1);
  auto mode = input.choice<k4a_color_control_mode_t>(2);
  auto value = input.any<int32_t>();
  (void)k4a_device_set_color_control(device, command, mode, value);
  const auto got = k4a_device_get_color_control(device, command, &mode, &value);
  must(got == K4A_RESULT_FAILED || mode == K4A_COLOR_CONTROL_MODE_AUTO ||
       mode == K4A_COLOR_CONTROL_MODE_MANUAL);
}

void run_device(World& world, k4a_device_t device, Input& input) {
  k4a_device_configuration_t config = K4A_DEVICE_CONFIG_INIT_DISABLE_ALL;
  k4a_capture_t capture = nullptr;
  k4a_imu_sample_t sample;
  switch (input.below(6)) {
    case 0:
      config.color_format = input.choice<k4a_image_format_t>(4);
      config.color_resolution = input.choice<k4a_color_resolution_t>(7);
      config.depth_mode = input.choice<k4a_depth_mode_t>(6);
      config.camera_fps = input.choice<k4a_fps_t>(3);
      config.wired_sync_mode = input.choice<k4a_wired_sync_mode_t>(3);
      config.synchronized_images_only = input.below(2) == 0;
      config.depth_delay_off_color_usec = input.below(3) == 0 ? input.any<int32_t>() : 0;
      config.subordinate_delay_off_master_usec = input.below(3) == 0 ? input.any<uint32_t>() : 0;
      (void)k4a_device_start_cameras(device, input.below(8) == 0 ? nullptr : &config);
      return;
    case 1:
      return k4a_device_stop_cameras(device);
    case 2:
      (void)k4a_device_start_imu(device);
      return;
    case 3:
      return k4a_device_stop_imu(device);
    case 4:
      (void)k4a_device_get_imu_sample(device, &sample, input.below(2));
      return;
    default:
      if (k4a_device_get_capture(device, &capture, input.below(2)) == K4A_WAIT_RESULT_SUCCEEDED)
        world.put(capture, input);
  }
}

void call(World& world, Input& input) {
  switch (input.below(13)) {
    case 0:
    case 1:
      return make_image(world, input);
    case 2:
    case 3:
      return make_fitting_image(world, input);
    case 4:
      return use_image(world, input);
    case 5:
      return use_capture(world, input);
    case 6:
      return make_calibration(world, input);
    case 7:
      return spoil_calibration(world, input);
    case 8:
      return convert(world, input);
    case 9:
      return make_transformation(world, input);
    case 10:
      return transform(world, input);
    case 11:
      return input.below(4) == 0 ? open_or_close(world, input)
                                 : ask_device(world.devices.any(input), input);
    default:
      return run_device(world, world.devices.any(input), input);
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  namespace fs = std::filesystem;
  static std::string folder;
  folder = (fs::temp_directory_path() / "lockstep-k4a-calls-XXXXXX").string();
  must(mkdtemp(folder.data()) != nullptr);
  std::atexit([] {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  });
  const fs::path rig = fs::path(folder) / "rig.toml";
  std::ofstream(rig) << "schema = 1\nrig = { name = \"fuzz\" }\n"
                        "camera = [ { name = \"a\", serial = \"virtual-0001\" },\n"
                        "  { name = \"b\", serial = \"virtual-0002\" } ]\n"
                        "cable = [ { from = \"a.out\", to = \"b.in\" } ]\n"
                        "world = { timing_only = true }\n";
  setenv("LOCKSTEP_RIG", rig.c_str(), 1);
  setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  setenv("K4A_ENABLE_LOG_TO_STDOUT", "0", 1);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, std::min<size_t>(size, 600));
  World world;
  make_calibration(world, input);
  for (int calls = 0; !input.ended() && calls < 60; ++calls) call(world, input);
  return 0;
}
