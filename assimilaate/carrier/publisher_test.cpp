#include "assimilaate/carrier/publisher.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/test_broker.hpp"
#include "assimilaate/carrier/internal/test_log.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;
using internal::error_of;
using internal::lengthen;
using internal::read_segments;
using internal::TestBroker;

class PublisherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    id = internal::write_small_stream(*open_carrier(from, Access::Write), 100, 5);
    log = {id, 1};
  }
  void grow(std::size_t segments) { lengthen(*open_carrier(from, Access::Write), id, segments); }
  std::vector<std::byte> bytes(const std::string& place) const {
    return read_segments(*open_carrier(place, Access::Read), log, 0, SIZE_MAX).bytes;
  }
  /// Wait until a place has the head of the source.
  [[nodiscard]] bool arrives(const std::string& place) const {
    const auto head = open_carrier(from, Access::Read)->head(id);
    for (int i = 0; i < 600; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(50))) try {
        if (open_carrier(place, Access::Read)->head(id) == head) return true;
      } catch (const Error&) {  // not there yet
      }
    return false;
  }

  TemporaryFolder folder;
  std::string from = (folder / "from").string(), to = (folder / "to").string();
  StreamId id{};
  LogName log{};
};

TEST_F(PublisherTest, BringsAFolderOnceAndThenWhatIsNew) {
  grow(300);
  const auto first = publish_streams(from, to);
  EXPECT_EQ(first.segments, 303U);
  EXPECT_EQ(first.streams, std::vector{id});
  EXPECT_TRUE(bytes(to) == bytes(from));
  EXPECT_EQ(publish_streams(from, to).segments, 0U);
  grow(2);
  EXPECT_EQ(publish_streams(from, to).segments, 2U);
  EXPECT_TRUE(bytes(to) == bytes(from));
}

TEST_F(PublisherTest, SaysWhenThereIsNothingToPublish) {
  fs::create_directory(folder / "empty");
  const auto said = error_of([&] { publish_streams((folder / "empty").string(), to); }, Errc::Io);
  EXPECT_NE(said.find("nothing was published here yet"), std::string::npos) << said;
  EXPECT_NE(error_of([&] { publish_streams(from, to, {.streams = {StreamId{}}}); }, Errc::Io).find("has no head"),
            std::string::npos);
}

TEST_F(PublisherTest, ADamagedStreamHoldsUpNoOtherOne) {
  auto descriptor = internal::small_descriptor();
  descriptor.name = "another";
  StreamId other;
  {
    const auto carrier = open_carrier(from, Access::Write);
    StreamWriter writer(*carrier, descriptor, internal::small_codebooks());
    writer.add(internal::drawn_records(writer.descriptor(), 30, 7));
    writer.finish();
    other = writer.id();
  }
  for (const auto& [damaged, sound] : {std::pair{id, other}, std::pair{other, id}}) {
    const auto file = fs::path(from) / "streams" / hex(damaged) / "00000001" / "log.aat";
    const auto good = read_file(file);
    auto bad = good;
    bad[bad.size() - 3] ^= std::byte{1};
    write_file_atomic(file, bad);
    const auto place = (folder / hex(damaged)).string();
    EXPECT_NE(error_of([&] { publish_streams(from, place); }, Errc::Integrity).find(hex(damaged)), std::string::npos);
    EXPECT_EQ(open_carrier(place, Access::Read)->streams(), std::vector{sound});
    write_file_atomic(file, good);
  }
}

TEST_F(PublisherTest, EndsWhenItIsStopped) {
  std::stop_source stop;
  const PublishOptions once{.stop = stop.get_token(), .progress = [&](auto&&...) { stop.request_stop(); }};
  EXPECT_NE(error_of([&] { publish_streams(from, to, once); }, Errc::Interrupted).find("after 1 segments"),
            std::string::npos);
  EXPECT_TRUE(open_carrier(to, Access::Read)->streams().empty());
  EXPECT_EQ(publish_streams(from, to, {.follow = true, .stop = stop.get_token()}).segments, 0U);
}

TEST_F(PublisherTest, FollowsAFolderAndFillsABrokerThatIsKilledAgain) {
  if (!TestBroker::installed()) GTEST_SKIP() << "mosquitto is not installed (scripts/test does it)";
  grow(1500);
  TestBroker broker;
  std::atomic<std::uint64_t> moved = 0;
  std::stop_source stop;
  Published published;
  std::jthread follower([&] {
    try {
      published = publish_streams(
          from, broker.url(),
          {.follow = true, .poll = 0.05, .rate = 1200, .stop = stop.get_token(), .progress = [&](auto&&...) {
             ++moved;
           }});
    } catch (const Error& problem) {
      ADD_FAILURE() << problem.what();
    }
  });
  const auto wait_for = [&](std::uint64_t segments) {
    for (int i = 0; i < 1000 && moved < segments; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  };
  wait_for(700);
  broker.kill();  // in the middle of it
  EXPECT_GE(moved, 700U);
  EXPECT_LT(moved, 1503U);
  broker.start();
  EXPECT_TRUE(arrives(broker.url()));
  EXPECT_TRUE(bytes(broker.url()) == bytes(from));
  grow(20);
  EXPECT_TRUE(arrives(broker.url()));
  EXPECT_TRUE(bytes(broker.url()) == bytes(from));
  broker.kill();  // while nothing is under way
  broker.start();
  EXPECT_TRUE(arrives(broker.url()));
  EXPECT_TRUE(bytes(broker.url()) == bytes(from));
  EXPECT_EQ(StreamReader(*open_carrier(broker.url(), Access::Read)).segments(), 1523U);
  stop.request_stop();
  follower.join();
  EXPECT_EQ(published.streams, std::vector{id});
  EXPECT_GE(published.segments, 700U + 1503U + 20U + 1523U);
}

TEST_F(PublisherTest, ABrokerThatIsFullTellsSoAndEndsIt) {
  if (!TestBroker::installed()) GTEST_SKIP() << "mosquitto is not installed (scripts/test does it)";
  lengthen(*open_carrier(from, Access::Write), id, 1, internal::records_64k);
  const TestBroker broker("message_size_limit 20000\n");
  EXPECT_NE(error_of([&] { publish_streams(from, broker.url()); }, Errc::Io).find("0x95"), std::string::npos);
}

TEST_F(PublisherTest, CarriesEpochsOnTopOfEachOtherThroughABroker) {
  if (!TestBroker::installed()) GTEST_SKIP() << "mosquitto is not installed (scripts/test does it)";
  const TestBroker broker;
  publish_streams(from, broker.url());
  for (int epoch = 2; epoch < 4; ++epoch) {
    const auto carrier = open_carrier(from, Access::Write);
    StreamWriter writer(*carrier, internal::small_descriptor(), internal::small_codebooks(),
                        internal::text_bytes("network"), 0, {}, {}, EpochStart::Extension);
    writer.add(internal::drawn_records(writer.descriptor(), 30, 7));
    writer.finish();
  }
  publish_streams(from, broker.url());
  EXPECT_EQ(publish_streams(from, broker.url()).segments, 0U);
  EXPECT_EQ(StreamReader(*open_carrier(broker.url(), Access::Read)).size(), 160U);
  const auto back = publish_streams(broker.url(), to);
  EXPECT_EQ(back.segments, 3U + 2 + 2);
  EXPECT_EQ(StreamReader(*open_carrier(to, Access::Read)).size(), 160U);
}

}  // namespace
}  // namespace assimilaate
