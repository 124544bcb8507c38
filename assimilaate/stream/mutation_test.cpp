/// 10 000 mutated segments of every kind: none crashes a reader, none is accepted.

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "assimilaate/stream/head.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/key_set.hpp"
#include "assimilaate/stream/statements.hpp"
#include "assimilaate/stream/tombstone.hpp"

namespace assimilaate {
namespace {

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

const SecretKey teacher = key_of(1);

Trust trust() {
  Trust all;
  for (const auto role : {Role::Teacher, Role::Rollout, Role::Device})
    all.grant({.key = teacher.public_key(), .role = role});
  return all;
}

/// A segment and whether some bytes pass as one of its kind.
struct Sample {
  Bytes bytes;
  std::function<bool(std::span<const std::byte>)> accepted;
};

std::vector<Sample> samples() {
  const auto descriptor = internal::small_descriptor();
  const auto stream = stream_id(descriptor);
  const auto shapes = descriptor.shapes();
  const auto codebook = codebooks_digest(descriptor);
  const Statement of{.stream = stream, .codebook = codebook, .version = 3, .time_ms = 5};
  const auto records = internal::drawn_records(descriptor, 40, 1, 3);
  std::vector<Sample> all;
  const auto body = encode_columns(records, 0, 40);
  SegmentHeader header{.kind = SegmentKind::Data, .flags = segment_flags::Masked, .stream = stream};
  header.records = 40;
  all.push_back({seal_segment(header, body, &teacher), [=](std::span<const std::byte> bytes) {
                   const auto segment = open_segment(bytes, trust());
                   return segment && segment->header.segment_length() == bytes.size() &&
                          !check_understood(segment->header) &&
                          decode_columns(segment->body, shapes, segment->header.records).has_value();
                 }});
  header = {.kind = SegmentKind::Setup, .stream = stream};
  all.push_back({seal_segment(header, write_setup(descriptor), &teacher), [](std::span<const std::byte> bytes) {
                   const auto segment = open_segment(bytes, trust());
                   return segment && segment->header.segment_length() == bytes.size() &&
                          parse_setup(segment->body).has_value();
                 }});
  Head head;
  head.tip.count = 3;
  all.push_back({write_head(stream, head, &teacher),
                 [=](std::span<const std::byte> bytes) { return parse_head(stream, bytes, trust()).has_value(); }});
  all.push_back({write_plan(of, {.stream = stream, .phases = {{.permyriad = 100}, {.permyriad = 900}}}, &teacher),
                 [](std::span<const std::byte> bytes) { return parse_plan(bytes, trust()).has_value(); }});
  all.push_back({write_report(of, {.state = ReportState::Active, .records = 1000, .slope_pm = -3}, &teacher),
                 [](std::span<const std::byte> bytes) { return parse_report(bytes, trust()).has_value(); }});
  all.push_back({write_health(of, {.active_epoch = 2, .drift_pm = -9}, &teacher),
                 [](std::span<const std::byte> bytes) { return parse_health(bytes, trust()).has_value(); }});
  all.push_back(
      {write_novelty(of, {.epoch = 2, .consent = 1}, records, &teacher),
       [=](std::span<const std::byte> bytes) { return parse_novelty(bytes, trust(), shapes, codebook).has_value(); }});
  const std::vector roots{teacher};
  all.push_back(
      {write_key_set({.keys = {{.key = key_of(2).public_key()}}}, roots), [=](std::span<const std::byte> bytes) {
         return parse_key_set(bytes, {{teacher.public_key()}, 1}, 0).has_value();
       }});
  return all;
}

/// Checksums and hashes right again, as somebody who wants to be believed would make them.
void repair(Bytes& bytes) {
  if (bytes.size() < 256) return;
  const auto put = [&](std::size_t at, const auto& value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
  const auto body = std::span<const std::byte>(bytes).subspan(256);
  put(80, static_cast<std::uint32_t>(body.size()));
  put(76, static_cast<std::uint32_t>(body.size()));
  put(88, xxh3(body));
  put(160, blake2b_256(body));
  put(12, std::uint32_t{0});
  put(12, xxh32(std::span(bytes).first(256)));
}

TEST(TenThousandMutants, AreAllRefused) {
  const Random random(2026, 0);
  const auto all = samples();
  std::uint64_t draw = 0;
  const auto below = [&](std::size_t limit) { return random.bits(Purpose::Select, draw++)[0] % limit; };
  for (const Sample& sample : all) EXPECT_TRUE(sample.accepted(sample.bytes)) << "the sample itself";
  int mutants = 0;
  while (mutants < 10'000) {
    const Sample& sample = all[static_cast<std::size_t>(mutants) % all.size()];
    Bytes bytes = sample.bytes;
    for (std::size_t change = 0; change <= below(3); ++change) {
      const auto at = below(bytes.size());
      switch (below(5)) {
        case 0:
          bytes[at] ^= static_cast<std::byte>(1U << below(8));
          break;
        case 1:
          bytes[at] = static_cast<std::byte>(below(256));
          break;
        case 2:
          bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
          break;
        case 3:
          bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(below(256)));
          break;
        default:
          bytes.resize(at + 1);
      }
    }
    if (below(2) == 0) repair(bytes);
    if (bytes == sample.bytes) continue;
    ++mutants;
    ASSERT_FALSE(sample.accepted(bytes)) << "mutant " << mutants << ": " << hex(bytes);
  }
}

}  // namespace
}  // namespace assimilaate
