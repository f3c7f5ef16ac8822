// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <random>
#include <sstream>

namespace lockstep::testing {

/// How many cases of a property are tried: few in every run, many in the long form.
struct Cases {
  int usually;
  int nightly;
};

/// What a case is made of: everything follows from one number, which is what a failure prints.
class Dice {
 public:
  explicit Dice(uint32_t seed) : random_(seed) {}

  /// From `first` on and before `end`.
  int in(int first, int end) { return std::uniform_int_distribution<int>(first, end - 1)(random_); }
  template <typename Value>
  Value of(std::initializer_list<Value> values) {
    return values.begin()[in(0, static_cast<int>(values.size()))];
  }
  /// A number that differs from `value` by at most `part` of it.
  double near(double value, double part) {
    return value * (1 + std::uniform_real_distribution<double>(-part, part)(random_));
  }

 private:
  std::mt19937 random_;
};

/// A RapidCheck property whose cases take too long for a hundred of them, or to be made smaller.
/// RC_PARAMS gives the seed.
template <typename Property>
void expect_property(Cases cases, const Property& property) {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = std::getenv("LOCKSTEP_NIGHTLY") != nullptr ? cases.nightly : cases.usually;
  rc::detail::TestMetadata metadata;
  metadata.id = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  metadata.description = metadata.id;
  const auto any_case = [&property] {
    Dice dice(
        *rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<uint32_t>())));
    property(dice);
  };
  const auto result = rc::detail::checkTestable(any_case, metadata, params);
  if (result.template is<rc::detail::SuccessResult>()) return;
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  FAIL() << message.str();
}

}  // namespace lockstep::testing
