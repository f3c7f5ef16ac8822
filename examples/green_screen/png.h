// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

/// Writes BGRA pixels, tightly packed rows, as a PNG of three channels that is not compressed.
/// False when it cannot be written.
bool write_png(const std::string& path, const std::uint8_t* bgra, int width, int height);
