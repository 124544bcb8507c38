#include "assimilaate/target/novelty.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/statements.hpp"
#include "assimilaate/target/internal/test_stream.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate {
namespace {

using internal::MemoryCarrier;
using internal::refusal;
using internal::TestStream;

/// Inputs all of whose addresses are `a`.
AatBlock constant(const Shape& shape, std::size_t count, Address a) {
  AatBlock block(shape, count);
  std::ranges::fill(block.entries.values(), a);
  return block;
}

TEST(Novelty, IsWhatHasMoreUnseenAddressesThanHeldOutInputsHave) {
  TestStream made;
  made.examples = 100;
  made.held_out = 100;
  const StreamReader stream = made.read();
  const NoveltySieve sieve(stream);
  const AatBlock& taught = stream.boundaries().front();
  EXPECT_EQ(sieve.sift(taught).size(), 0U) << "what was taught is never novel";
  EXPECT_LE(sieve.sift(stream.held_out(0).inputs()).size(), 1U) << "one of 100 at most";
  const AatBlock odd = constant(taught.shape, 3, 0);  // every input at its lowest at once
  EXPECT_EQ(sieve.unseen(odd[0]) > sieve.threshold(), sieve.sift(odd).size() == 3);
  AatBlock none = constant(taught.shape, 1, None);
  EXPECT_EQ(sieve.unseen(none[0]), 0U);
  EXPECT_NE(refusal([&] { (void)sieve.sift(AatBlock(Shape(2, 4), 1)); }, Errc::Mismatch), "");
}

TEST(Novelty, WaitsInAFolderOldestFirstAndDamageIsThrownAway) {
  const TemporaryFolder folder;
  const NoveltyStore store(folder / "n");
  const Shape shape(4, 8);
  EXPECT_FALSE(store.oldest(shape));
  EXPECT_TRUE(store.keep(10, constant(shape, 3, 1)));
  EXPECT_TRUE(store.keep(20, constant(shape, 2, 2)));
  auto batch = store.oldest(shape);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->met, 10U);
  EXPECT_EQ(batch->inputs[0][0], 1);
  store.drop(*batch, 1);
  batch = store.oldest(shape);
  EXPECT_EQ(batch->inputs.size(), 2U);
  EXPECT_EQ(batch->met, 0U) << "what they were found among is told once";
  store.drop(*batch, 2);
  batch = store.oldest(shape);
  EXPECT_EQ(batch->inputs[0][0], 2);
  auto bytes = read_file(batch->file);
  bytes[bytes.size() / 2] ^= std::byte{4};
  write_file_atomic(batch->file, bytes);
  EXPECT_FALSE(store.oldest(shape));
  EXPECT_FALSE(std::filesystem::exists(batch->file));
  EXPECT_TRUE(store.keep(1, constant(shape, 1, 7)));
  EXPECT_FALSE(store.oldest(Shape(4, 4))) << "addresses of another codec";
  for (std::size_t i = 0; i < NoveltyStore::most_batches; ++i) EXPECT_TRUE(store.keep(1, constant(shape, 1, 1)));
  EXPECT_FALSE(store.keep(1, constant(shape, 1, 1))) << "a target that is never asked does not fill its disk";
}

class Uploads final : public Uplink {
 public:
  std::vector<std::vector<std::byte>> all{};
  void send(std::span<const std::byte> segment) override { all.emplace_back(segment.begin(), segment.end()); }
};

TEST(Novelty, GoesUpWithinItsQuotaAndOnlyWithConsent) {
  const TemporaryFolder folder;
  TestStream made;
  made.first = {{"bits", 5}};
  MemoryCarrier carrier;
  made.write(carrier);
  std::int64_t now = 1'000'000;
  SubscriberOptions options{.profile = internal::test_profile("mss"), .passes = 2, .now_ms = [&] { return now; }};
  Uploads up;
  const auto shape = made.fitted().front()->shape();
  // Held-out inputs have some unseen addresses; what has all of them unseen is novel, if there is any such address.
  const StreamReader stream(carrier);
  AatBlock novel(shape, 40);
  for (std::size_t m = 0; m < shape.spaces(); ++m) {
    std::vector<bool> seen(shape.addresses(m));
    for (std::size_t i = 0; i < stream.size(); ++i) seen[static_cast<std::size_t>(stream.boundaries()[0][i][m])] = true;
    const auto unseen = std::ranges::find(seen, false);
    for (std::size_t i = 0; i < novel.size(); ++i)
      novel.entries(i, m) = unseen == seen.end() ? 0 : static_cast<Address>(unseen - seen.begin());
  }
  {
    Subscriber target(folder / "t", options);
    while (target.turn(&carrier, {}).kind != Turn::Kind::Idle) continue;
    ASSERT_EQ(target.serving_epoch(), 1U);
    EXPECT_EQ(Subscriber::keep_novelty(folder / "t", novel), 40U) << "while the target runs";
    EXPECT_EQ(Subscriber::keep_novelty(folder / "t", stream.boundaries().front()), 0U);
    EXPECT_EQ(target.send_novelty(up), 0U) << "nobody consented";
  }
  options.novelty_quota = 500;
  Subscriber target(folder / "t", options);
  const auto first = target.send_novelty(up);
  EXPECT_GT(first, 5U);
  EXPECT_LT(first, 40U);
  EXPECT_EQ(target.send_novelty(up), 0U) << "the day's quota is used up";
  ASSERT_EQ(up.all.size(), 1U);
  EXPECT_LE(up.all.front().size(), 500U);
  const auto said = parse_novelty(up.all.front(), Trust().grant({.key = target.name(), .role = Role::Device}),
                                  stream.descriptor().shapes(), codebooks_digest(stream.descriptor()));
  ASSERT_TRUE(said) << said.error().what();
  EXPECT_EQ(said->body.novelty.consent, 1U);
  EXPECT_EQ(said->body.novelty.kept, 40U);
  EXPECT_TRUE(std::ranges::equal(said->body.records[0][0], novel[0]));
  EXPECT_EQ(said->body.records[1][0][0], None) << "its own answers are no truth";
  now += 86'400'000;
  std::size_t sent = first;
  while (sent < 40) {
    const auto more = target.send_novelty(up);
    sent += more;
    if (more == 0) now += 86'400'000;
  }
  EXPECT_EQ(sent, 40U);
  EXPECT_EQ(target.send_novelty(up), 0U);
}

}  // namespace
}  // namespace assimilaate
