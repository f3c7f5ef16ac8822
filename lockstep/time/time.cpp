// SPDX-License-Identifier: MIT
#include "lockstep/time/clock.h"
#include "lockstep/time/tick.h"
