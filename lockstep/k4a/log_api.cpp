// SPDX-License-Identifier: MIT
// k4a_set_debug_message_handler.
#include <k4a/k4a.h>

#include "lockstep/k4a/guard.h"

k4a_result_t k4a_set_debug_message_handler(k4a_logging_message_cb_t* message_cb,
                                           void* message_cb_context, k4a_log_level_t min_level) {
  using namespace lockstep::k4a;  // NOLINT(google-build-using-namespace)
  return guarded(K4A_RESULT_FAILED,
                 [&] { return set_log_callback(message_cb, message_cb_context, min_level); });
}
