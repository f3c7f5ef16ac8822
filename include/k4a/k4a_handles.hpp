// SPDX-License-Identifier: MIT
// What the classes of k4a.hpp and playback.hpp are made of: handles that are owned, and calls that
// throw (C++11). Include those; what is in `detail` may change.
#ifndef K4A_HANDLES_HPP
#define K4A_HANDLES_HPP

#include <k4a/k4a.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace k4a {

/// Thrown when a function of the C API says FAILED; `what()` names it.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

/// Throws when `result` is not success.
inline void require(k4a_result_t result, const char* function) {
  if (result != K4A_RESULT_SUCCEEDED) throw error(std::string(function) + " failed.");
}

/// Whether something came before the time was over. Throws when nothing can come any more.
inline bool arrived(k4a_wait_result_t result, const char* function) {
  if (result == K4A_WAIT_RESULT_FAILED) throw error(std::string(function) + " failed.");
  return result == K4A_WAIT_RESULT_SUCCEEDED;
}

/// The bytes that `read(buffer, &size)` tells in two calls: how many there are, then what they are.
template <typename Bytes, typename Read>
k4a_buffer_result_t read_all(Bytes& bytes, Read read) {
  std::size_t size = 0;
  k4a_buffer_result_t result = read(nullptr, &size);
  if (result != K4A_BUFFER_RESULT_TOO_SMALL) return K4A_BUFFER_RESULT_FAILED;
  bytes.resize(size);
  if (size == 0) return K4A_BUFFER_RESULT_SUCCEEDED;
  result = read(&bytes[0], &size);
  if (result == K4A_BUFFER_RESULT_SUCCEEDED) bytes.resize(size);
  return result;
}

/// What every class here has: a handle, and whether there is one.
template <typename Handle>
class handle_holder {
 public:
  Handle handle() const noexcept { return handle_; }
  bool is_valid() const noexcept { return handle_ != nullptr; }
  explicit operator bool() const noexcept { return is_valid(); }

 protected:
  explicit handle_holder(Handle handle) noexcept : handle_(handle) {}
  Handle handle_;
};

/// Equal when they hold the same handle.
template <typename Handle>
bool operator==(const handle_holder<Handle>& a, const handle_holder<Handle>& b) noexcept {
  return a.handle() == b.handle();
}
template <typename Handle>
bool operator==(const handle_holder<Handle>& a, std::nullptr_t) noexcept {
  return !a.is_valid();
}
template <typename Handle>
bool operator==(std::nullptr_t, const handle_holder<Handle>& a) noexcept {
  return !a.is_valid();
}
template <typename Handle>
bool operator!=(const handle_holder<Handle>& a, const handle_holder<Handle>& b) noexcept {
  return a.handle() != b.handle();
}
template <typename Handle>
bool operator!=(const handle_holder<Handle>& a, std::nullptr_t) noexcept {
  return a.is_valid();
}
template <typename Handle>
bool operator!=(std::nullptr_t, const handle_holder<Handle>& a) noexcept {
  return a.is_valid();
}

/// Owns a handle alone: moved, never copied.
template <typename Handle, void (*Release)(Handle)>
class unique_handle : public handle_holder<Handle> {
 public:
  unique_handle(const unique_handle&) = delete;
  unique_handle& operator=(const unique_handle&) = delete;

 protected:
  explicit unique_handle(Handle handle) noexcept : handle_holder<Handle>(handle) {}
  unique_handle(unique_handle&& other) noexcept : handle_holder<Handle>(other.handle_) {
    other.handle_ = nullptr;
  }
  unique_handle& operator=(unique_handle&& other) noexcept {
    if (this != &other) {
      release();
      std::swap(this->handle_, other.handle_);
    }
    return *this;
  }
  ~unique_handle() { release(); }

  void release() noexcept {
    if (this->handle_ != nullptr) Release(this->handle_);
    this->handle_ = nullptr;
  }
};

/// Owns one reference: a copy adds one.
template <typename Handle, void (*Reference)(Handle), void (*Release)(Handle)>
class shared_handle : public handle_holder<Handle> {
 public:
  /// Drops the reference; holds nothing afterwards.
  void reset() noexcept {
    if (this->handle_ != nullptr) Release(this->handle_);
    this->handle_ = nullptr;
  }

 protected:
  explicit shared_handle(Handle handle) noexcept : handle_holder<Handle>(handle) {}
  shared_handle(const shared_handle& other) noexcept : handle_holder<Handle>(other.handle_) {
    if (this->handle_ != nullptr) Reference(this->handle_);
  }
  shared_handle(shared_handle&& other) noexcept : handle_holder<Handle>(other.handle_) {
    other.handle_ = nullptr;
  }
  shared_handle& operator=(const shared_handle& other) noexcept {
    shared_handle(other).swap(*this);
    return *this;
  }
  shared_handle& operator=(shared_handle&& other) noexcept {
    shared_handle(std::move(other)).swap(*this);
    return *this;
  }
  ~shared_handle() { reset(); }

 private:
  void swap(shared_handle& other) noexcept { std::swap(this->handle_, other.handle_); }
};

}  // namespace detail
}  // namespace k4a

#endif  // K4A_HANDLES_HPP
