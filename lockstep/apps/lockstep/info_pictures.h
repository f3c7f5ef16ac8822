// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "lockstep/base/result.h"

namespace lockstep {

/// Writes one capture of a recording as pictures into `folder`, which is made: colour.jpg,
/// depth.png (near blue to far red), depth-16.png (u16 millimetres) and ir.png, as far as the
/// capture has them. It is the first at or after `at_s` seconds of the first image that has all the
/// file's streams, or, where none follows soon, the first at all. Returns what was written, for
/// people. Errors: already_exists (no file is written), invalid_argument (a time that the file does
/// not have), those of RecordingReader, io, no_space.
Result<std::string> write_pictures(const std::filesystem::path& recording,
                                   const std::filesystem::path& folder, double at_s);

}  // namespace lockstep
