#include "assimilaate/fleet/collection.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/fleet/fleet_status.hpp"
#include "assimilaate/fleet/internal/schema.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;
using internal::full_report;
using internal::test_device;
using internal::test_report;

constexpr std::int64_t day = 86'400'000;  // [ms]
constexpr std::int64_t today = 20'000 * day;

class CollectionTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "fleet.db"; }
  [[nodiscard]] Upload from_device(Bytes segment) const { return {device_.public_key(), std::move(segment)}; }
  [[nodiscard]] Upload report(std::uint64_t counter) const { return from_device(test_report(device_, counter)); }
  /// A collection that knows the small stream, for one upload.
  Collected take(const Upload& upload, std::int64_t now = today, CollectionRules rules = {}) {
    if (!std::filesystem::exists(folder_ / "streams"))
      internal::write_small_stream(*open_carrier((folder_ / "streams").string(), Access::Write), 10, 2);
    Collection collection(file(), std::move(rules), std::make_unique<KnownStreams>((folder_ / "streams").string()));
    return collection.take(std::array{upload}, now);
  }
  /// The reason why it is refused; empty when it is taken.
  std::string refusal(const Upload& upload, std::int64_t now = today, CollectionRules rules = {}) {
    const auto collected = take(upload, now, std::move(rules));
    return collected.refused.empty() ? std::string() : collected.refused.begin()->first;
  }
  [[nodiscard]] static Statement of_small(std::uint64_t counter) {
    const auto descriptor = internal::small_descriptor();
    return {.stream = stream_id(small()), .codebook = codebooks_digest(small()), .epoch = 1, .version = counter};
  }
  /// The descriptor as it is published, with the hashes of its codebooks.
  [[nodiscard]] static Descriptor small() {
    auto descriptor = internal::small_descriptor();
    const auto books = internal::small_codebooks();
    for (std::size_t b = 0; b < books.size(); ++b) descriptor.boundaries[b].codebook = blake2b_256(books[b]);
    descriptor.teacher = blake2b_256(internal::text_bytes("network"));
    return descriptor;
  }
  [[nodiscard]] Upload novelty(std::uint64_t counter, std::size_t records = 9, Novelty body = {.consent = 1}) const {
    return from_device(
        write_novelty(of_small(counter), body, internal::drawn_records(small(), records, counter), &device_));
  }

  TemporaryFolder folder_;
  SecretKey device_ = test_device(1);
};

TEST_F(CollectionTest, KeepsWhatAReportSaysAsColumnsAndAsItCame) {
  const auto upload = report(7);
  EXPECT_EQ(upload.segment.size(), 256U + 160) << "the length in use";
  EXPECT_EQ(take(upload).reports, 1U);
  internal::Database database(file(), internal::Database::Missing::Refuse);
  internal::Query query(database, "SELECT * FROM reports");
  ASSERT_TRUE(query.step());
  const Report said = full_report(7);
  for (std::size_t c = 0; c < internal::report_columns().size(); ++c)
    EXPECT_EQ(query.integer(static_cast<int>(8 + c)), internal::report_columns()[c].of(said));
  EXPECT_TRUE(std::ranges::equal(query.blob(static_cast<int>(8 + internal::report_columns().size())), upload.segment));
  EXPECT_EQ(database.number("SELECT agree_mean_pm FROM reports"), 905);
  EXPECT_EQ(database.number("SELECT drift_pm FROM reports"), -8);
  EXPECT_EQ(database.number("SELECT down FROM reports"), 12'000'000);
  EXPECT_EQ(database.number("SELECT novelty_dropped FROM reports"), 4);
  EXPECT_FALSE(query.step());
}

TEST_F(CollectionTest, TakesAReportThatSaysNothingAndOneThatExaggerates) {
  EXPECT_EQ(take(from_device(write_report({.version = 1}, {}, &device_))).reports, 1U);
  Report loud{.next_index = UINT64_MAX, .pulses = UINT64_MAX, .slope_pm = INT32_MIN};
  loud.down_by_carrier = {UINT64_MAX, UINT64_MAX};
  EXPECT_EQ(take(from_device(write_report({.version = 2, .time_ms = INT64_MIN}, loud, &device_))).reports, 1U);
  internal::Database database(file(), internal::Database::Missing::Refuse);
  EXPECT_EQ(database.number("SELECT pulses FROM reports WHERE counter = 2"), INT64_MAX);
  EXPECT_EQ(database.number("SELECT down FROM reports WHERE counter = 2"), INT64_MAX);
  EXPECT_EQ(database.number("SELECT slope_pm FROM reports WHERE counter = 2"), INT32_MIN);
  EXPECT_EQ(read_devices(file()).size(), 1U);
}

TEST_F(CollectionTest, TakesEachReportOnce) {
  EXPECT_EQ(take(report(1)).reports, 1U);
  const auto again = take(report(1));
  EXPECT_EQ(again.reports, 0U);
  EXPECT_EQ(again.duplicates, 1U);
  EXPECT_EQ(take(from_device(write_health({.version = 1}, {}, &device_))).health, 1U) << "kinds count apart";
  EXPECT_EQ(read_devices(file()).at(0).reports, 1U);
}

TEST_F(CollectionTest, RefusesAForgedDevice) {
  const auto other = test_device(2);
  EXPECT_EQ(refusal({other.public_key(), test_report(device_, 1)}), "forged");
  EXPECT_EQ(refusal(from_device(write_report({.version = 2}, {}, nullptr))), "forged");
  auto changed = test_report(device_, 3);
  changed[200] ^= std::byte{1};
  EXPECT_EQ(refusal(from_device(changed)), "damaged");
  auto header = parse_header(test_report(device_, 3)).value();
  header.signature[5] ^= std::byte{1};
  auto bytes = test_report(device_, 3);
  std::ranges::copy(write_header(header), bytes.begin());
  EXPECT_EQ(refusal(from_device(bytes)), "forged");
  EXPECT_TRUE(read_devices(file()).empty());
}

TEST_F(CollectionTest, RefusesAReplayedCounterWithAnotherContent) {
  EXPECT_EQ(take(report(1)).reports, 1U);
  EXPECT_EQ(refusal(from_device(write_report({.version = 1}, {.state = ReportState::Rejected}, &device_))), "counter");
  EXPECT_EQ(read_devices(file()).at(0).report.state, ReportState::Active);
  EXPECT_EQ(refusal(from_device(write_report({.version = UINT64_MAX}, {}, &device_))), "counter");
}

TEST_F(CollectionTest, RefusesWhatIsTooLargeCutShortOrOfAKindThatDoesNotComeUp) {
  Report large = full_report(1);
  large.down_by_carrier.assign(60, UINT32_MAX);
  EXPECT_EQ(refusal(from_device(write_report({.version = 1}, large, &device_))), "size");
  EXPECT_EQ(refusal(from_device(write_plan({.version = 1}, {}, &device_))), "kind");
  auto cut = report(1);
  cut.segment.resize(300);
  EXPECT_EQ(refusal(cut), "damaged");
  EXPECT_EQ(refusal(from_device({})), "damaged");
  auto longer = report(1);
  longer.segment.push_back({});
  EXPECT_EQ(refusal(longer), "damaged");
  SegmentHeader header{.kind = SegmentKind::Report, .index = 1};
  EXPECT_EQ(refusal(from_device(seal_segment(header, Bytes(20, std::byte{0xff}), &device_))), "schema");
  header.flags = 0x8000;
  EXPECT_EQ(refusal(from_device(seal_segment(header, {}, &device_))), "version");
}

TEST_F(CollectionTest, PutsNoveltyIntoQuarantineOnceItHoldsAgainstItsStream) {
  EXPECT_EQ(take(novelty(1)).novelty, 1U);
  const auto rows = read_quarantine(file());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].checked);
  EXPECT_EQ(rows[0].records, 9U);
  auto elsewhere = of_small(2);
  elsewhere.stream = {std::byte{9}};
  const auto unknown = write_novelty(elsewhere, {.consent = 1}, internal::drawn_records(small(), 3, 1), &device_);
  EXPECT_EQ(take(from_device(unknown)).novelty, 1U);
  EXPECT_FALSE(read_quarantine(file()).at(0).checked && read_quarantine(file()).at(1).checked);
}

TEST_F(CollectionTest, RefusesNoveltyWithAnotherCodebookAnAddressOutsideOrNoConsent) {
  auto of = of_small(1);
  of.codebook[3] ^= std::byte{1};
  const auto records = internal::drawn_records(small(), 5, 1);
  EXPECT_EQ(refusal(from_device(write_novelty(of, {.consent = 1}, records, &device_))), "codebook");
  // 3x6 has addresses of three bits: 7 fits the bits and lies outside.
  auto outside = small();
  outside.boundaries[1].shape = Shape(3, 8);
  auto high = internal::drawn_records(outside, 5, 1);
  high[1].entries(2, 1) = 7;
  EXPECT_EQ(refusal(from_device(write_novelty(of_small(2), {.consent = 1}, high, &device_))), "schema");
  EXPECT_EQ(refusal(novelty(3, 5, {.consent = 0})), "consent");
  EXPECT_TRUE(read_quarantine(file()).empty());
  EXPECT_EQ(read_refused(file()).size(), 3U);
}

TEST_F(CollectionTest, NoveltyOverTheQuotaOfADayIsCountedAndNotStoredAndStaysOut) {
  const auto size = novelty(1).segment.size();
  const CollectionRules rules{.novelty_quota = 2 * size};
  EXPECT_EQ(refusal(novelty(1), today, rules), "");
  EXPECT_EQ(refusal(novelty(2), today, rules), "");
  EXPECT_EQ(refusal(novelty(3), today, rules), "quota");
  EXPECT_EQ(take(novelty(3), today, rules).duplicates, 1U);
  EXPECT_EQ(take(novelty(3), today + day, rules).duplicates, 1U) << "of a day that is over";
  EXPECT_EQ(refusal(novelty(4), today + day, rules), "");
  const auto other = test_device(2);
  const auto theirs = write_novelty(of_small(1), {.consent = 1}, internal::drawn_records(small(), 9, 1), &other);
  EXPECT_EQ(refusal({other.public_key(), theirs}, today, rules), "") << "each device has its own";
  EXPECT_EQ(read_quarantine(file()).at(0).segments, 4U);
  EXPECT_EQ(read_refused(file()).at(0).bytes, size);
}

TEST_F(CollectionTest, CountsAFloodWithoutKeepingARowForEach) {
  Collection collection(file());
  std::vector<Upload> flood;
  for (int i = 0; i < 1200; ++i) flood.push_back(from_device(internal::text_bytes(fmt::format("nonsense {}", i))));
  EXPECT_EQ(collection.take(flood, today).refused.at("damaged"), 1200U);
  std::uint64_t counted = 0;
  for (const auto& row : read_refused(file())) counted += row.segments;
  EXPECT_EQ(counted, 1200U);
  internal::Database database(file(), internal::Database::Missing::Refuse);
  EXPECT_EQ(database.number("SELECT count(*) FROM refused"), 1001) << "and one for the rest of the day";
}

TEST_F(CollectionTest, TakesFromTrustedDevicesAloneWhenToldTo) {
  Trust trust;
  const CollectionRules rules{.only = trust.grant({.key = device_.public_key(), .role = Role::Device})};
  const auto other = test_device(2);
  EXPECT_EQ(refusal({other.public_key(), test_report(other, 1)}, today, rules), "stranger");
  EXPECT_EQ(refusal(report(1), today, rules), "");
  const CollectionRules expired{
      .only = Trust().grant({.key = device_.public_key(), .role = Role::Device, .expires_ms = 5})};
  EXPECT_EQ(refusal(report(2), today, expired), "stranger");
}

TEST_F(CollectionTest, FlagsReportsThatNameDifferentTipsForOnePlace) {
  const auto other = test_device(2);
  auto report_of = [](const SecretKey& key, std::uint64_t counter, int tip, std::uint64_t next) {
    return Upload{key.public_key(),
                  write_report({.version = counter}, {.tip = {static_cast<std::byte>(tip)}, .next_index = next}, &key)};
  };
  EXPECT_EQ(take(report_of(device_, 1, 1, 10)).equivocations, 0U);
  EXPECT_EQ(take(report_of(other, 1, 2, 11)).equivocations, 0U);
  EXPECT_EQ(take(report_of(other, 2, 1, 10)).equivocations, 0U);
  EXPECT_EQ(take(report_of(other, 9, 0, 10)).equivocations, 0U) << "names none";
  EXPECT_TRUE(read_equivocations(file()).empty());
  EXPECT_EQ(take(report_of(other, 3, 3, 10)).equivocations, 1U);
  const auto found = read_equivocations(file());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].next_index, 10U);
  EXPECT_EQ(found[0].devices, (std::map<std::string, std::uint64_t>{{"01000000", 2}, {"03000000", 1}}));
}

TEST_F(CollectionTest, RefusesAFileThatIsNoCollectionOrIsDamaged) {
  std::ofstream(folder_ / "text") << std::string(5000, 'x');
  EXPECT_NE(error_of([&] { Collection none(folder_ / "text"); }, Errc::Format).find("is no SQLite"), std::string::npos);
  {
    Collection collection(file());
    std::vector<Upload> many;
    for (std::uint64_t i = 1; i <= 200; ++i) many.push_back(report(i));
    collection.take(many, today);
  }
  auto bytes = read_file(file());
  for (std::size_t at = 4096; at < bytes.size(); ++at) bytes[at] = std::byte{0xa5};
  write_file_atomic(file(), bytes);
  EXPECT_NE(error_of([&] { (void)read_devices(file()); }, Errc::Integrity).find("damaged"), std::string::npos);
}

TEST_F(CollectionTest, StoresAllOfAGroupOrNothing) {
  Collection collection(file());
  internal::Database other(file(), internal::Database::Missing::Refuse);
  other.run("CREATE TRIGGER full BEFORE INSERT ON reports WHEN NEW.counter = 3 BEGIN SELECT RAISE(ABORT, 'full'); END");
  const std::vector<Upload> group{report(1), report(2), report(3)};
  EXPECT_THROW((void)collection.take(group, today), Error);
  EXPECT_TRUE(read_devices(file()).empty());
  other.run("DROP TRIGGER full");
  EXPECT_EQ(collection.take(group, today).reports, 3U);
}

}  // namespace
}  // namespace assimilaate
