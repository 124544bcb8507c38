/// Many devices, one broker, a collector that is killed on the way: nothing that was acknowledged is lost.

#include <gtest/gtest.h>

#include <thread>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/test_broker.hpp"
#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/fleet/collection.hpp"
#include "assimilaate/fleet/fleet_status.hpp"

namespace assimilaate {
namespace {

using internal::test_device;
using internal::test_report;
using internal::TestBroker;

constexpr std::uint32_t devices = 1000;
constexpr std::uint64_t reports = 10;
constexpr std::uint32_t threads = 4;

/// A collector in a process of its own, which waits until it is told to go and ends with this one. Made before any
/// thread.
class CollectorProcess {
 public:
  CollectorProcess(const std::string& url, const std::filesystem::path& file) {
    if (::pipe(wake_) != 0) fail(Errc::Io, "no pipe");
    process_ = ::fork();
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char word = 0;
    if (::read(wake_[0], &word, 1) != 1) ::_exit(1);
    try {
      Collection collection(file);
      const auto inbox = open_inbox(url);
      collect(*inbox, collection, 0.1, [](const Collected&) { return true; });
    } catch (const std::exception& problem) {
      fmt::print(stderr, "collector: {}\n", problem.what());
    }
    ::_exit(1);
  }
  ~CollectorProcess() {
    kill();
    for (const int end : wake_) ::close(end);
  }
  CollectorProcess(const CollectorProcess&) = delete;
  CollectorProcess& operator=(const CollectorProcess&) = delete;
  void go() { EXPECT_EQ(::write(wake_[1], "", 1), 1); }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  int wake_[2] = {-1, -1};
  pid_t process_ = -1;
};

std::uint64_t collected(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return 0;
  std::uint64_t all = 0;
  for (const auto& device : read_devices(file)) all += device.reports;
  return all;
}

/// True once `count` reports are stored; false after 60 s without that.
bool wait_for(const std::filesystem::path& file, std::uint64_t count) {
  for (int tenth = 0; tenth < 600; ++tenth) {
    if (collected(file) >= count) return true;
    ::usleep(100'000);
  }
  return false;
}

TEST(Reporters, AThousandConnectionsSendTenThousandReportsAndACollectorThatIsKilledLosesNone) {
  if (!TestBroker::installed()) GTEST_SKIP() << "mosquitto is not installed (scripts/test does it)";
  const TemporaryFolder folder;
  const auto file = folder / "fleet.db";
  TestBroker broker("max_queued_messages 0\nmax_queued_bytes 16777216\n");  // as share/mosquitto has them
  (void)open_inbox(broker.url());  // the broker keeps reports for this collector from now on
  CollectorProcess first(broker.url(), file), second(broker.url(), file);
  first.go();

  std::vector<SecretKey> keys;
  for (std::uint32_t d = 0; d < devices; ++d) keys.push_back(test_device(d));
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<bool> failed = false;
  const auto part = [&](std::uint32_t thread) {
    try {
      std::vector<std::unique_ptr<Uplink>> uplinks;
      for (std::uint32_t d = thread; d < devices; d += threads)
        uplinks.push_back(open_uplink(broker.url(), keys[d].public_key()));
      for (std::uint64_t counter = 1; counter <= reports; ++counter)
        for (std::uint32_t d = thread; d < devices; d += threads, ++sent)
          uplinks[d / threads]->send(test_report(keys[d], counter));
    } catch (const std::exception& problem) {
      fmt::print(stderr, "reporter: {}\n", problem.what());
      failed = true;
    }
  };
  std::vector<std::jthread> senders;
  for (std::uint32_t thread = 0; thread < threads; ++thread) senders.emplace_back(part, thread);
  while (sent < devices * reports / 3 && !failed) ::usleep(1000);
  first.kill();
  const auto before = collected(file);
  EXPECT_GT(before, 0U);
  EXPECT_LT(before, devices * reports);
  while (sent < devices * reports / 2 && !failed) ::usleep(1000);
  second.go();
  senders.clear();
  ASSERT_FALSE(failed);
  EXPECT_TRUE(wait_for(file, devices * reports));
  const auto status = read_devices(file);
  EXPECT_EQ(status.size(), devices);
  for (const auto& device : status) {
    EXPECT_EQ(device.reports, reports);
    EXPECT_EQ(device.missing, 0U);
    EXPECT_EQ(device.of.version, reports);
  }
}

}  // namespace
}  // namespace assimilaate
