/// What a target refuses: each attack on a stream, with the reason it is given.

#include <gtest/gtest.h>

#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/key_set.hpp"
#include "assimilaate/stream/log_reader.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {
namespace {

using internal::drawn_records;
using internal::error_of;
using internal::MemoryCarrier;

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

const SecretKey teacher = key_of(1), thief = key_of(2);

Signing by(const SecretKey& key, std::int64_t expires_ms = 0) { return {.key = key, .expires_ms = expires_ms}; }

StreamId write_stream(Carrier& carrier, const Signing& signing, std::size_t data = 60, std::int64_t time_ms = 0) {
  StreamWriter writer(carrier, internal::small_descriptor(), internal::small_codebooks(), {}, time_ms, signing);
  writer.add(drawn_records(writer.descriptor(), data, 1));
  writer.add_held_out(drawn_records(writer.descriptor(), 20, 100));
  writer.finish();
  return writer.id();
}

SourceTrust trusting(const SecretKey& key, std::int64_t now_ms = 0) {
  return {.who = Trust().grant({.key = key.public_key()}).at(now_ms)};
}

std::string refusal(const Carrier& carrier, const SourceTrust& trust, Errc code = Errc::Integrity) {
  return error_of([&] { StreamReader reader(carrier, std::nullopt, trust); }, code);
}

::testing::AssertionResult says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos ? ::testing::AssertionSuccess()
                                               : ::testing::AssertionFailure() << "'" << text << "'";
}

/// Segments of a log, apart.
std::vector<std::vector<std::byte>> segments_of(const std::vector<std::byte>& log) {
  std::vector<std::vector<std::byte>> segments;
  for (std::size_t at = 0; at < log.size(); at += segments.back().size()) {
    const auto length = parse_segment(std::span(log).subspan(at)).value().header.segment_length();
    segments.emplace_back(log.begin() + at, log.begin() + at + length);
  }
  return segments;
}

TEST(SignedStream, IsReadByWhoeverTrustsItsTeacher) {
  MemoryCarrier carrier;
  write_stream(carrier, by(teacher));
  for (const auto verification : {Verification::Each, Verification::Chain}) {
    auto trust = trusting(teacher);
    trust.verification = verification;
    const StreamReader reader(carrier, std::nullopt, trust);
    EXPECT_EQ(reader.size(), 60U);
    EXPECT_EQ(reader.signer(), key_id(teacher.public_key()));
  }
  EXPECT_EQ(StreamReader(carrier).size(), 60U);
}

TEST(SignedStream, IsTheSameBytesForTheSameContentAndKey) {
  MemoryCarrier one, two;
  write_stream(one, by(teacher));
  write_stream(two, by(teacher));
  EXPECT_EQ(one.logs, two.logs);
  EXPECT_EQ(one.heads, two.heads);
}

TEST(SignedStream, OfAStrangerIsRefused) {
  MemoryCarrier carrier;
  write_stream(carrier, by(thief));
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher)), "is not trusted here"));
}

TEST(SignedStream, IsNotTheSameAsAnUnsignedOne) {
  MemoryCarrier carrier;
  write_stream(carrier, {});
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher)), "unsigned"));
  auto told = trusting(teacher);
  told.who.allow_unsigned();
  EXPECT_EQ(StreamReader(carrier, std::nullopt, told).size(), 60U);
}

TEST(SignedStream, WithAForgedHeadIsRefused) {
  MemoryCarrier carrier;
  const auto id = write_stream(carrier, by(teacher));
  auto head = parse_head(id, carrier.heads[id]).value();
  head.tip.count = 2;
  carrier.heads[id] = write_head(id, head, &thief);
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher)), "is not trusted here"));
  auto header = parse_segment(carrier.heads[id]).value().header;  // under the teacher's name
  header.key_id = key_id(teacher.public_key());
  std::ranges::copy(write_header(header), carrier.heads[id].begin());
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher)), "forged or altered"));
}

TEST(SignedStream, WithAForgedSegmentIsRefused) {
  for (const auto verification : {Verification::Each, Verification::Chain}) {
    MemoryCarrier carrier;
    const auto id = write_stream(carrier, by(teacher));
    auto& log = carrier.log({id, 1});
    auto segments = segments_of(log);
    const auto segment = parse_segment(segments[1]).value();
    segments[1] = seal_segment(segment.header, segment.body, &thief);
    log.clear();
    for (const auto& one : segments) log.insert(log.end(), one.begin(), one.end());
    auto trust = trusting(teacher);
    trust.verification = verification;
    const auto said = refusal(carrier, trust);
    EXPECT_TRUE(says(said, verification == Verification::Each ? "is not trusted here" : "broken chain"));
  }
}

TEST(SignedStream, WithAnotherSegmentOfTheSameSignerInsideIsRefused) {
  // Right stream, epoch, place and signature; only the chain tells. The last header, and with it the head's tip, is as
  // it was.
  for (const bool is_signed : {true, false}) {
    const SecretKey* key = is_signed ? &teacher : nullptr;
    for (const auto verification : {Verification::Each, Verification::Chain}) {
      MemoryCarrier carrier;
      const auto signing = is_signed ? by(teacher) : Signing{};
      const auto id = write_stream(carrier, signing);
      auto& log = carrier.log({id, 1});
      auto segments = segments_of(log);
      const auto segment = parse_segment(segments[1]).value();
      auto header = segment.header;
      header.time_ms = 1;
      segments[1] = seal_segment(header, segment.body, key);
      ASSERT_EQ(segments.size(), 3U);
      log.clear();
      for (const auto& one : segments) log.insert(log.end(), one.begin(), one.end());
      auto trust = trusting(teacher);
      trust.who.allow_unsigned();
      trust.verification = verification;
      EXPECT_TRUE(says(refusal(carrier, trust), "broken chain"));
    }
  }
}

TEST(SignedStream, SplicedFromAnotherEpochOrStreamIsRefused) {
  MemoryCarrier carrier;
  const auto id = write_stream(carrier, by(teacher));
  write_stream(carrier, by(teacher), 61);
  carrier.log({id, 2}) = carrier.log({id, 1});
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher)), "spliced"));
}

TEST(SignedStream, MismatchedToItsHeadIsRefused) {
  MemoryCarrier carrier, longer;
  const auto id = write_stream(carrier, by(teacher));
  write_stream(longer, by(teacher), 70);  // the same epoch, another content, both by the teacher: not of this head
  carrier.log({id, 1}) = longer.log({id, 1});
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher)), "does not end as the head says"));
  EXPECT_NE(refusal(carrier, {.who = trusting(teacher).who, .verification = Verification::Chain}), "");
}

TEST(SignedStream, ByAKeyOfAnotherRoleStreamOrTimeIsRefused) {
  MemoryCarrier carrier;
  const auto id = write_stream(carrier, by(teacher));
  const auto with = [&](Grant grant) {
    grant.key = teacher.public_key();
    return refusal(carrier, {.who = Trust().grant(grant).at(1000)});
  };
  EXPECT_EQ(with({.streams = {id}}), "");
  EXPECT_TRUE(says(with({.role = Role::Rollout}), "may not sign heads"));
  EXPECT_TRUE(says(with({.role = Role::Head}), "may not sign segments"));
  EXPECT_TRUE(says(with({.streams = {StreamId{}}}), "for other streams"));
  EXPECT_TRUE(says(with({.expires_ms = 999}), "expired"));
  auto revoked = trusting(teacher);
  revoked.who.revoke(key_id(teacher.public_key()));
  EXPECT_TRUE(says(refusal(carrier, revoked), "revoked"));
}

TEST(SignedStream, WithAFrozenHeadIsRefused) {
  MemoryCarrier carrier;
  write_stream(carrier, by(teacher, 5000));
  EXPECT_EQ(refusal(carrier, trusting(teacher, 5000)), "");
  EXPECT_TRUE(says(refusal(carrier, trusting(teacher, 5001)), "frozen"));
}

TEST(SignedStream, MixedWithAnOlderKeySetIsRefused) {
  MemoryCarrier carrier;
  auto signing = by(teacher);
  signing.keys_version = 3;
  write_stream(carrier, signing);
  auto trust = trusting(teacher);
  trust.keys_version = 2;
  EXPECT_TRUE(says(refusal(carrier, trust), "mixed"));
  trust.keys_version = 3;
  EXPECT_EQ(refusal(carrier, trust), "");
}

TEST(SignedStream, ContinuesOnlyWhatItsOwnKeySigned) {
  MemoryCarrier carrier;
  const auto id = write_stream(carrier, by(thief));
  EXPECT_NE(error_of([&] { LogWriter writer(carrier, {id, 1}, by(teacher)); }, Errc::Integrity), "");
  LogWriter(carrier, {id, 1}, by(thief));
}

TEST(SignedStream, VouchesForTheEpochBeforeOnlyWhereItWasItsOwn) {
  for (const auto* before : {&teacher, &thief}) {
    MemoryCarrier carrier;
    write_stream(carrier, by(*before));
    const auto id = write_stream(carrier, by(teacher));
    EXPECT_EQ(parse_head(id, carrier.heads[id]).value().previous.has_value(), before == &teacher);
  }
}

/// What was seen of one state of a stream, taken to another.
std::string step(const MemoryCarrier& from, const MemoryCarrier& to, const SourceTrust& trust_to = {}) {
  const auto seen = StreamReader(from).seen_after({}).value();
  const auto after = StreamReader(to, std::nullopt, trust_to).seen_after(seen);
  return after ? "" : after.error().what();
}

TEST(Seen, NeverGoesBack) {
  MemoryCarrier first, second;
  write_stream(first, by(teacher));
  second = first;
  write_stream(second, by(teacher));
  EXPECT_EQ(step(first, first), "");
  EXPECT_EQ(step(first, second), "");
  EXPECT_TRUE(says(step(second, first), "head version 0, 1 was seen before (rolled back"));
}

TEST(Seen, FindsTwoHeadsOfOneVersionAndTwoLogsOfOneName) {
  MemoryCarrier one, two;
  const auto id = write_stream(one, by(teacher), 60);
  write_stream(two, by(teacher), 61);
  EXPECT_TRUE(says(step(one, two), "two heads of version 0"));
  auto head = parse_head(id, two.heads[id]).value();
  head.version = 7;
  two.heads[id] = write_head(id, head, &teacher);
  EXPECT_TRUE(says(step(one, two), "two logs of one name"));
}

TEST(Seen, HoldsKeySetEpochCountAndTime) {
  const Seen before{.keys_version = 3, .head_version = 5, .epoch = 2, .count = 9, .time_ms = 1000};
  const auto refused = [&](Seen now, std::int64_t expires = 0, bool reset = false) {
    const auto after = take_in(before, now, expires, reset);
    return after ? std::string() : after.error().what();
  };
  EXPECT_EQ(refused(before), "");
  EXPECT_TRUE(says(refused({.keys_version = 2, .head_version = 6, .epoch = 2, .count = 9}), "key set 2, 3 was seen"));
  EXPECT_TRUE(says(refused({.keys_version = 3, .head_version = 6, .epoch = 1, .count = 9}), "epoch 1, 2 was seen"));
  EXPECT_TRUE(says(refused({.keys_version = 3, .head_version = 6, .epoch = 2, .count = 8}), "8 segments of epoch 2"));
  EXPECT_TRUE(says(refused({.keys_version = 3, .head_version = 6, .epoch = 2, .count = 9}, 999), "frozen"));
  EXPECT_EQ(refused({.keys_version = 4, .head_version = 1, .epoch = 1, .count = 1}, 0, true), "");
  EXPECT_NE(refused({.keys_version = 3, .head_version = 1, .epoch = 1, .count = 1}, 0, true), "") << "once only";
  EXPECT_EQ(take_in(before, {.keys_version = 3, .head_version = 6, .epoch = 2, .count = 9}, 0, false)->time_ms, 1000);
}

}  // namespace
}  // namespace assimilaate
