#include "assimilaate/target/subscriber.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/target/internal/subscriber_state.hpp"
#include "assimilaate/target/internal/test_subscriber.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;
using internal::live;
using internal::MemoryCarrier;
using internal::refusal;
using internal::Reports;
using internal::served_by;
using internal::settle;
using internal::small;
using internal::TestStream;
using Kind = Turn::Kind;
using Bytes = std::vector<std::byte>;

TEST(Subscriber, LearnsAnEpochValidatesItAndServes) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  Subscriber target(folder / "t", small());
  EXPECT_NE(refusal([&] { (void)Subscriber::serving_file(folder / "t"); }, Errc::Io).find("no bank serves"),
            std::string::npos);
  Reports reports;
  const Turn last = settle(target, &carrier, &reports);
  EXPECT_EQ(last.kind, Kind::Activated);
  EXPECT_EQ(last.judgement.held_out, 40U);
  EXPECT_GT(last.judgement.task, 0.6);
  EXPECT_EQ(target.serving_epoch(), 1U);
  ASSERT_EQ(reports.all.size(), 2U) << "one when it began, one when it serves";
  EXPECT_LE(reports.all.back().size(), 256U + 200U);
  const Report report = reports.last(target.name());
  EXPECT_EQ(report.state, ReportState::Active);
  EXPECT_EQ(report.active_epoch, 1U);
  EXPECT_EQ(report.records, 64U);
  EXPECT_EQ(report.presentations, 2U * 64U * (4U + 1U)) << "two banks, once as they arrive and four passes";
  EXPECT_NEAR(report.task_pm, 1000 * last.judgement.task, 1);
  EXPECT_GT(report.pulses, 0U);
  double all = 0;
  for (const std::byte part : report.agree_hist) all += static_cast<double>(part);
  EXPECT_EQ(report.agree_hist.size(), 8U);
  EXPECT_NEAR(all, 255, 4) << "rounded eight times";
}

TEST(Subscriber, EndsTheSameToTheBitHoweverTheStreamArrivesAndWheneverItIsKilled) {
  const TemporaryFolder folder;
  MemoryCarrier whole;
  live().write(whole);
  {
    Subscriber undisturbed(folder / "whole", small());
    ASSERT_EQ(settle(undisturbed, &whole).kind, Kind::Activated);
  }
  const Bytes expected = served_by(folder / "whole");
  // Segment by segment, and the process begins anew after every turn.
  const auto id = whole.streams().front();
  const auto& log = whole.log({id, 1});
  MemoryCarrier growing = whole;
  std::optional<Subscriber> target;
  std::size_t arrived_early = 0, turns = 0;
  for (std::size_t end = 0; end < log.size();) {
    end += parse_segment(std::span(log).subspan(end)).value().header.segment_length();
    growing.log({id, 1}).assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(end));
    for (Turn turn{.kind = Kind::Learnt}; turn.kind != Kind::Idle && turns < 100; ++turns) {
      target.reset();
      target.emplace(folder / "killed", small());
      try {
        turn = target->turn(&growing, {});
      } catch (const Error& problem) {  // the carrier has less than its head says
        EXPECT_EQ(problem.code(), Errc::Io);
        turn = target->turn(nullptr, {});
      }
      arrived_early += turn.kind == Kind::Learnt && end < log.size();
    }
  }
  target.reset();
  EXPECT_GE(arrived_early, 2U) << "it learns while the rest is under way";
  EXPECT_TRUE(served_by(folder / "killed") == expected);
}

TEST(Subscriber, StoppedInAnyPlaceGoesOnAsIfNothingHadHappened) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  {
    Subscriber undisturbed(folder / "whole", small("damaged"));
    settle(undisturbed, &carrier);
  }
  const Bytes expected = served_by(folder / "whole");
  Kind kind = Kind::Idle;
  std::size_t stops = 0;
  for (std::size_t at = 1; kind != Kind::Activated && at < 200; ++at) {
    Subscriber target(folder / "stopped", small("damaged"));
    internal::StopAt stop(1 + at % 3);
    try {
      do {
        kind = target.turn(&carrier, {}, &stop, stop.token()).kind;
      } while (kind != Kind::Activated);
    } catch (const Error& problem) {
      ASSERT_EQ(problem.code(), Errc::Interrupted);
      ++stops;
    }
  }
  EXPECT_GE(stops, 3U);
  EXPECT_TRUE(served_by(folder / "stopped") == expected);
}

TEST(Subscriber, ServesTheOldBankUntilTheNewOneIsValidatedAndGoesBackAtOnce) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  Subscriber target(folder / "t", small());
  settle(target, &carrier);
  const Bytes first = served_by(folder / "t");
  live(6).write(carrier);
  Turn turn;
  do {
    EXPECT_TRUE(served_by(folder / "t") == first);
    EXPECT_EQ(target.serving_epoch(), 1U);
    turn = target.turn(&carrier, {});
  } while (turn.kind != Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 2U);
  EXPECT_GT(turn.judgement.task, turn.served.task) << "the old bank knows the old network";
  EXPECT_FALSE(served_by(folder / "t") == first);
  Reports reports;
  target.roll_back();
  EXPECT_TRUE(served_by(folder / "t") == first);
  target.send(reports);
  EXPECT_EQ(target.turn(&carrier, {}).kind, Kind::Idle) << "what it went back from is not tried again";
  EXPECT_EQ(reports.last(target.name()).state, ReportState::RolledBack);
  EXPECT_EQ(reports.last(target.name()).active_epoch, 1U);
  EXPECT_NE(refusal([&] { target.roll_back(); }, Errc::Usage), "");
  target.retry();
  EXPECT_EQ(settle(target, &carrier).kind, Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 2U);
}

TEST(Subscriber, ThatDoesNotConvergeOnAnEpochServesTheOneBefore) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  Subscriber target(folder / "t", small());
  settle(target, &carrier);
  const Bytes first = served_by(folder / "t");
  TestStream bad = live();
  bad.garbled = true;
  bad.write(carrier);
  Reports reports;
  const Turn turn = settle(target, &carrier, &reports);
  EXPECT_EQ(turn.kind, Kind::NotConverged);
  EXPECT_NE(turn.reason.find("are wanted"), std::string::npos);
  EXPECT_EQ(reports.last(target.name()).state, ReportState::NotConverged);
  EXPECT_TRUE(served_by(folder / "t") == first);
  live(6).write(carrier);
  EXPECT_EQ(settle(target, &carrier).kind, Kind::Activated) << "the next epoch is tried";
}

TEST(Subscriber, WithOneBankGoesBackByLearningTheOlderEpochAgain) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  auto options = small();
  options.two_banks = false;
  Subscriber target(folder / "t", options);
  settle(target, &carrier);
  live(6).write(carrier);
  ASSERT_EQ(settle(target, &carrier).kind, Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 2U);
  target.roll_back();
  const Turn back = settle(target, nullptr);
  EXPECT_EQ(back.kind, Kind::Activated) << "from its spool, without a carrier";
  EXPECT_EQ(target.serving_epoch(), 1U);
  EXPECT_GT(back.judgement.task, 0.6);
  TestStream bad = live();
  bad.garbled = true;
  bad.write(carrier);
  Reports reports;
  settle(target, &carrier, &reports);
  EXPECT_EQ(target.serving_epoch(), 1U) << "what was overwritten in vain is learnt again";
  EXPECT_EQ(reports.last(target.name()).state, ReportState::RolledBack);
}

TEST(Subscriber, ThatCannotTakeBackPulsesLearnsWhatItLearntLastAgain) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  auto options = small();
  double undisturbed = 0;
  {
    Subscriber target(folder / "whole", options);
    undisturbed = settle(target, &carrier).judgement.task;
  }
  options.keeps_pulses = true;
  Turn turn;
  for (int lives = 0; turn.kind != Kind::Activated && lives < 100; ++lives) {
    Subscriber target(folder / "t", options);
    turn = target.turn(&carrier, {});
    if (turn.kind != Kind::Activated && lives % 2 == 0) turn = target.turn(&carrier, {});
  }
  EXPECT_EQ(turn.kind, Kind::Activated);
  EXPECT_NEAR(turn.judgement.task, undisturbed, 3 * std::sqrt(undisturbed * (1 - undisturbed) * 2 / 40))
      << "three standard errors of a difference over 40 held-out examples";
  EXPECT_FALSE(served_by(folder / "t") == served_by(folder / "whole")) << "else nothing was learnt twice";
}

TEST(Subscriber, FetchesWhatAnEpochExtendsFirst) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  TestStream made = live();
  made.write(carrier);
  made.start = EpochStart::Extension;
  made.examples = 32;
  made.write(carrier);
  Subscriber target(folder / "t", small());
  Turn last;
  std::size_t most = 0;
  for (Turn turn = target.turn(&carrier, {}); turn.kind != Kind::Idle; turn = target.turn(&carrier, {})) {
    most = std::max(most, turn.records);
    last = turn;
  }
  EXPECT_EQ(last.kind, Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 2U);
  EXPECT_EQ(most, 96U) << "64 of the epoch before and 32 more";
}

TEST(Subscriber, WithOtherPassesThanItWasStoppedWithLearnsTheEpochFromItsStart) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  const auto file = folder / "t" / "a.target";
  for (std::size_t at = 1; !fs::exists(file) || !Target::load(file).begun(); ++at) {
    ASSERT_LT(at, 100U);
    Subscriber target(folder / "t", small());
    internal::StopAt stop(at);
    try {
      while (target.turn(&carrier, {}, &stop, stop.token()).kind != Kind::Activated) {
      }
    } catch (const Error& problem) {
      ASSERT_EQ(problem.code(), Errc::Interrupted);
    }
  }
  ASSERT_EQ(Subscriber::facts(folder / "t").serving_epoch, 0U) << "it was stopped between two rounds";
  auto more = small();
  more.passes = 8;
  Subscriber target(folder / "t", more);
  Reports reports;
  EXPECT_EQ(settle(target, &carrier, &reports).kind, Kind::Activated);
  EXPECT_EQ(reports.last(target.name()).presentations, 2U * 64U * (4U + 8U) / 4U * 3U);
}

TEST(Subscriber, KeepsNoveltyAlsoOnceAHeadNamesMoreThanItLearnt) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  const auto id = carrier.streams().front();
  Subscriber target(folder / "t", small());
  settle(target, &carrier);
  {
    LogWriter writer(carrier, {id, 1});
    writer.withdraw({{{1, 1}}, 0});
    writer.publish();
  }
  settle(target, &carrier);
  const StreamReader reader(carrier);
  EXPECT_EQ(Subscriber::keep_novelty(folder / "t", reader.boundaries().front()), 0U) << "all of it was taught";
}

TEST(Subscriber, ThatCannotEvenGoBackStillRefusesTheEpochThatItWentBackFrom) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  auto options = small();
  options.two_banks = false;
  {
    Subscriber target(folder / "t", options);
    settle(target, &carrier);
  }
  options.least = 1;
  Subscriber target(folder / "t", options);
  live(6).write(carrier);
  EXPECT_EQ(settle(target, &carrier).kind, Kind::NotConverged);
  EXPECT_EQ(Subscriber::facts(folder / "t").refused_epoch, 2U);
}

TEST(Subscriber, LeavesNoHalfWrittenFileOfAnEarlierLife) {
  const TemporaryFolder folder;
  { const Subscriber first(folder / "t", small()); }
  const auto left = folder / "t" / "a.target.4711-0.part";
  write_file_atomic(left, std::string_view("half"));
  const Subscriber second(folder / "t", small());
  EXPECT_FALSE(fs::exists(left));
}

TEST(Subscriber, KeepsItsReportWhileNobodyTakesIt) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  Reports reports;
  {
    Subscriber target(folder / "t", small());
    settle(target, &carrier);
    reports.broken = true;
    EXPECT_NE(refusal([&] { target.send(reports); }, Errc::Io), "");
  }
  reports.broken = false;
  Subscriber target(folder / "t", small());
  target.send(reports);
  ASSERT_EQ(reports.all.size(), 1U);
  EXPECT_EQ(reports.last(target.name()).state, ReportState::Active) << "the newest replaces those that were not sent";
  target.send(reports);
  EXPECT_EQ(reports.all.size(), 1U);
}

TEST(Subscriber, IsOneProcessForOneStream) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  {
    Subscriber target(folder / "t", small());
    settle(target, &carrier);
    EXPECT_NE(refusal([&] { Subscriber other(folder / "t", small()); }, Errc::Io).find("another"), std::string::npos);
  }
  auto other = small();
  other.stream = StreamId{};
  EXPECT_NE(refusal([&] { Subscriber again(folder / "t", other); }, Errc::Usage).find("subscribed to stream"),
            std::string::npos);
  auto state = read_file(folder / "t" / "state");
  state[20] ^= std::byte{1};
  write_file_atomic(folder / "t" / "state", state);
  EXPECT_NE(refusal([&] { Subscriber again(folder / "t", small()); }, Errc::Integrity).find("checksum"),
            std::string::npos);
}

}  // namespace
}  // namespace assimilaate
