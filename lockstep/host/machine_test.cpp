// SPDX-License-Identifier: MIT
#include "lockstep/host/machine.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(HostName, IsNotEmpty) {
  EXPECT_FALSE(host_name().empty());
}

}  // namespace
}  // namespace lockstep
