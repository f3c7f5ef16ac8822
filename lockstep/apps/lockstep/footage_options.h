// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lockstep/base/result.h"
#include "lockstep/export/footage_views.h"

namespace CLI {
class App;
}

namespace lockstep {

/// What `export` and `fuse` are asked for alike.
struct FootageRequest {
  std::string take;  ///< or one recording
  std::string output;
  FootageChoice choice;
  std::string ticks;  ///< as typed
  bool json = false;
  bool quiet = false;
};

/// `take` describes what is read.
void add_footage_options(CLI::App& command, FootageRequest& request, const std::string& take);

/// "A..B", "A..", "..B" or "A" into the choice. Errors: invalid_argument.
Result<void> read_ticks(FootageRequest& request);

/// The name of the take or recording, to which outputs add an ending.
[[nodiscard]] std::string footage_name(const std::string& take);

/// "2 of 300 ticks were left out: ..."; empty when none was. `tells_why`: Footage::tells_why().
[[nodiscard]] std::string left_out_text(int64_t left_out, int64_t written,
                                        std::string_view tells_why);

/// Warns where a take has fewer ticks common to all cameras, or to those that were chosen, than its
/// manifest says that it recorded: a recording was cut off.
void say_lost_ticks(const std::string& take, int64_t there, std::optional<int64_t> recorded,
                    bool of_chosen = false);

/// Opens what the request names of the cameras that it chooses, with a warning where a take holds
/// less of them than it says: a recording was cut off. Errors: those of Footage::open().
Result<std::unique_ptr<Footage>> open_footage(const FootageRequest& request);

}  // namespace lockstep
