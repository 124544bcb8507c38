#include "assimilaate/carrier/internal/device_log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;
using internal::test_device;
using internal::test_report;
namespace fs = std::filesystem;

class DeviceLogTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string url() const { return "dir:" + folder_.path().string(); }
  [[nodiscard]] fs::path log() const { return folder_.path() / "inbox" / hex(device_.public_key()) / "log.aat"; }
  [[nodiscard]] std::unique_ptr<Uplink> uplink() const { return open_uplink(url(), device_.public_key()); }
  [[nodiscard]] Bytes report(std::uint64_t counter) const { return test_report(device_, counter); }
  static std::size_t taken(Inbox& inbox) {
    const auto count = inbox.receive(0).size();
    inbox.acknowledge();
    return count;
  }

  TemporaryFolder folder_;
  SecretKey device_ = test_device(1);
};

TEST_F(DeviceLogTest, GivesACollectorWhatDevicesSendInTheirOrder) {
  const auto inbox = open_inbox(url());
  EXPECT_EQ(taken(*inbox), 0U);
  const auto other = test_device(2);
  const auto first = uplink(), second = open_uplink(url(), other.public_key());
  for (std::uint64_t i = 1; i <= 3; ++i) first->send(report(i)), second->send(test_report(other, i));
  std::map<PublicKey, std::uint64_t> last;
  for (const auto& [device, segment] : inbox->receive(0)) {
    const auto header = parse_header(segment).value();
    EXPECT_EQ(header.index, ++last[device]);
    EXPECT_EQ(header.key_id, key_id(device));
  }
  EXPECT_EQ(last, (std::map<PublicKey, std::uint64_t>{{device_.public_key(), 3}, {other.public_key(), 3}}));
  EXPECT_EQ(taken(*inbox), 0U);
  first->send(report(4));
  EXPECT_EQ(taken(*inbox), 1U);
  EXPECT_EQ(taken(*open_inbox(url())), 7U) << "a collector that starts again is given everything again";
}

TEST_F(DeviceLogTest, TakesAwayATornTailWhereverItWasTornAndAReaderWaitsForTheRest) {
  uplink()->send(report(1));
  const auto whole = report(2);
  const auto sound = fs::file_size(log());
  for (std::size_t torn = 1; torn < whole.size(); torn += 37) {
    auto bytes = read_file(log());
    bytes.insert(bytes.end(), whole.begin(), whole.begin() + torn);
    write_file_atomic(log(), bytes);
    const auto inbox = open_inbox(url());
    EXPECT_EQ(taken(*inbox), 1U) << torn;
    const auto device = uplink();
    EXPECT_EQ(fs::file_size(log()), sound) << torn;
    device->send(whole);
    EXPECT_EQ(taken(*inbox), 1U) << torn;
    fs::resize_file(log(), sound);
  }
}

TEST_F(DeviceLogTest, RefusesToCutALogThatIsDamagedBeforeItsEnd) {
  {
    const auto device = uplink();
    for (std::uint64_t i = 1; i <= 3; ++i) device->send(report(i));
  }
  auto bytes = read_file(log());
  bytes[bytes.size() / 3 + 20] ^= std::byte{1};
  write_file_atomic(log(), bytes);
  EXPECT_NE(error_of([&] { (void)uplink(); }, Errc::Integrity).find("damaged at byte"), std::string::npos);
  EXPECT_EQ(read_file(log()), bytes);
  EXPECT_EQ(taken(*open_inbox(url())), 1U);
}

TEST_F(DeviceLogTest, HasOneSenderPerDevice) {
  const auto first = uplink();
  EXPECT_NE(error_of([&] { (void)uplink(); }, Errc::Io).find("another process sends as this device"),
            std::string::npos);
  EXPECT_NO_THROW((void)open_uplink(url(), test_device(2).public_key()));
}

TEST_F(DeviceLogTest, SendsReportsHealthAndNoveltyAlone) {
  const auto device = uplink();
  EXPECT_NE(error_of([&] { device->send(write_plan({}, {}, &device_)); }, Errc::Usage).find("0x11"), std::string::npos);
  auto two = report(1);
  two.insert(two.end(), two.begin(), two.end());
  EXPECT_NE(error_of([&] { device->send(two); }, Errc::Usage), "");
  EXPECT_NE(error_of([&] { device->send(std::span(two).first(100)); }, Errc::Integrity), "");
  EXPECT_EQ(fs::file_size(log()), 0U);
  device->send(write_health({.version = 1}, {}, &device_));
  EXPECT_EQ(taken(*open_inbox(url())), 1U);
}

TEST_F(DeviceLogTest, LooksAtFilesOfDevicesAlone) {
  uplink()->send(report(1));
  const auto inbox = folder_.path() / "inbox";
  const auto name = [](char c) { return std::string(64, c); };
  for (const auto& folder : {name('a'), name('b'), name('A'), std::string("notes")}) {
    fs::create_directories(inbox / folder);
    if (folder == name('a')) fs::create_symlink(log(), inbox / folder / "log.aat");
    const bool made = folder != name('b') || ::mkfifo((inbox / folder / "log.aat").c_str(), 0600) == 0;
    EXPECT_TRUE(made);
    if (folder == name('A')) fs::copy_file(log(), inbox / folder / "log.aat");
  }
  EXPECT_EQ(taken(*open_inbox(url())), 1U);
}

TEST(OpenUplink, RefusesACarrierThatCarriesNothingUp) {
  const auto said = error_of([] { (void)open_uplink("http://host/", PublicKey{}); }, Errc::Usage);
  EXPECT_EQ(said, "http carries nothing up; name dir: or mqtt:");
  EXPECT_EQ(error_of([] { (void)open_inbox("https://host/"); }, Errc::Usage), said);
  EXPECT_NE(error_of([] { (void)open_inbox("no/such/folder"); }, Errc::Io).find("no such folder"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
