#include "assimilaate/carrier/internal/mqtt_up.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/test_broker.hpp"
#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;
using internal::test_device;
using internal::test_report;
using internal::TestBroker;

class MqttUpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TestBroker::installed()) GTEST_SKIP() << "mosquitto is not installed (scripts/test does it)";
    broker_ = std::make_unique<TestBroker>("max_queued_messages 0\nmax_queued_bytes 16777216\n");
  }
  [[nodiscard]] std::string url() const { return broker_->url(); }
  [[nodiscard]] std::unique_ptr<Uplink> uplink() const { return open_uplink(url(), device_.public_key()); }
  [[nodiscard]] Bytes report(std::uint64_t counter) const { return test_report(device_, counter); }
  static std::set<std::uint64_t> taken(Inbox& inbox, std::size_t wanted, bool acknowledge = true) {
    std::set<std::uint64_t> counters;
    for (int turn = 0; turn < 100 && counters.size() < wanted; ++turn) {
      for (const auto& upload : inbox.receive(0.1)) counters.insert(parse_header(upload.segment).value().index);
      if (acknowledge) inbox.acknowledge();
    }
    return counters;
  }

  std::unique_ptr<TestBroker> broker_;
  SecretKey device_ = test_device(1);
};

TEST_F(MqttUpTest, BringsReportsHealthAndNoveltyToACollector) {
  const auto inbox = open_inbox(url());
  const auto device = uplink();
  const auto descriptor = internal::small_descriptor();
  const std::vector<Bytes> sent{report(1), write_health({.version = 2}, {.active_epoch = 3}, &device_),
                                write_novelty({.stream = stream_id(descriptor), .version = 3}, {.epoch = 1},
                                              internal::drawn_records(descriptor, 9, 1), &device_)};
  for (const auto& segment : sent) device->send(segment);
  std::vector<Bytes> came;
  for (int turn = 0; turn < 100 && came.size() < sent.size(); ++turn) {
    for (const auto& [from, segment] : inbox->receive(0.1)) {
      EXPECT_EQ(from, device_.public_key());
      came.push_back(segment);
    }
    inbox->acknowledge();
  }
  std::ranges::sort(came, {}, [](const Bytes& b) { return parse_header(b).value().index; });
  EXPECT_EQ(came, sent);
}

TEST_F(MqttUpTest, GivesAgainWhatWasNotAcknowledgedAndNothingElse) {
  const auto device = uplink();
  {
    const auto inbox = open_inbox(url());
    for (std::uint64_t i = 1; i <= 40; ++i) device->send(report(i));
    EXPECT_EQ(taken(*inbox, 40).size(), 40U);
    for (std::uint64_t i = 41; i <= 100; ++i) device->send(report(i));
    EXPECT_EQ(taken(*inbox, 60, false).size(), 60U);
  }
  for (std::uint64_t i = 101; i <= 110; ++i) device->send(report(i));  // while nobody is there
  const auto counters = taken(*open_inbox(url()), 70);
  EXPECT_EQ(counters.size(), 70U);
  EXPECT_EQ(*counters.begin(), 41U) << "those before were acknowledged";
  EXPECT_TRUE(open_inbox(url())->receive(0.3).empty());
}

TEST_F(MqttUpTest, CollectorsOfAGroupShareWhatComes) {
  const auto one = open_inbox(url() + "?group=g7&client=one"), two = open_inbox(url() + "?group=g7&client=two");
  const auto device = uplink();
  for (std::uint64_t i = 1; i <= 100; ++i) device->send(report(i));
  EXPECT_EQ(taken(*one, 50).size(), 50U);
  EXPECT_EQ(taken(*two, 50).size(), 50U);
}

TEST_F(MqttUpTest, AReportThatNobodyCollectsIsNotHandedOver) {
  const auto device = uplink();
  EXPECT_NE(error_of([&] { device->send(report(1)); }, Errc::Io).find("nobody collects"), std::string::npos);
  const auto inbox = open_inbox(url());
  EXPECT_NO_THROW(device->send(report(1)));
}

TEST_F(MqttUpTest, ACollectorSubscribesAgainWhenTheBrokerHasForgottenIt) {
  const auto inbox = open_inbox(url());
  broker_->kill();
  broker_->start();
  (void)inbox->receive(0.5);
  uplink()->send(report(1));
  EXPECT_EQ(taken(*inbox, 1).size(), 1U);
}

TEST_F(MqttUpTest, WhatIsTooLargeIsRefusedBeforeItIsSent) {
  const auto descriptor = internal::small_descriptor();
  const auto large = write_novelty({.stream = stream_id(descriptor), .version = 1}, {},
                                   internal::drawn_records(descriptor, 30'000, 1), &device_);
  ASSERT_GT(large.size(), 65'536U + 256);
  const auto inbox = open_inbox(url());
  EXPECT_NE(error_of([&] { uplink()->send(large); }, Errc::Usage).find("over MQTT go"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
