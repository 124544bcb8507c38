/// Every kind, codec, mask mode, a seeded record and signatures, as committed bytes.

#include <gtest/gtest.h>

#include <functional>

#include "assimilaate/stream/head.hpp"
#include "assimilaate/stream/internal/golden_files.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/key_set.hpp"
#include "assimilaate/stream/records.hpp"
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

/// Tables and a generator for the small stream.
EpochSetup tables() {
  EpochSetup epoch;
  epoch.generator = InputGenerator{.seed = 0x0123456789abcdef, .marginals = {}};
  for (const Shape& shape : internal::small_descriptor().shapes()) {
    for (std::size_t s = 0; s < shape.spaces(); ++s) {
      std::vector<std::uint64_t> counts;
      for (std::uint32_t a = 0; a < shape.addresses(s); ++a) counts.push_back(std::uint64_t{1} << (2 * (15 - a)));
      epoch.frequencies.push_back(s % 2 == 0 ? thresholds_of(counts) : Thresholds{});
      if (epoch.generator->marginals.size() < 5) epoch.generator->marginals.push_back(thresholds_of(counts));
    }
  }
  return epoch;
}

ColumnCoding coding() {
  const auto epoch = tables();
  return {
      .shapes = internal::small_descriptor().shapes(), .frequencies = epoch.frequencies, .generator = epoch.generator};
}

/// Records with low addresses, which the tables favour.
std::vector<AatBlock> low_records(std::size_t count) {
  auto records = internal::drawn_records(internal::small_descriptor(), count, 3);
  for (AatBlock& block : records)
    for (Address& a : block.entries.values()) a /= 4;
  return records;
}

Bytes segment_of(const ColumnBody& body, std::size_t count) {
  auto header = header_of(body, count);
  header.stream = stream_id(internal::small_descriptor());
  header.codebook = codebooks_digest(internal::small_descriptor());
  header.index = 3;
  return seal_segment(header, body.bytes, &teacher);
}

/// Decode a segment of records, and encode it anew.
Bytes again(const Bytes& bytes, std::span<const std::uint64_t> counters = {}) {
  const auto segment = open_segment(bytes, trust()).value();
  const auto records = decode_records(segment, coding()).value();
  return segment_of(encode_columns(coding(), records, 0, segment.header.records, counters), segment.header.records);
}

struct Golden {
  const char* file;
  std::function<Bytes()> made;
  std::function<Bytes(const Bytes&)> again;  ///< read and written once more
};

const std::vector<std::uint64_t> counters{5, 6, 9, 300, 301, 302, 303, 304, 305};

std::vector<Golden> files() {
  const auto descriptor = internal::small_descriptor();
  const auto id = stream_id(descriptor);
  const Statement of{.stream = id, .codebook = codebooks_digest(descriptor), .epoch = 2, .version = 7, .time_ms = 9};
  const auto records = [](std::size_t count, auto change) {
    auto all = low_records(count);
    change(all);
    return segment_of(encode_columns(coding(), all, 0, count), count);
  };
  return {
      {"v1/coded.aat", [=] { return records(300, [](auto&) {}); }, [](const Bytes& b) { return again(b); }},
      {"v1/mask_segment.aat",
       [=] {
         return records(9, [](auto& all) {
           for (std::size_t r = 0; r < 9; ++r) all[0].entries(r, 1) = all[2].entries(r, 0) = None;
         });
       },
       [](const Bytes& b) { return again(b); }},
      {"v1/mask_record_coded.aat",
       [=] { return records(300, [](auto& all) { all[0].entries(2, 0) = all[1].entries(5, 2) = None; }); },
       [](const Bytes& b) { return again(b); }},
      {"v1/seeded.aat",
       [] {
         auto all = low_records(9);
         const auto c = coding();
         for (std::size_t r = 0; r < 9; ++r) c.generator->draw(counters[r], all[0].entries.row(r));
         return segment_of(encode_columns(c, all, 0, 9, counters), 9);
       },
       [](const Bytes& b) { return again(b, counters); }},
      {"v1/setup.aat",
       [=] {
         auto epoch = tables();
         epoch.base_tip = blake2b_256(write_descriptor(descriptor));
         epoch.update_old_pm = 500;
         return seal_segment({.kind = SegmentKind::Setup, .stream = id, .epoch = 2, .base_epoch = 1},
                             write_setup(descriptor, epoch), &teacher);
       },
       [](const Bytes& b) {
         const auto segment = open_segment(b, trust()).value();
         const auto setup = parse_setup(segment.body).value();
         return seal_segment(segment.header, write_setup(setup.descriptor, setup.epoch), &teacher);
       }},
      {"v1/tombstone.aat",
       [=] {
         return seal_segment({.kind = SegmentKind::Tombstone, .stream = id, .index = 400},
                             write_tombstone({.ranges = {{2, 5}, {300, 300}}, .reason = 1}), &teacher);
       },
       [](const Bytes& b) {
         const auto segment = open_segment(b, trust()).value();
         return seal_segment(segment.header, write_tombstone(parse_tombstone(segment.body, 400).value()), &teacher);
       }},
      {"v1/head_signed.aat",
       [=] {
         Head head{.version = 9, .time_ms = 1000, .tip = {2, 3, blake2b_256({}), 4000, 1}, .previous = Tip{1, 2}};
         head.held_out = 20;
         head.expires_ms = 5000;
         head.keys_version = 2;
         head.bases = {"https://example.org/streams"};
         head.no_mqtt = true;
         return write_head(id, head, &teacher);
       },
       [=](const Bytes& b) { return write_head(id, parse_head(id, b, trust()).value(), &teacher); }},
      {"v1/plan.aat",
       [=] {
         Plan plan{.stream = id, .target_epoch = 3, .fallback_epoch = 2, .phases = {{100, 5, 60, false}, {9900, 9}}};
         plan.cohort = {.salt = Bytes(4, std::byte{7}), .to = 10'000, .classes = {1, 300}, .regions = {Bytes(2)}};
         plan.gate = {.converged_pm = 950, .abort_pm = 50};
         plan.expires_ms = 123'456'789'012;
         return write_plan(of, plan, &teacher);
       },
       [](const Bytes& b) {
         const auto plan = parse_plan(b, trust()).value();
         return write_plan(plan.of, plan.body, &teacher);
       }},
      {"v1/report.aat",
       [=] {
         Report report{
             .state = ReportState::Active, .active_epoch = 2, .tip = {std::byte{1}, std::byte{2}}, .next_index = 300};
         report.slope_pm = -12;
         report.agree_hist = Bytes(8, std::byte{9});
         report.down_by_carrier = {1'000'000, 0, 5};
         report.novelty_seen_kept_sent_dropped = {4, 3, 2, 1};
         report.drift_pm = INT32_MIN;
         report.uptime_s = UINT32_MAX;
         return write_report(of, report, &teacher);
       },
       [](const Bytes& b) {
         const auto report = parse_report(b, trust()).value();
         return write_report(report.of, report.body, &teacher);
       }},
      {"v1/health.aat",
       [=] { return write_health(of, {.active_epoch = 2, .drift_pm = 5, .energy_mj = UINT64_MAX}, &teacher); },
       [](const Bytes& b) {
         const auto health = parse_health(b, trust()).value();
         return write_health(health.of, health.body, &teacher);
       }},
      {"v1/novelty.aat",
       [=] { return write_novelty(of, {.epoch = 2, .seen = 9, .consent = 1}, low_records(3), &teacher); },
       [=](const Bytes& b) {
         const auto n = parse_novelty(b, trust(), descriptor.shapes(), codebooks_digest(descriptor)).value();
         return write_novelty(n.of, n.body.novelty, n.body.records, &teacher);
       }},
      {"v1/keys.aat",
       [=] {
         const std::vector roots{key_of(8), key_of(9)};
         return write_key_set({.version = 3,
                               .threshold = 2,
                               .keys = {{.key = teacher.public_key(), .streams = {id}, .expires_ms = 77}},
                               .revoked = {5},
                               .expires_ms = 99},
                              roots, 11);
       },
       [](const Bytes& b) {
         const std::vector roots{key_of(8), key_of(9)};
         const Roots all{{roots[0].public_key(), roots[1].public_key()}, 2};
         return write_key_set(parse_key_set(b, all, 50).value(), roots, 11);
       }},
  };
}

TEST(GoldenKinds, DecodeForEverAndEncodeToTheSameBytes) {
  for (const Golden& file : files()) {
    const auto made = file.made(), bytes = internal::golden_bytes(file.file, made);
    EXPECT_EQ(bytes, made) << file.file;
    EXPECT_EQ(file.again(bytes), bytes) << file.file;
  }
  for (const char* coded : {"v1/coded.aat", "v1/mask_record_coded.aat"})
    EXPECT_EQ(parse_segment(read_file(internal::golden / coded)).value().header.codec, 1) << coded;
}

/// What the segments of records hold, in words, so that other decoders can be held against it.
TEST(GoldenKinds, SayWhatTheirRecordsAre) {
  std::string text;
  for (const Golden& file : files()) {
    const auto bytes = read_file(internal::golden / file.file);
    const auto segment = parse_segment(bytes).value();
    if (segment.header.kind != SegmentKind::Data) continue;
    const auto records = decode_records(segment, coding()).value();
    for (std::size_t r = 0; r < segment.header.records; ++r) {
      text += file.file;
      for (const AatBlock& block : records)
        for (const Address a : block[r]) text += a == None ? " -" : fmt::format(" {}", a);
      text += "\n";
    }
  }
  const auto made = internal::text_bytes(text);
  EXPECT_EQ(internal::golden_bytes("v1/records.txt", made), made);
}

}  // namespace
}  // namespace assimilaate
