// SPDX-License-Identifier: MIT
#pragma once

#include <k4a/k4atypes.h>

#include <cstring>
#include <string_view>

namespace lockstep::k4a {

/// Copies `text`, and behind it a NUL where `nul`, by the rule of two calls: `size` becomes what is
/// needed, and a buffer that is null or shorter than that is left alone.
inline k4a_buffer_result_t copy_out(std::string_view text, bool nul, void* buffer, size_t* size) {
  const size_t needed = text.size() + (nul ? 1 : 0);
  const bool fits = buffer != nullptr && *size >= needed;
  *size = needed;
  if (!fits) return K4A_BUFFER_RESULT_TOO_SMALL;
  if (!text.empty()) std::memcpy(buffer, text.data(), text.size());
  if (nul) static_cast<char*>(buffer)[text.size()] = '\0';
  return K4A_BUFFER_RESULT_SUCCEEDED;
}

}  // namespace lockstep::k4a
