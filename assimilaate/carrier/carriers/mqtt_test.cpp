#include <gtest/gtest.h>

#include <thread>

#include "assimilaate/carrier/bridge.hpp"
#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/mqtt_log.hpp"
#include "assimilaate/carrier/internal/mqtt_place.hpp"
#include "assimilaate/carrier/internal/test_broker.hpp"
#include "assimilaate/carrier/internal/test_log.hpp"
#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;
using internal::lengthen;
using internal::MemoryCarrier;
using internal::MqttPlace;
using internal::read_segments;
using internal::TestBroker;

TEST(MqttUrl, NamesBrokerTenantClientAndProfile) {
  const auto place = MqttPlace::parse("mqtts://me:secret@broker.example:1234?tenant=acme&client=d7&profile=large");
  EXPECT_EQ(place.host, "broker.example");
  EXPECT_EQ(place.port, 1234);
  EXPECT_TRUE(place.tls);
  EXPECT_EQ(place.user + "," + place.password + "," + place.tenant + "," + place.client, "me,secret,acme,d7");
  EXPECT_FALSE(place.retain);
  EXPECT_EQ(place.shown.find("secret"), std::string::npos);
  EXPECT_EQ(MqttPlace::parse("mqtts://h").port, 8883);
  EXPECT_EQ(MqttPlace::parse("mqtt://[::1]:77").host, "::1");
  EXPECT_EQ(MqttPlace::parse("mqtt:///run/b.sock?tenant=x").host, "/run/b.sock");
  EXPECT_EQ(MqttPlace::parse("mqtt:///run/b.sock?tenant=x").port, 0);
  for (const char* bad : {"mqtt:broker", "mqtt://", "mqtt://h:0", "mqtt://h:x", "mqtt://h/path", "mqtt://h?tenant=a/b",
                          "mqtt://h?tenant=%23&tenant=#", "mqtt://h?colour=red", "mqtts:///run/b.sock"})
    EXPECT_THROW((void)MqttPlace::parse(bad), Error) << bad;
}

/// A stream in memory, and brokers to bring it to.
class MqttTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestBroker::installed()) GTEST_SKIP() << "mosquitto is not installed (scripts/test does it)";
    id = internal::write_small_stream(truth, 100, 5);
  }
  const std::vector<std::byte>& log() { return truth.log({id, 1}); }
  Bridged seed(const std::string& url) { return bridge_stream(truth, *open_carrier(url, Access::Write), id); }

  MemoryCarrier truth;
  StreamId id{};
};

TEST_F(MqttTest, ALateJoinerGetsEverySegmentOfABrokerAsItIsInstalled) {
  lengthen(truth, id, 20'000);
  const TestBroker broker;
  const auto moved = seed(broker.url());
  EXPECT_EQ(moved.bytes, log().size());
  const auto read = read_segments(*open_carrier(broker.url(), Access::Read), {id, 1}, 0, SIZE_MAX);
  EXPECT_EQ(read.segments, moved.segments);
  EXPECT_TRUE(read.bytes == log());
}

TEST_F(MqttTest, SeveralJoinersAtOnceGetAll) {
  lengthen(truth, id, 2000);
  const TestBroker broker;
  seed(broker.url());
  std::vector<internal::Read> reads(8);
  std::vector<std::thread> joiners;
  for (auto& read : reads)
    joiners.emplace_back([&] {
      read = read_segments(*open_carrier(broker.url(), Access::Read), {id, 1}, 0, SIZE_MAX);
    });
  for (auto& joiner : joiners) joiner.join();
  for (const auto& read : reads) EXPECT_TRUE(read.bytes == log()) << read.segments;
}

TEST_F(MqttTest, CarriesAWholeStream) {
  const TestBroker broker;
  seed(broker.url());
  const auto carrier = open_carrier(broker.url(), Access::Read);
  EXPECT_EQ(carrier->streams(), std::vector{id});
  EXPECT_EQ(carrier->head(id), truth.head(id));
  EXPECT_EQ(carrier->log_size({id, 1}), log().size());
  EXPECT_EQ(StreamReader(*carrier).size(), 100U);
  const std::vector<std::byte> large(200'000, std::byte{7});
  const auto hash = open_carrier(broker.url(), Access::Write)->put_object(ObjectKind::Network, large);
  EXPECT_EQ(carrier->object(ObjectKind::Network, hash), large);
  EXPECT_NE(error_of([&] { (void)carrier->object(ObjectKind::Network, Digest{}); }, Errc::Io).find("no object"),
            std::string::npos);
  EXPECT_NE(error_of([&] { carrier->put_head(id, {}); }, Errc::Usage).find("opened for reading"), std::string::npos);
}

TEST_F(MqttTest, ReadsFromTheMiddle) {
  lengthen(truth, id, 300);
  const TestBroker broker;
  seed(broker.url());
  const auto carrier = open_carrier(broker.url(), Access::Read);
  const auto before = read_segments(truth, {id, 1}, 0, 217, false).end;
  const auto rest = read_segments(*carrier, {id, 1}, before, SIZE_MAX);
  EXPECT_TRUE(std::ranges::equal(rest.bytes, std::span(log()).subspan(before)));
}

TEST_F(MqttTest, TakesNewSegmentsAsTheyCome) {
  const TestBroker broker;
  seed(broker.url());
  const auto carrier = open_carrier(broker.url(), Access::Read);
  auto read = read_segments(*carrier, {id, 1}, 0, SIZE_MAX);
  const auto head = carrier->head(id);
  for (int more = 1; more <= 3; ++more) {
    lengthen(truth, id, 50);
    EXPECT_EQ(seed(broker.url()).segments, 50U);
    const auto next = read_segments(*carrier, {id, 1}, read.end, SIZE_MAX);
    EXPECT_EQ(next.segments, 50U);
    read.bytes.insert(read.bytes.end(), next.bytes.begin(), next.bytes.end());
    read.end = next.end;
  }
  EXPECT_TRUE(read.bytes == log());
  EXPECT_EQ(carrier->head(id), truth.head(id));
  EXPECT_NE(carrier->head(id), head);
}

TEST_F(MqttTest, ABrokerThatLostEverythingIsFilledAgain) {
  lengthen(truth, id, 500);
  TestBroker broker;
  const auto writer = open_carrier(broker.url(), Access::Write);
  const auto reader = open_carrier(broker.url(), Access::Read);
  bridge_stream(truth, *writer, id);
  const auto first = read_segments(*reader, {id, 1}, 0, 100);
  broker.kill();
  broker.start();
  EXPECT_TRUE(reader->head(id).empty());
  EXPECT_EQ(seed(broker.url()).segments, 503U);
  const auto rest = read_segments(*reader, {id, 1}, first.end, SIZE_MAX);
  EXPECT_TRUE(std::ranges::equal(rest.bytes, std::span(log()).subspan(first.end))) << rest.segments;
  EXPECT_EQ(reader->head(id), truth.head(id));
}

TEST_F(MqttTest, SaysWhyABrokerDoesNotTakeASegment) {
  lengthen(truth, id, 1, internal::records_64k);
  {
    const TestBroker broker("max_packet_size 20000\n");
    const auto said = error_of([&] { seed(broker.url()); }, Errc::Usage);
    EXPECT_NE(said.find("the broker takes 20000 at most"), std::string::npos) << said;
  }
  const TestBroker broker("message_size_limit 20000\n");
  const auto said = error_of([&] { seed(broker.url()); }, Errc::Io);
  EXPECT_NE(said.find("0x95"), std::string::npos) << said;
}

TEST_F(MqttTest, SaysThatThereIsNoBroker) {
  const auto said = error_of(
      [] { (void)open_carrier(fmt::format("mqtt://127.0.0.1:{}", internal::free_port()), Access::Read); }, Errc::Io);
  EXPECT_NE(said.find("cannot connect"), std::string::npos) << said;
}

TEST_F(MqttTest, WorksOverASocketWithoutAnyPort) {
  TemporaryFolder folder;
  const auto socket = (folder / "broker.sock").string();
  const TestBroker broker("listener 0 " + socket + "\n");
  seed("mqtt://" + socket);
  EXPECT_EQ(StreamReader(*open_carrier("mqtt://" + socket, Access::Read)).size(), 100U);
}

TEST_F(MqttTest, ClearsWhatItRetires) {
  const TestBroker broker;
  seed(broker.url());
  open_carrier(broker.url(), Access::Write)->cut({id, 1}, 0);
  const auto carrier = open_carrier(broker.url(), Access::Read);
  EXPECT_EQ(carrier->log_size({id, 1}), 0U);
  EXPECT_EQ(read_segments(*carrier, {id, 1}, 0, SIZE_MAX).segments, 0U);
}

TEST_F(MqttTest, CutsToTheEndOfASegment) {
  lengthen(truth, id, 10);
  const TestBroker broker;
  seed(broker.url());
  const auto end = read_segments(truth, {id, 1}, 0, 7).end;
  const auto writer = open_carrier(broker.url(), Access::Write);
  EXPECT_NE(error_of(
                [&] {
                  writer->cut({id, 1}, end - 1);
                },
                Errc::Integrity)
                .find("no end of a segment"),
            std::string::npos);
  open_carrier(broker.url(), Access::Write)->cut({id, 1}, end);
  const auto carrier = open_carrier(broker.url(), Access::Read);
  EXPECT_EQ(carrier->log_size({id, 1}), end);
  EXPECT_EQ(read_segments(*carrier, {id, 1}, 0, SIZE_MAX).segments, 7U);
}

TEST_F(MqttTest, AWriterNoticesThatTheBrokerWasStartedAnew) {
  TestBroker broker;
  const auto writer = open_carrier(broker.url(), Access::Write);
  bridge_stream(truth, *writer, id);
  broker.kill();
  broker.start();
  const auto next = std::vector<std::byte>(log().begin(), log().begin() + 300);
  EXPECT_NE(error_of(
                [&] {
                  for (;;) writer->append({id, 1}, next), writer->sync({id, 1});
                },
                Errc::Io),
            "");
  EXPECT_EQ(writer->log_size({id, 1}), 0U);
  EXPECT_EQ(bridge_stream(truth, *writer, id).segments, 3U);
  EXPECT_EQ(StreamReader(*open_carrier(broker.url(), Access::Read)).size(), 100U);
}

TEST(MqttMarks, SayHowFarEachEpochCame) {
  internal::MqttMarks marks;
  marks.put({2, 10, 4000});
  marks.put({1, 3, 900});
  EXPECT_EQ(marks.text(), "1 3 900\n2 10 4000");
  EXPECT_EQ(internal::MqttMarks::parse(marks.text()).of(2), marks.of(2));
  EXPECT_EQ(internal::MqttMarks::parse("7 1 256").of(7).bytes, 256U);
  EXPECT_EQ(marks.of(9).count, 0U);
  for (const char* bad : {"", "1 2", "1 2 x", "1 2 3 4", "1  2 3", "-1 2 3"})
    EXPECT_TRUE(internal::MqttMarks::parse(bad).empty()) << bad;
  for (std::uint32_t epoch = 1; epoch < 1000; ++epoch) marks.put({epoch, 1, 1});
  EXPECT_EQ(marks.of(700).count, 0U) << "the oldest go";
  EXPECT_EQ(marks.of(999).count, 1U);
}

/// The configuration that we ship, with its paths replaced.
class ShippedBrokerTest : public MqttTest {
 protected:
  void SetUp() override {
    MqttTest::SetUp();
    if (IsSkipped()) return;
    const internal::TestAuthority authority(folder.path());
    for (const std::string& name : {std::string("broker"), std::string("teacher"), std::string("device"),
                                    std::string("collector"), hex(reporter.public_key())})
      ASSERT_TRUE(authority.sign(name)) << name;
    const std::filesystem::path share = std::filesystem::path(ASSIMILAATE_SOURCE_DIR) / "share" / "mosquitto";
    std::filesystem::copy_file(share / "assimilaate.acl", folder / "assimilaate.acl");
    const auto bytes = read_file(share / "assimilaate.conf");
    std::string conf(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const char* path : {"/etc/mosquitto/certs/", "/etc/mosquitto/"})
      for (auto at = conf.find(path); at != std::string::npos; at = conf.find(path, at))
        conf.replace(at, std::strlen(path), folder.path().string() + "/");
    broker.emplace(conf);
  }
  void TearDown() override { identify(""); }
  void identify(const std::string& name) {
    const auto set = [&](const char* variable, const std::string& file) {
      name.empty() ? ::unsetenv(variable) : ::setenv(variable, (folder / file).c_str(), 1);
    };
    set("ASSIMILAATE_CA_FILE", "ca.pem");
    set("ASSIMILAATE_CERT_FILE", name + ".pem");
    set("ASSIMILAATE_KEY_FILE", name + ".key");
  }
  std::string url() const { return fmt::format("mqtts://localhost:{}", broker->port()); }

  TemporaryFolder folder;
  std::optional<TestBroker> broker;
  SecretKey reporter = internal::test_device(1);
};

TEST_F(ShippedBrokerTest, LetsTheTeacherWriteAndDevicesReadOnly) {
  identify("teacher");
  lengthen(truth, id, 200, internal::records_64k);
  EXPECT_EQ(seed(url()).segments, 203U);
  identify("device");
  const auto carrier = open_carrier(url(), Access::Write);
  EXPECT_EQ(StreamReader(*carrier).segments(), 203U);
  const auto said = error_of([&] { carrier->put_head(id, truth.head(id)); }, Errc::Io);
  EXPECT_NE(said.find("0x87"), std::string::npos) << said;
  EXPECT_NE(said.find("access list"), std::string::npos) << said;
}

TEST_F(ShippedBrokerTest, DevicesReportInTheirOwnNameAndTheCollectorAloneReadsIt) {
  identify("collector");
  const auto inbox = open_inbox(url());
  const auto take = [&](std::size_t wanted) {
    std::size_t count = 0;
    for (int turn = 0; turn < 100 && count < wanted; ++turn) {
      count += inbox->receive(0.1).size();
      inbox->acknowledge();
    }
    return count;
  };
  identify(hex(reporter.public_key()));
  const auto uplink = open_uplink(url(), reporter.public_key());
  for (std::uint64_t i = 1; i <= 100; ++i) uplink->send(internal::test_report(reporter, i));
  EXPECT_EQ(take(100), 100U);
  const auto other = internal::test_device(2);
  const auto forged = open_uplink(url(), other.public_key());
  const auto said = error_of([&] { forged->send(internal::test_report(other, 1)); }, Errc::Io);
  EXPECT_NE(said.find("0x87"), std::string::npos) << said;
  // Another's reports are not for devices: subscriptions are granted, nothing comes and nothing is diverted.
  const auto spy = open_inbox(url() + "?client=spy"), other_spy = open_inbox(url() + "?client=other&group=col");
  for (std::uint64_t i = 101; i <= 110; ++i) uplink->send(internal::test_report(reporter, i));
  EXPECT_TRUE(spy->receive(0.5).empty());
  EXPECT_TRUE(other_spy->receive(0.5).empty());
  EXPECT_EQ(take(10), 10U);
}

TEST_F(ShippedBrokerTest, RefusesWhoHasNoCertificate) {
  identify("device");
  ::unsetenv("ASSIMILAATE_CERT_FILE");
  ::unsetenv("ASSIMILAATE_KEY_FILE");
  EXPECT_NE(error_of([&] { (void)open_carrier(url(), Access::Read)->streams(); }, Errc::Io), "");
}

}  // namespace
}  // namespace assimilaate
