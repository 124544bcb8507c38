/// Subscribers and carriers that are damaged, forged, behind, or in league with somebody.

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
#include "assimilaate/target/subscriber.hpp"

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

TEST(Subscriber, RefusesWhatIsNotSignedByWhomItTrustsAndGoesOnServing) {
  const TemporaryFolder folder;
  const auto teacher = SecretKey::generate(), thief = SecretKey::generate();
  SourceTrust trust{.who = Trust().grant({.key = teacher.public_key(), .role = Role::Teacher})};
  MemoryCarrier carrier;
  TestStream made = live();
  made.signing.key = teacher;
  made.write(carrier);
  Subscriber target(folder / "t", small());
  EXPECT_EQ(settle(target, &carrier, nullptr, trust).kind, Kind::Activated);
  const MemoryCarrier good = carrier;
  made.signing.key = thief;
  made.seed = 6;
  made.write(carrier);
  Reports reports;
  const Turn refused = settle(target, &carrier, &reports, trust);
  EXPECT_EQ(refused.kind, Kind::Refused);
  EXPECT_NE(refused.reason.find("not trusted"), std::string::npos) << refused.reason;
  target.send(reports);
  EXPECT_TRUE(reports.last(target.name()).stale);
  EXPECT_EQ(target.serving_epoch(), 1U);
  (void)settle(target, &good, &reports, trust);
  target.send(reports);
  EXPECT_FALSE(reports.last(target.name()).stale);

  MemoryCarrier newer = good;
  made.signing.key = teacher;
  made.write(newer);
  EXPECT_EQ(settle(target, &newer, nullptr, trust).kind, Kind::Activated);
  EXPECT_NE(settle(target, &good, nullptr, trust).reason.find("was seen before"), std::string::npos) << "rolled back";
}

TEST(Subscriber, FetchesDamagedSegmentsAgainAndLearnsNothingFromThem) {
  const TemporaryFolder folder;
  MemoryCarrier good;
  live().write(good);
  MemoryCarrier bad = good;
  auto& log = bad.log({bad.streams().front(), 1});
  log[log.size() / 2] ^= std::byte{1};
  Subscriber target(folder / "t", small());
  Turn turn;
  try {
    turn = settle(target, &bad);
  } catch (const Error& problem) {
    EXPECT_EQ(problem.code(), Errc::Integrity);
  }
  EXPECT_EQ(target.serving_epoch(), 0U);
  EXPECT_EQ(settle(target, &good).kind, Kind::Activated);
}

TEST(Subscriber, LeavesAnEpochThatIsNoLongerThereForANewerOne) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  const auto id = carrier.streams().front();
  carrier.log({id, 1}).resize(carrier.log({id, 1}).size() / 2);
  Subscriber target(folder / "t", small());
  EXPECT_NE(refusal([&] { settle(target, &carrier); }, Errc::Io).find("is there yet"), std::string::npos);
  live(6).write(carrier);
  EXPECT_EQ(settle(target, &carrier).kind, Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 2U);
}

TEST(Subscriber, DoesNotFetchAgainWhatHeldWhenTheRestIsForged) {
  const TemporaryFolder folder;
  const auto teacher = SecretKey::generate(), thief = SecretKey::generate();
  const SourceTrust trust{.who = Trust().grant({.key = teacher.public_key(), .role = Role::Teacher})};
  MemoryCarrier good, bad;
  TestStream made = live();
  made.signing.key = teacher;
  made.write(good);
  made.signing.key = thief;
  made.write(bad);
  const auto id = good.streams().front();
  bad.heads = good.heads;
  auto& log = good.log({id, 1});
  const auto end = parse_segment(log).value().header.segment_length();
  std::ranges::copy(std::span(log).first(end), bad.log({id, 1}).begin());  // the setup is the teacher's
  Subscriber target(folder / "t", small());
  Reports reports;
  for (int tries = 0; tries < 3; ++tries)
    EXPECT_NE(refusal([&] { settle(target, &bad, &reports, trust); }, Errc::Integrity).find("not trusted"),
              std::string::npos);
  target.send(reports);
  EXPECT_TRUE(reports.last(target.name()).stale);
  EXPECT_LE(reports.all.size(), 2U) << "it says so once";
  EXPECT_EQ(Subscriber::facts(folder / "t").again, 0U);
  EXPECT_EQ(settle(target, &good, &reports, trust).kind, Kind::Activated);
  target.send(reports);
  EXPECT_FALSE(reports.last(target.name()).stale);
}

TEST(Subscriber, TakesAnyBytesOfACarrierForDamage) {
  MemoryCarrier good;
  live().write(good);
  const auto id = good.streams().front();
  for (const std::size_t at : {0, 4, 8, 80, 84, 300}) {
    const TemporaryFolder folder;
    MemoryCarrier bad = good;
    bad.log({id, 1})[at] ^= std::byte{0xFF};
    Subscriber target(folder / "t", small());
    try {
      EXPECT_NE(settle(target, &bad).kind, Kind::Activated) << "byte " << at;
    } catch (const Error& problem) {
      EXPECT_TRUE(problem.code() == Errc::Integrity || problem.code() == Errc::Io) << at << ": " << problem.what();
    }
    EXPECT_EQ(settle(target, &good).kind, Kind::Activated) << "byte " << at;
  }
}

TEST(Subscriber, LearnsAnEpochWhoseWithdrawnSegmentsLostTheirBodies) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  const auto id = carrier.streams().front();
  LogReader reader(carrier, id);
  SegmentHeader gone{.kind = SegmentKind::Setup};
  std::uint64_t begin = 0;
  while (gone.kind != SegmentKind::Data) {
    begin = reader.state().bytes;
    gone = reader.next().value().header;
  }
  const auto end = reader.state().bytes;
  {
    LogWriter writer(carrier, {id, 1});
    writer.withdraw({{{gone.index, gone.index}}, 0});
    writer.publish();
  }
  auto& log = carrier.log({id, 1});
  std::fill(log.begin() + static_cast<std::ptrdiff_t>(begin) + segment_limits::header,
            log.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
  Subscriber target(folder / "t", small());
  const Turn turn = settle(target, &carrier);
  EXPECT_EQ(turn.kind, Kind::Activated);
  EXPECT_EQ(turn.judgement.held_out, 40U);
}

TEST(Subscriber, SaysThatItsBankIsDamagedAndFetchesNothingAgain) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  const auto file = folder / "t" / "a.target";
  {
    Subscriber target(folder / "t", small());
    while (!fs::exists(file)) (void)target.turn(&carrier, {});
  }
  auto bytes = read_file(file);
  bytes[bytes.size() / 2] ^= std::byte{1};
  write_file_atomic(file, bytes);
  Subscriber target(folder / "t", small());
  for (int tries = 0; tries < 2; ++tries)
    EXPECT_NE(refusal([&] { settle(target, &carrier); }, Errc::Io).find("a.target: checksum"), std::string::npos);
  EXPECT_EQ(Subscriber::facts(folder / "t").again, 0U);
  fs::remove(file);
  EXPECT_EQ(settle(target, &carrier).kind, Kind::Activated) << "with new memristors";
}

TEST(Subscriber, FetchesADamagedEpochThatAnotherExtendsAgain) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  TestStream made = live();
  made.write(carrier);
  const auto id = carrier.streams().front();
  Subscriber target(folder / "t", small());
  settle(target, &carrier);
  const auto log = folder / "t" / "spool" / "streams" / hex(id) / "00000001" / "log.aat";
  auto bytes = read_file(log);
  bytes[bytes.size() / 2] ^= std::byte{1};
  {
    std::fstream rot(log, std::ios::in | std::ios::out | std::ios::binary);
    rot.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  made.start = EpochStart::Extension;
  made.examples = 32;
  made.write(carrier);
  EXPECT_EQ(settle(target, &carrier).kind, Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 2U);
}

TEST(Subscriber, LearnsAnEpochOfANumberItKnowsAgainWhenItsKeySetBeginsVersionsAnew) {
  const TemporaryFolder folder;
  MemoryCarrier before, after;
  live().write(before);
  live(6).write(after);
  Subscriber target(folder / "t", small());
  settle(target, &before, nullptr, {.keys_version = 1});
  const Bytes first = served_by(folder / "t");
  const SourceTrust reset{.keys_version = 2, .reset_versions = true};
  EXPECT_EQ(settle(target, &after, nullptr, reset).kind, Kind::Activated);
  EXPECT_EQ(target.serving_epoch(), 1U);
  EXPECT_FALSE(served_by(folder / "t") == first) << "it is another epoch of the same number";
}

TEST(Subscriber, DoesNotReportForEverWhereTwoPlacesTakeTurns) {
  const TemporaryFolder folder;
  MemoryCarrier behind, ahead;
  live().write(behind);
  ahead = behind;
  live(6).write(ahead);
  Subscriber target(folder / "t", small());
  Reports reports;
  EXPECT_EQ(settle(target, &ahead, &reports).kind, Kind::Activated);
  const auto before = reports.all.size();
  for (int turns = 0; turns < 10; ++turns) {
    (void)target.turn(&behind, {});
    target.send(reports);
    (void)target.turn(&ahead, {});
    target.send(reports);
  }
  EXPECT_EQ(reports.all.size(), before + 3) << "stale, not stale, and stale until something newer comes";
  EXPECT_TRUE(reports.last(target.name()).stale);
  live(7).write(ahead);
  EXPECT_EQ(settle(target, &ahead, &reports).kind, Kind::Activated);
  EXPECT_FALSE(reports.last(target.name()).stale);
}

TEST(Subscriber, RejectsAnEpochOfHeldOutRecordsAlone) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  TestStream made = live();
  made.live = 0;
  made.examples = 0;
  made.write(carrier);
  Subscriber target(folder / "t", small());
  const Turn turn = settle(target, &carrier);
  EXPECT_EQ(turn.kind, Kind::Refused);
  EXPECT_NE(turn.reason.find("no records"), std::string::npos) << turn.reason;
}

TEST(Subscriber, RejectsAnEpochThatNothingCouldValidate) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  TestStream made = live();
  made.held_out = 0;
  made.write(carrier);
  Subscriber target(folder / "t", small());
  Reports reports;
  const Turn turn = settle(target, &carrier, &reports);
  EXPECT_EQ(turn.kind, Kind::Refused);
  EXPECT_NE(turn.reason.find("no held-out"), std::string::npos);
  target.send(reports);
  EXPECT_EQ(reports.last(target.name()).state, ReportState::Rejected);
}

}  // namespace
}  // namespace assimilaate
