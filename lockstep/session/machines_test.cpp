// SPDX-License-Identifier: MIT
// The coordinator and the participant by themselves, fed with scripted reports.
#include <gmock/gmock.h>

#include "lockstep/session/coordinator.h"
#include "lockstep/session/participant.h"

namespace lockstep {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr double kPeriodUs = 1e6 / 30;

HostTime at(Nanos time) {
  return HostTime(time);
}
DeviceTime stamp_us(double us) {
  return DeviceTime(Nanos(static_cast<int64_t>(us * 1000)));
}

PlannedCamera camera(const std::string& name, WiredSync sync, int order,
                     Family family = Family::azure_kinect) {
  PlannedCamera planned;
  planned.name = name;
  planned.family = family;
  planned.config.wired_sync = sync;
  planned.start_order = order;
  return planned;
}

/// A master and two subordinates; the master is first in the rig file and last to start.
Plan chain(Family family = Family::azure_kinect) {
  Plan plan;
  plan.cameras = {camera("left", WiredSync::master, 2, family),
                  camera("middle", WiredSync::subordinate, 1, family),
                  camera("right", WiredSync::subordinate, 0, family)};
  plan.source = "left";
  return plan;
}

Plan generator_rig() {
  Plan plan;
  plan.external_source = true;
  plan.cameras = {camera("a", WiredSync::subordinate, 0), camera("b", WiredSync::subordinate, 1)};
  return plan;
}

template <typename T>
std::vector<size_t> addressees(const Coordinator::Orders& orders) {
  std::vector<size_t> cameras;
  for (const auto& [index, order] : orders) {
    if (std::holds_alternative<T>(order)) cameras.push_back(index);
  }
  return cameras;
}

using Cameras = std::vector<size_t>;

/// Brings a chain to the point at which all subordinates are armed.
void arm(Coordinator& coordinator, HostTime now) {
  EXPECT_EQ(addressees<StartOrder>(coordinator.begin(now)), Cameras{2});
  EXPECT_EQ(addressees<StartOrder>(coordinator.on_report(2, StartedReport{}, now)), Cameras{1});
  EXPECT_THAT(coordinator.on_report(1, StartedReport{}, now), IsEmpty());
  EXPECT_THAT(coordinator.on_report(2, ArmedReport{}, now), IsEmpty());
  EXPECT_THAT(coordinator.on_report(1, ArmedReport{}, now), IsEmpty());
}

void deliver(Coordinator& coordinator, int tick, Coordinator::Orders* last = nullptr) {
  const HostTime now = at(seconds(1) + Nanos(static_cast<int64_t>(tick * kPeriodUs * 1000)));
  for (size_t i = 0; i < 3; ++i) {
    auto orders =
        coordinator.on_report(i, StampReport{stamp_us(131'500 + tick * kPeriodUs), now}, now);
    if (last != nullptr && !orders.empty()) *last = orders;
  }
}

TEST(Coordinator, StartsTheMasterOnlyOnceEverySubordinateIsArmed) {
  Coordinator coordinator(chain(), {});
  arm(coordinator, at(seconds(0)));
  const auto orders = coordinator.on_time(at(milliseconds(20)));
  EXPECT_EQ(addressees<ExpectPulsesOrder>(orders), (Cameras{2, 1}));
  EXPECT_EQ(addressees<StartOrder>(orders), Cameras{0});
}

TEST(Coordinator, LetsFemtosSettleBeforeTheMaster) {
  Plan plan = chain(Family::femto_bolt);
  plan.settle_before_master_s = 5;
  Coordinator coordinator(plan, {});
  arm(coordinator, at(seconds(10)));
  EXPECT_THAT(coordinator.on_time(at(seconds(14))), IsEmpty());
  EXPECT_EQ(addressees<StartOrder>(coordinator.on_time(at(seconds(15)))), Cameras{0});
}

TEST(Coordinator, StopsWhenPulsesAreThereBeforeTheyMayBe) {
  Coordinator coordinator(chain(), {});
  coordinator.begin(at(seconds(0)));
  coordinator.on_report(2, StartedReport{}, at(seconds(0)));
  const auto orders = coordinator.on_report(2, EarlyPulseReport{}, at(seconds(1)));
  EXPECT_EQ(addressees<StopOrder>(orders), Cameras{2});
  ASSERT_TRUE(coordinator.outcome().failure);
  EXPECT_THAT(coordinator.outcome().failure->message, HasSubstr("pulses are there already"));
}

TEST(Coordinator, RecordsOnAllFromOneTickAfterTenInStep) {
  Coordinator coordinator(chain(), {.ticks = 90});
  arm(coordinator, at(seconds(0)));
  coordinator.on_time(at(milliseconds(20)));
  coordinator.on_report(0, StartedReport{}, at(milliseconds(40)));
  Coordinator::Orders orders;
  for (int tick = 0; tick < 9; ++tick) deliver(coordinator, tick, &orders);
  EXPECT_THAT(orders, IsEmpty());
  deliver(coordinator, 9, &orders);
  ASSERT_EQ(addressees<RecordOrder>(orders), (Cameras{0, 1, 2}));
  const auto& record = std::get<RecordOrder>(orders[0].order);
  EXPECT_EQ(record.ticks, 90);
  EXPECT_NEAR(static_cast<double>(record.from.value().us()), 131'500 + 9.5 * kPeriodUs, 2);
}

TEST(Coordinator, ArmsAnewBeforeTheCamerasPowerDownAndGivesUpAfterThreeTimes) {
  Coordinator coordinator(generator_rig(), {});
  HostTime now = at(seconds(0));
  auto orders = coordinator.begin(now);
  for (int round = 0; round <= 3; ++round) {
    coordinator.on_report(0, StartedReport{}, now);
    coordinator.on_report(1, StartedReport{}, now);
    coordinator.on_report(0, ArmedReport{}, now);
    coordinator.on_report(1, ArmedReport{}, now);
    coordinator.on_time(now);
    EXPECT_THAT(coordinator.prompt(), HasSubstr("generator"));
    EXPECT_NEAR(*coordinator.seconds_left(now + seconds(15)), 30, 0.01);
    now += seconds(45);
    EXPECT_EQ(addressees<StopOrder>(coordinator.on_time(now)), (Cameras{0, 1}));
    coordinator.on_report(0, StoppedReport{}, now);
    orders = coordinator.on_report(1, StoppedReport{}, now);
    EXPECT_EQ(addressees<StartOrder>(orders).size(), round < 3 ? 1u : 0u);
  }
  EXPECT_EQ(coordinator.phase(), Coordinator::Phase::done);
  EXPECT_EQ(coordinator.outcome().failure->code, Errc::timeout);
}

/// Armed and started; of the third camera comes no stamp.
void hear_two_of_three(Coordinator& coordinator) {
  arm(coordinator, at(seconds(0)));
  coordinator.on_time(at(milliseconds(20)));
  coordinator.on_report(0, StartedReport{}, at(seconds(1)));
  for (const size_t camera : {size_t{0}, size_t{1}})
    coordinator.on_report(camera, StampReport{stamp_us(131'500), at(seconds(1))}, at(seconds(1)));
}

TEST(Coordinator, GivesUpNamingTheCameraThatDoesNotLock) {
  Coordinator coordinator(chain(), {});
  hear_two_of_three(coordinator);
  EXPECT_THAT(coordinator.on_time(at(seconds(10))), IsEmpty());
  coordinator.on_time(at(seconds(11)));
  ASSERT_TRUE(coordinator.outcome().failure);
  EXPECT_THAT(coordinator.outcome().failure->message, HasSubstr("right: no picture came"));
}

/// Only against its plan: two lines, each with a master of its own.
TEST(Coordinator, StartsTheMastersOfTwoLinesLastAndStopsThemFirst) {
  Plan plan;
  plan.cameras = {camera("a", WiredSync::master, 3), camera("b", WiredSync::subordinate, 0),
                  camera("c", WiredSync::master, 2), camera("d", WiredSync::subordinate, 1)};
  plan.source = "a";
  Coordinator coordinator(plan, {.ticks = 30});
  const HostTime now = at(seconds(0));
  EXPECT_EQ(addressees<StartOrder>(coordinator.begin(now)), Cameras{1});
  EXPECT_EQ(addressees<StartOrder>(coordinator.on_report(1, StartedReport{}, now)), Cameras{3});
  coordinator.on_report(3, StartedReport{}, now);
  coordinator.on_report(1, ArmedReport{}, now);
  EXPECT_THAT(coordinator.on_time(now), IsEmpty());
  coordinator.on_report(3, ArmedReport{}, now);
  EXPECT_EQ(addressees<StartOrder>(coordinator.on_time(now)), (Cameras{0, 2}));
  coordinator.on_report(0, StartedReport{}, now);
  coordinator.on_report(2, StartedReport{}, now);
  Coordinator::Orders orders;
  for (int tick = 0; tick < 10; ++tick) {
    for (size_t i = 0; i < 4; ++i) {
      auto more =
          coordinator.on_report(i, StampReport{stamp_us(131'500 + tick * kPeriodUs), now}, now);
      if (!more.empty()) orders = more;
    }
  }
  EXPECT_EQ(addressees<RecordOrder>(orders), (Cameras{0, 1, 2, 3}));
  for (size_t i = 0; i < 4; ++i)
    orders = coordinator.on_report(i, RecordedReport{EndOfCamera::length_reached}, now);
  EXPECT_EQ(addressees<StopOrder>(orders), (Cameras{0, 2, 1, 3}));
  for (size_t i = 0; i < 4; ++i) coordinator.on_report(i, StoppedReport{}, now);
  EXPECT_EQ(coordinator.phase(), Coordinator::Phase::done);
  EXPECT_FALSE(coordinator.outcome().failure);
}

TEST(Participant, ArmsAfterSilenceAndOnlyWhenPlugged) {
  Participant participant(camera("right", WiredSync::subordinate, 0), 219'566);
  participant.on_order(StartOrder{}, at(seconds(0)));
  auto actions = participant.on_event(DeviceStarted{{.in_plugged = false}}, at(seconds(1)));
  EXPECT_TRUE(std::holds_alternative<NotPluggedReport>(std::get<Report>(actions.at(1))));
  actions = participant.on_time(at(seconds(5)));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(std::get<DeviceCommand>(actions[0]), DeviceCommand::read_jacks);

  participant.on_event(DeviceJacks{{.in_plugged = true}}, at(seconds(5)));
  EXPECT_THAT(participant.on_time(at(milliseconds(5'300))), IsEmpty());
  actions = participant.on_time(at(milliseconds(5'330)));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<ArmedReport>(std::get<Report>(actions[0])));
}

DeviceData data(double us);

TEST(Participant, TellsOfAPictureWhileTheLineHasToBeSilent) {
  Participant participant(camera("right", WiredSync::subordinate, 0), 219'566);
  participant.on_order(StartOrder{}, at(seconds(0)));
  participant.on_event(DeviceStarted{}, at(seconds(0)));
  for (const Nanos now : {Nanos(seconds(0)), Nanos(seconds(1))}) {  // arming, then armed
    participant.on_time(at(now));
    const auto actions = participant.on_event(data(219'600), at(now));
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<EarlyPulseReport>(std::get<Report>(actions[0])));
  }
}

DeviceData data(double us) {
  auto capture = std::make_shared<Capture>();
  capture->color.emplace();
  capture->color->stamp = stamp_us(us);
  return {capture, at(Nanos(static_cast<int64_t>(us * 1000))), {}};
}

std::vector<double> written_us(const Participant::Actions& actions) {
  std::vector<double> result;
  for (const auto& action : actions) {
    if (const auto* write = std::get_if<WriteCapture>(&action)) {
      result.push_back(static_cast<double>(write->capture->stamp().ns()) / 1000);
    }
  }
  return result;
}

TEST(Participant, WritesFromTheOrderedTickOnAndNoLongerThanTheLength) {
  Participant participant(camera("left", WiredSync::master, 0), 219'566);
  participant.on_order(StartOrder{}, at(seconds(0)));
  participant.on_event(DeviceStarted{}, at(seconds(0)));
  for (int k = 0; k < 5; ++k) participant.on_event(data(131'500 + k * kPeriodUs), at(seconds(0)));

  // The order comes late: ticks 3 and 4 are among the recent captures and are not lost.
  const auto late =
      participant.on_order(RecordOrder{stamp_us(131'500 + 2.5 * kPeriodUs), 3}, at(seconds(0)));
  EXPECT_EQ(written_us(late).size(), 2u);
  EXPECT_EQ(written_us(participant.on_event(data(131'500 + 5 * kPeriodUs), at(seconds(0)))).size(),
            1u);
  const auto end = participant.on_event(data(131'500 + 6 * kPeriodUs), at(seconds(0)));
  EXPECT_THAT(written_us(end), IsEmpty());
  EXPECT_FALSE(participant.recording());
}

TEST(Participant, CountsTheLengthFromTheFirstCaptureWhenNoTickIsKnown) {
  Participant participant(camera("left", WiredSync::master, 0), 219'566);
  participant.on_order(StartOrder{}, at(seconds(0)));
  participant.on_event(DeviceStarted{}, at(seconds(0)));
  EXPECT_THAT(participant.on_order(RecordOrder{std::nullopt, 2}, at(seconds(9))), IsEmpty());
  for (int k = 300; k < 302; ++k) {
    const auto actions = participant.on_event(data(k * kPeriodUs), at(seconds(10)));
    EXPECT_EQ(written_us(actions).size(), 1u);
  }
  EXPECT_TRUE(participant.recording());
  participant.on_event(data(302 * kPeriodUs), at(seconds(10)));
  EXPECT_FALSE(participant.recording());
}

TEST(Participant, IgnoresStampsFromBeforeTheRollBack) {
  Participant participant(camera("right", WiredSync::subordinate, 0), 219'566);
  participant.on_order(StartOrder{}, at(seconds(0)));
  participant.on_event(DeviceStarted{}, at(seconds(0)));
  participant.on_time(at(seconds(1)));
  participant.on_order(ExpectPulsesOrder{}, at(seconds(1)));
  // Said once, in case that nothing else comes.
  const auto said = participant.on_event(data(7e6), at(seconds(1)));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(std::get<NotRolledBackReport>(std::get<Report>(said[0])).stamp, stamp_us(7e6));
  EXPECT_THAT(participant.on_event(data(7e6 + kPeriodUs), at(seconds(1))), IsEmpty());
  const auto heard = participant.on_event(data(219'600), at(seconds(1)));
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<StampReport>(std::get<Report>(heard[0])));
}

/// The first three captures after the pulse were lost: those that follow are too late to be heard.
TEST(Coordinator, SaysThatPicturesComeWhoseRollBackNobodySaw) {
  Coordinator coordinator(chain(), {});
  hear_two_of_three(coordinator);
  coordinator.on_report(2, NotRolledBackReport{stamp_us(331'500)}, at(seconds(1)));
  coordinator.on_time(at(milliseconds(11'100)));
  ASSERT_TRUE(coordinator.outcome().failure);
  EXPECT_THAT(coordinator.outcome().failure->message, HasSubstr("right: pictures come"));
  EXPECT_THAT(coordinator.outcome().failure->message, HasSubstr("first stamp is 0.332 s"));
  EXPECT_THAT(coordinator.outcome().failure->message, Not(HasSubstr("no picture came")));
}

}  // namespace
}  // namespace lockstep
