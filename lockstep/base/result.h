// SPDX-License-Identifier: MIT
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lockstep {

/// Every way in which something can fail in the field. The set is closed: a caller may switch over
/// it.
enum class Errc {
  invalid_argument,  ///< the caller asked for something that has no meaning
  unusable_input,    ///< a file or text from outside is not what it must be (syntax, format)
  not_found,         ///< a file, device or name does not exist
  already_exists,    ///< an output is there already and is not overwritten
  truncated,         ///< input ends before it should; what was before the cut is usable
  unsupported,       ///< well formed, but nothing here can do it
  io,                ///< the operating system refused a read or a write
  no_space,          ///< the disk is full or over the limit that was set
  device_lost,       ///< a camera stopped answering or was unplugged
  busy,              ///< somebody else holds the device or file
  timeout,           ///< it did not happen in the time given
  bad_state,         ///< the object is in a state in which this call has no meaning
  cancelled,         ///< the user asked to stop
};

[[nodiscard]] std::string_view to_string(Errc code);

/// A failure: what kind, and a sentence for a person that says what, where, why and what to do.
struct Error {
  Errc code = Errc::io;
  std::string message;
};

/// A value or an Error. Never both, never neither. Checked with `if (!result)`.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : content_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & {
    assert(ok());
    return std::get<0>(content_);
  }
  [[nodiscard]] const T& value() const& {
    assert(ok());
    return std::get<0>(content_);
  }
  [[nodiscard]] T&& value() && {
    assert(ok());
    return std::get<0>(std::move(content_));
  }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& {
    assert(!ok());
    return std::get<1>(content_);
  }
  [[nodiscard]] Error&& error() && {
    assert(!ok());
    return std::get<1>(std::move(content_));
  }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value, or an Error. A default-constructed one is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const& {
    assert(!ok_);
    return error_;
  }
  [[nodiscard]] Error&& error() && {
    assert(!ok_);
    return std::move(error_);
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace lockstep
