// SPDX-License-Identifier: MIT
#include "lockstep/apps/common/undivided_job.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "lockstep/apps/common/exit_code.h"

namespace lockstep {

UndividedJob::UndividedJob(std::string sentence)
    : interrupt_([sentence = std::move(sentence)](InterruptMeaning) {
        const int code = report_failure({Errc::cancelled, sentence});
        std::fflush(stdout);
        _exit(code);
      }) {}

}  // namespace lockstep
