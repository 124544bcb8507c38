/// Every call by which a subscriber makes something durable fails or is its last, one after the other.

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>

#include "assimilaate/core/parallel.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/target/internal/test_subscriber.hpp"
#include "assimilaate/target/novelty.hpp"

namespace {

/// Which of the durable calls fail: [from, from + count).
struct Faults {
  std::size_t from = SIZE_MAX, count = 0, calls = 0;
  std::function<void(const std::filesystem::path&)> synced{};  ///< told of each file that is
  bool next() {
    const auto call = calls++;
    return call >= from && call - from < count;
  }
};
Faults faults;

int fail_or(int done) {
  if (done == 0) return 0;
  errno = ENOSPC;
  return -1;
}

}  // namespace

// In place of those of the C library. A power cut is not what is tested: nothing need reach the disk.
extern "C" int fsync(int number) {
  std::error_code none;
  if (faults.synced) faults.synced(std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", number), none));
  return fail_or(faults.next() ? -1 : 0);
}
extern "C" int fdatasync(int) { return fail_or(faults.next() ? -1 : 0); }
extern "C" int rename(const char* from, const char* to) noexcept {
  return faults.next() ? fail_or(-1) : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace assimilaate {
namespace {

namespace fs = std::filesystem;
using internal::live;
using internal::MemoryCarrier;
using internal::Reports;
using internal::served_by;
using internal::settle;
using internal::small;
using internal::TestStream;
using Bytes = std::vector<std::byte>;

/// What a stream says, one after the other: two epochs, and a third that nobody can learn.
std::vector<MemoryCarrier> life() {
  std::vector<MemoryCarrier> all(3);
  live(5).write(all[0]);
  all[1] = all[0];
  live(6).write(all[1]);
  all[2] = all[1];
  TestStream bad = live(6);
  bad.garbled = true;
  bad.write(all[2]);
  return all;
}

struct End {
  Bytes served;
  std::uint32_t serving = 0, refused = 0, learning = 0;
  ReportState state{};
  bool operator==(const End&) const = default;
};

End end_of(const fs::path& folder) {
  const auto facts = Subscriber::facts(folder);
  return {served_by(folder), facts.serving_epoch, facts.refused_epoch, facts.learning_epoch, facts.state};
}

/// Live through it all; where something fails, the process ends and another one begins, or it goes on itself.
/// @return durable calls
std::size_t live_through(const fs::path& folder, const SubscriberOptions& how, std::size_t from, std::size_t count,
                         bool ends) {
  static const auto said = life();
  faults = {.from = from, .count = count, .calls = 0, .synced = {}};
  Reports reports;
  std::optional<Subscriber> target;
  for (const MemoryCarrier& now : said)
    for (int tries = 0;; ++tries) try {
        if (!target) target.emplace(folder, how);
        settle(*target, &now, &reports);
        break;
      } catch (const Error& problem) {
        EXPECT_EQ(problem.code(), Errc::Io) << problem.what();
        if (ends) target.reset();
        if (ends) faults.count = 0;
        if (tries == 9) {
          ADD_FAILURE() << "it never recovers: " << problem.what();
          break;
        }
      }
  return std::exchange(faults, {}).calls;
}

class SubscriberFaults : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override { set_threads(1); }  // so small a work is slower with more
  void TearDown() override { set_threads(0); }
  [[nodiscard]] SubscriberOptions how() const {
    auto options = small();
    options.two_banks = GetParam();
    options.passes = 2;
    options.rounds = 2;
    return options;
  }
};

TEST_P(SubscriberFaults, KilledAtAnyDurableCallEndsTheSameToTheBit) {
  const TemporaryFolder folder;
  const auto calls = live_through(folder / "whole", how(), SIZE_MAX, 0, false);
  const End expected = end_of(folder / "whole");
  EXPECT_EQ(expected.serving, 2U);
  EXPECT_EQ(expected.refused, 3U);
  for (std::size_t k = 0; k < calls; ++k) {
    const auto killed = folder / fmt::format("{}", k);
    live_through(killed, how(), k, SIZE_MAX, true);
    ASSERT_TRUE(end_of(killed) == expected) << "at durable call " << k << " of " << calls;
    fs::remove_all(killed);
  }
}

TEST_P(SubscriberFaults, GoesOnWhereTheDiskWasFullForOneCall) {
  const TemporaryFolder folder;
  const auto calls = live_through(folder / "whole", how(), SIZE_MAX, 0, false);
  const End expected = end_of(folder / "whole");
  for (std::size_t k = 0; k < calls; ++k) {
    const auto full = folder / fmt::format("{}", k);
    live_through(full, how(), k, 1, false);
    ASSERT_TRUE(end_of(full) == expected) << "at durable call " << k << " of " << calls;
    fs::remove_all(full);
  }
}

/// Takes in what is sent, by version, though who sends may not hear of it.
class Inputs final : public Uplink {
 public:
  std::map<std::uint64_t, Bytes> all{};
  bool deaf = false;
  void send(std::span<const std::byte> segment) override {
    const Bytes sent(segment.begin(), segment.end());
    const auto [held, fresh] = all.emplace(parse_segment(segment).value().header.index, sent);
    EXPECT_TRUE(fresh || held->second == sent) << "two statements of version " << held->first;
    if (std::exchange(deaf, false)) fail(Errc::Io, "the connection is lost");
  }
  [[nodiscard]] std::size_t records() const {
    std::size_t sum = 0;
    for (const auto& [version, segment] : all) sum += parse_segment(segment).value().header.records;
    return sum;
  }
};

TEST(SubscriberNovelty, GoesUpOnceThoughEverySaveAndEverySendFails) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  auto how = small();
  std::int64_t now = 86'400'000;
  how.novelty_quota = 500;
  how.now_ms = [&] { return now; };
  {
    Subscriber target(folder / "whole", how);
    settle(target, &carrier);
  }
  const StreamReader reader(carrier);
  ASSERT_TRUE(NoveltyStore(folder / "whole" / "novelty").keep(64, reader.boundaries().front()));
  constexpr std::size_t calls = 12;  // more than one sending makes
  for (std::size_t k = 0; k <= calls; ++k) {
    const auto copy = folder / fmt::format("{}", k);
    fs::copy(folder / "whole", copy, fs::copy_options::recursive);
    Inputs inputs;
    inputs.deaf = k == calls;
    for (int tries = 0; tries < 200; ++tries, now += 43'200'000) try {
        Subscriber target(copy, how);
        if (tries == 0) faults = {.from = k, .count = SIZE_MAX, .calls = 0, .synced = {}};
        (void)target.send_novelty(inputs);
        if (tries == 0 && k < calls) {
          EXPECT_LT(faults.calls, calls);
        }
        faults = {};
      } catch (const Error& problem) {
        EXPECT_EQ(problem.code(), Errc::Io);
        faults = {};
      }
    EXPECT_EQ(inputs.records(), 64U) << "at durable call " << k << " of " << calls;
  }
}

TEST(Subscriber, HasAWholeKeyOrNoneWheneverItIsKilled) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "t");
  write_file_atomic(folder / "t" / "device.key.part", std::string_view("half"));
  faults = {.from = SIZE_MAX, .count = 0, .calls = 0, .synced = [&](const fs::path& file) {
              EXPECT_NE(file.filename(), "device.key") << "it must not bear that name before it is whole";
            }};
  std::optional<Subscriber> target;
  EXPECT_NO_THROW(target.emplace(folder / "t", small()));
  faults = {};
  EXPECT_TRUE(fs::exists(folder / "t" / "device.key"));
  EXPECT_FALSE(fs::exists(folder / "t" / "device.key.part"));
}

TEST(Subscriber, SendsNoReportThatItsDiskDoesNotHold) {
  const TemporaryFolder folder;
  MemoryCarrier carrier;
  live().write(carrier);
  Subscriber target(folder / "t", small());
  settle(target, &carrier);
  live(6).write(carrier);
  Reports reports;
  target.send(reports);
  faults = {.from = 0, .count = SIZE_MAX, .calls = 0, .synced = {}};
  EXPECT_NE(internal::refusal([&] { settle(target, &carrier); }, Errc::Io), "");
  EXPECT_FALSE(target.has_report()) << "another one of that version could follow after a kill";
  faults = {};
  EXPECT_EQ(settle(target, &carrier, &reports).kind, Turn::Kind::Activated);
}

TEST(Spool, GoesOnAfterTheDiskWasFull) {
  const TemporaryFolder folder;
  MemoryCarrier from;
  live().write(from);
  const auto id = from.streams().front();
  Spool spool(folder / "spool");
  while (spool.size({id, 1}) == 0) (void)spool.fetch(from, id, from.head(id), Trust::anyone(), 1);
  const auto before = spool.size({id, 1});
  faults = {.from = 0, .count = 1, .calls = 0, .synced = {}};
  EXPECT_NE(internal::refusal([&] { (void)spool.fetch(from, id, from.head(id), Trust::anyone(), 1); }, Errc::Io), "");
  faults = {};
  while (spool.fetch(from, id, from.head(id), Trust::anyone(), 1) > 0) {
  }
  EXPECT_GT(spool.size({id, 1}), before);
  EXPECT_EQ(spool.size({id, 1}), from.log_size({id, 1}));
}

INSTANTIATE_TEST_SUITE_P(Banks, SubscriberFaults, ::testing::Bool(),
                         [](const auto& banks) { return banks.param ? "Two" : "One"; });

}  // namespace
}  // namespace assimilaate
