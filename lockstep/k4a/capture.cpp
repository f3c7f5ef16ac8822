// SPDX-License-Identifier: MIT
#include "lockstep/k4a/capture.h"

#include <utility>

#include "lockstep/k4a/image.h"

namespace lockstep::k4a {

HeldCapture::~HeldCapture() {
  for (const k4a_image_t image : images_) {
    if (image != nullptr) ImageTable::instance().release(image);
  }
}

k4a_image_t HeldCapture::image(Slot slot) const {
  const std::lock_guard lock(mutex_);
  const k4a_image_t image = images_[slot];
  if (image != nullptr) ImageTable::instance().reference(image);
  return image;
}

bool HeldCapture::set_image(Slot slot, k4a_image_t image) {
  // The new one is held before the old one goes: they may be the same.
  if (image != nullptr && !ImageTable::instance().reference(image)) return false;
  k4a_image_t old = nullptr;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(images_[slot], image);
  }
  if (old != nullptr) ImageTable::instance().release(old);
  return true;
}

}  // namespace lockstep::k4a
