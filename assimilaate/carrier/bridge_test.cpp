#include "assimilaate/carrier/bridge.hpp"

#include <gtest/gtest.h>

#include "assimilaate/carrier/internal/test_log.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/key_set.hpp"

namespace assimilaate {
namespace {

using internal::error_of;
using internal::lengthen;
using internal::MemoryCarrier;

/// Counts what is written, in order.
class Watched final : public Carrier {
 public:
  explicit Watched(MemoryCarrier& inner) : inner_(inner) {}
  std::string story;  ///< a letter each: o object, k keys, a append, s sync, c cut, h head
  std::vector<StreamId> streams() const override { return inner_.streams(); }
  std::vector<std::byte> head(const StreamId& stream) const override { return inner_.head(stream); }
  void put_head(const StreamId& stream, std::span<const std::byte> segment) override {
    story += 'h';
    inner_.put_head(stream, segment);
  }
  std::vector<std::byte> keys() const override { return inner_.keys(); }
  void put_keys(std::span<const std::byte> segment) override {
    story += 'k';
    inner_.put_keys(segment);
  }
  std::uint64_t log_size(const LogName& log) const override { return inner_.log_size(log); }
  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    return inner_.read_log(log, offset, out);
  }
  void append(const LogName& log, std::span<const std::byte> segment) override {
    story += 'a';
    inner_.append(log, segment);
  }
  void sync(const LogName& log) override {
    story += 's';
    inner_.sync(log);
  }
  void cut(const LogName& log, std::uint64_t size) override {
    story += 'c';
    inner_.cut(log, size);
  }
  std::vector<std::byte> object(ObjectKind kind, const Digest& hash) const override {
    return inner_.object(kind, hash);
  }
  Digest put_object(ObjectKind kind, std::span<const std::byte> bytes) override {
    story += 'o';
    return inner_.put_object(kind, bytes);
  }

 private:
  MemoryCarrier& inner_;
};

class BridgeTest : public ::testing::Test {
 protected:
  void SetUp() override { id = internal::write_small_stream(from, 100, 5); }
  Bridged bridge(const BridgeOptions& options = {}) {
    watched.story.clear();
    return bridge_stream(from, watched, id, options);
  }
  void expect_same() {
    EXPECT_TRUE(from.logs == to.logs);
    EXPECT_TRUE(from.heads == to.heads);
    EXPECT_TRUE(from.objects == to.objects);
  }

  MemoryCarrier from, to;
  Watched watched{to};
  StreamId id{};
};

TEST_F(BridgeTest, BringsObjectsThenSegmentsThenTheHead) {
  EXPECT_EQ(bridge().segments, 3U);
  EXPECT_EQ(watched.story, "ooooaaash");
  expect_same();
}

TEST_F(BridgeTest, WritesNothingWhereNothingIsNew) {
  bridge();
  EXPECT_TRUE(bridge().whole);
  EXPECT_EQ(watched.story, "");
  lengthen(from, id, 2);
  EXPECT_EQ(bridge().segments, 2U);
  EXPECT_EQ(watched.story, "aash");
  expect_same();
}

TEST_F(BridgeTest, GoesOnBehindATornTailOfAnyLength) {
  lengthen(from, id, 3, 20);
  const auto whole = from.log({id, 1});
  for (std::size_t length = 1; length < whole.size(); length += 37) {
    to.heads.clear();
    to.log({id, 1}).assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    bridge();
    ASSERT_TRUE(to.log({id, 1}) == whole) << length;
  }
}

TEST_F(BridgeTest, GoesOnBehindATornTailThatFollowsAHead) {
  bridge();
  const auto headed = to.log({id, 1}).size();
  lengthen(from, id, 3, 20);
  const auto whole = from.log({id, 1});
  const auto old = to.heads;
  for (std::size_t length = headed; length <= whole.size(); length += 41) {
    to.heads = old;
    to.log({id, 1}).assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    bridge();
    ASSERT_TRUE(to.log({id, 1}) == whole) << length;
    ASSERT_EQ(watched.story.find('o'), std::string::npos) << "what came before the head is there";
  }
}

TEST_F(BridgeTest, TakesNothingForWrittenThatAPowerCutLeftEmpty) {
  lengthen(from, id, 300, 20);
  const auto whole = from.log({id, 1});
  auto torn = whole;
  std::fill(torn.end() - 9000, torn.end() - 500, std::byte{0});  // pages that never reached the disk
  to.log({id, 1}) = torn;
  EXPECT_LT(bridge().segments, 200U);
  EXPECT_TRUE(to.log({id, 1}) == whole);
}

TEST_F(BridgeTest, BeginsAnewWhereAnotherLogLies) {
  MemoryCarrier other;
  ASSERT_EQ(internal::write_small_stream(other, 90, 5), id);
  for (const bool headed : {false, true}) {
    to = other;
    if (!headed) to.heads.clear();
    EXPECT_EQ(bridge().segments, 2U) << "equal descriptors have equal setups";
    expect_same();
  }
  lengthen(other, id, 400, 20);
  lengthen(from, id, 10, 20);
  to = other;
  to.heads.clear();
  EXPECT_EQ(bridge().segments, 12U);
  expect_same();
  lengthen(from, id, 500, 20);
  to = other;
  to.heads.clear();
  EXPECT_EQ(bridge().segments, 513U) << "where the last headers differ nothing is kept";
  expect_same();
}

TEST_F(BridgeTest, SyncsBeforeTheHeadEvenWhereAllSegmentsAreThere) {
  bridge();
  to.heads.clear();
  EXPECT_EQ(bridge().segments, 0U);
  EXPECT_EQ(watched.story, "sh");
}

TEST_F(BridgeTest, SyncsAfterEachGroup) {
  lengthen(from, id, 600, 20);
  bridge();
  EXPECT_EQ(std::ranges::count(watched.story, 's'), 3);
}

TEST_F(BridgeTest, BringsTheEpochsThatTheNewestExtendsFirst) {
  const auto extend = [&](bool on_top) {
    StreamWriter writer(from, internal::small_descriptor(), internal::small_codebooks(),
                        internal::text_bytes("network"), 0, {}, {},
                        on_top ? EpochStart::Extension : EpochStart::Complete);
    writer.add(internal::drawn_records(writer.descriptor(), 30, 7));
    writer.finish();
  };
  extend(true);
  extend(true);
  bridge();
  EXPECT_EQ(watched.story, "ooooaaasaasaash");
  expect_same();
  EXPECT_EQ(StreamReader(to).size(), 160U);
  extend(false);
  extend(true);
  bridge();
  EXPECT_EQ(StreamReader(to).size(), 60U);
  to = {};
  bridge();
  EXPECT_EQ(to.log_size({id, 3}), 0U) << "an epoch that nothing extends is not brought";
  EXPECT_EQ(StreamReader(to).size(), 60U);
}

TEST_F(BridgeTest, LeavesWhatIsBehindTheHead) {
  const auto headed = from.log_size({id, 1});
  const auto head = from.heads;
  lengthen(from, id, 4, 20);
  from.heads = head;
  EXPECT_EQ(bridge().segments, 3U);
  EXPECT_EQ(to.log_size({id, 1}), headed);
  to.log({id, 1}) = from.log({id, 1});  // a copy of the folder, made while a writer was at work
  bridge();
  EXPECT_EQ(to.log_size({id, 1}), headed);
}

TEST_F(BridgeTest, PublishesNothingOfADamagedStream) {
  lengthen(from, id, 5, 20);
  const auto good = from.log({id, 1});
  for (const std::size_t at : {10U, 300U, 2000U}) {
    from.log({id, 1}) = good;
    from.log({id, 1})[at] ^= std::byte{1};
    try {
      bridge();
      ADD_FAILURE() << at;
    } catch (const Error& problem) {
      EXPECT_NE(std::string(problem.what()).find("segment"), std::string::npos) << problem.what();
    }
    EXPECT_EQ(watched.story, "");
  }
  from.log({id, 1}) = good;
  from.log({id, 1}).resize(good.size() - 1);
  EXPECT_NE(error_of([&] { bridge(); }, Errc::Integrity), "");
  from.log({id, 1}) = good;
  from.objects.begin()->second.push_back(std::byte{0});
  EXPECT_NE(error_of([&] { bridge(); }, Errc::Mismatch).find("has the hash"), std::string::npos);
  EXPECT_EQ(watched.story, "");
}

TEST_F(BridgeTest, BringsLogsWhoseWithdrawnBodiesAreGone) {
  lengthen(from, id, 5, 20);
  LogReader reader(from, id);
  (void)reader.next();
  const auto begin = reader.state().bytes;
  const auto withdrawn = reader.next().value().header;
  const auto end = reader.state().bytes;
  {
    LogWriter writer(from, {id, 1});
    writer.withdraw({{{withdrawn.index, withdrawn.index}}, 0});
    writer.publish();
  }
  auto& log = from.log({id, 1});
  std::fill(log.begin() + static_cast<std::ptrdiff_t>(begin) + 256, log.begin() + static_cast<std::ptrdiff_t>(end),
            std::byte{0});
  bridge();
  expect_same();
}

TEST_F(BridgeTest, DoesNotLeadAPlaceBackUnlessAsked) {
  const auto logs = from.logs;
  const auto heads = from.heads;
  lengthen(from, id, 3);
  bridge();
  from.logs = logs;
  from.heads = heads;
  EXPECT_NE(error_of([&] { bridge(); }, Errc::Mismatch).find("newer"), std::string::npos);
  EXPECT_EQ(watched.story, "");
  bridge({.roll_back = true});
  expect_same();
}

TEST_F(BridgeTest, StopsBetweenSegmentsAndGoesOnLater) {
  lengthen(from, id, 10, 20);
  std::stop_source stop;
  const auto moved = bridge({.stop = stop.get_token(), .progress = [&](const Bridged& done, const Bridged& all) {
                               EXPECT_EQ(all.segments, 13U);
                               if (done.segments == 6) stop.request_stop();
                             }});
  EXPECT_EQ(moved.segments, 6U);
  EXPECT_FALSE(moved.whole);
  EXPECT_TRUE(to.heads.empty());
  EXPECT_EQ(watched.story.back(), 's');
  EXPECT_EQ(bridge().segments, 7U);
  expect_same();
}

TEST_F(BridgeTest, KeepsToARate) {
  lengthen(from, id, 37, 20);
  const auto start = std::chrono::steady_clock::now();
  bridge({.rate = 200});
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(90));  // 40 segments, .1 s in advance
}

TEST_F(BridgeTest, BringsKeySetsAndNoOlderOnes) {
  const SecretKey root(SecretKey::Seed{});
  const auto old = write_key_set({.version = 1}, std::span(&root, 1)),
             set = write_key_set({.version = 2}, std::span(&root, 1));
  from.key_set = set;
  bridge();
  EXPECT_EQ(watched.story.find('k') < watched.story.find('a'), true) << watched.story;
  EXPECT_TRUE(to.key_set == set);
  from.key_set = old;
  EXPECT_FALSE(bridge_keys(from, to));
  EXPECT_TRUE(to.key_set == set);
  from.key_set = set;
  from.key_set.back() ^= std::byte{1};
  EXPECT_THROW((void)bridge_keys(from, to), Error);
}

}  // namespace
}  // namespace assimilaate
