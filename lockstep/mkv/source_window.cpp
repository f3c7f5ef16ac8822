// SPDX-License-Identifier: MIT
#include "lockstep/mkv/source_window.h"

#include <algorithm>

namespace lockstep::mkv {
namespace {

constexpr size_t kSmallestRead = 512;
constexpr size_t kLargestRead = 256 * 1024;

}  // namespace

ByteView SourceWindow::fill(uint64_t offset, size_t count) {
  if (offset >= size_) return {};
  count = static_cast<size_t>(std::min<uint64_t>(count, size_ - offset));
  const bool follows =
      filled_ > 0 && offset >= begin_ && offset <= begin_ + filled_ + kSmallestRead;
  read_ahead_ = follows ? std::min(read_ahead_ * 2, kLargestRead) : kSmallestRead;
  const size_t wanted = std::max(count, read_ahead_);
  if (buffer_.size() < wanted) buffer_.resize(wanted);
  const auto got = source_->read_at(offset, {buffer_.data(), wanted});
  begin_ = offset;
  filled_ = got ? *got : 0;
  if (!got && error_) error_ = got.error();
  return {buffer_.data(), std::min(count, filled_)};
}

std::optional<ElementHead> SourceWindow::element(uint64_t offset) {
  return read_element_head(look(offset, kMaxElementHead));
}

std::optional<uint64_t> SourceWindow::uint_value(uint64_t offset, uint64_t length) {
  if (length > 8) return std::nullopt;
  const ByteView raw = look(offset, static_cast<size_t>(length));
  if (raw.size() != length) return std::nullopt;
  uint64_t value = 0;
  for (const std::byte byte : raw) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

bool SourceWindow::read(uint64_t offset, std::span<std::byte> into) {
  const auto got = source_->read_at(offset, into);
  if (!got && error_) error_ = got.error();
  return got && *got == into.size();
}

}  // namespace lockstep::mkv
