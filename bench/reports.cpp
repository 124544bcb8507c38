/// Reports of many devices through a broker into a collection, beside what the broker alone takes.
///   bench_reports [REPETITIONS [DEVICES [REPORTS]]]      5 repetitions of 1 000 connections with 10 reports each

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/mqtt_client.hpp"
#include "assimilaate/carrier/internal/mqtt_topics.hpp"
#include "assimilaate/carrier/internal/test_broker.hpp"
#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/fleet/collection.hpp"

namespace {

using namespace assimilaate;
using Clock = std::chrono::steady_clock;
using internal::MqttClient;
using internal::MqttPlace;

constexpr std::size_t threads = 2;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void line(std::string_view what, std::vector<double> values, std::string_view bar) {
  std::ranges::sort(values);
  fmt::print("{:<62}{:>9.0f}  [{:.0f} .. {:.0f}] reports/s  {}\n", what, values[values.size() / 2], values.front(),
             values.back(), bar);
  std::fflush(stdout);
}

struct Bench {
  std::size_t repetitions, devices, reports;
  std::vector<SecretKey> keys{};
  std::uint64_t counter = 0;

  [[nodiscard]] std::size_t all() const { return devices * reports; }

  /// New reports, device by device.
  std::vector<Upload> next() {
    std::vector<Upload> uploads;
    for (const SecretKey& key : keys)
      for (std::size_t r = 1; r <= reports; ++r)
        uploads.push_back({key.public_key(), internal::test_report(key, counter + r)});
    counter += reports;
    return uploads;
  }

  struct Sent {
    Clock::time_point start{};  ///< of the first report, all connections being open
    double seconds = 0;         ///< until the last acknowledgement
  };
  /// Send each device's reports over a connection of its own.
  [[nodiscard]] Sent send(const std::string& url, const std::vector<Upload>& uploads) const {
    const auto place = MqttPlace::parse(url);
    const internal::MqttTopics topics(place.tenant);
    const auto header = parse_header(uploads.front().segment).value();
    std::barrier ready(threads + 1), done(threads + 1);
    std::vector<std::jthread> senders;
    for (std::size_t t = 0; t < threads; ++t)
      senders.emplace_back([&, t] {
        try {
          std::vector<std::unique_ptr<MqttClient>> clients;
          for (std::size_t d = t; d < devices; d += threads) {
            clients.push_back(std::make_unique<MqttClient>(place, [](auto, auto, auto) {}));
            clients.back()->connect();
          }
          ready.arrive_and_wait();
          for (std::size_t d = t, c = 0; d < devices; d += threads, ++c)
            for (std::size_t r = 0; r < reports; ++r) {
              const Upload& upload = uploads[d * reports + r];
              clients[c]->publish(topics.upload(internal::device_name(upload.device), header), upload.segment, false);
            }
          for (auto& client : clients) client->flush();
          done.arrive_and_wait();
        } catch (const std::exception& problem) {
          fmt::print(stderr, "bench_reports: {}\n", problem.what());
          std::_Exit(1);
        }
      });
    ready.arrive_and_wait();
    const auto start = Clock::now();
    done.arrive_and_wait();
    return {start, since(start)};
  }
  [[nodiscard]] double rate(double seconds) const { return static_cast<double>(all()) / seconds; }

  void store(const TemporaryFolder& folder) {
    std::vector<double> verified, stored;
    Collection collection(folder / "alone.db");
    for (std::size_t i = 0; i < repetitions; ++i) {
      const auto uploads = next();
      auto start = Clock::now();
      for (const Upload& upload : uploads) {
        Trust trust;
        trust.grant({.key = upload.device, .role = Role::Device});
        (void)parse_report(upload.segment, trust).value();
      }
      verified.push_back(rate(since(start)));
      start = Clock::now();
      for (std::size_t at = 0; at < uploads.size(); at += 512)
        (void)collection.take(std::span(uploads).subspan(at, std::min<std::size_t>(512, uploads.size() - at)), 1);
      stored.push_back(rate(since(start)));
    }
    line("signatures and messages alone, one core", verified, "");
    line("a collection alone: checked, stored, synced every 512", stored, "");
  }

  void through_broker(const TemporaryFolder& folder) {
    if (!internal::TestBroker::installed()) return void(fmt::print("mosquitto is not installed\n"));
    const internal::TestBroker broker("max_queued_messages 0\nmax_queued_bytes 16777216\nmax_inflight_messages 64\n");
    std::vector<double> raw, sunk, sent, stored;
    for (std::size_t i = 0; i < repetitions; ++i) raw.push_back(rate(send(broker.url(), next()).seconds));
    line("mosquitto alone: acknowledged to devices, nobody subscribed", raw, "(rival)");
    for (std::size_t i = 0; i < repetitions; ++i) {
      std::size_t come = 0;
      MqttClient sink(MqttPlace::parse(broker.url()), [&](auto, auto, auto) { ++come; });
      sink.connect();
      const std::array topics{std::string("aat1/default/r/#")};
      const int question = sink.subscribe(topics, internal::Kept::Omit);
      while (!sink.answered(question)) sink.run(0.1);
      Clock::time_point last;
      std::jthread running([&] {
        while (come < all()) sink.run(0.01);
        last = Clock::now();
      });
      const auto start = send(broker.url(), next()).start;
      running.join();
      sunk.push_back(rate(std::chrono::duration<double>(last - start).count()));
    }
    line("mosquitto and a subscriber that keeps nothing, to the last one", sunk, "(rival)");
    for (std::size_t i = 0; i < repetitions; ++i) {
      Collection collection(folder / "fleet.db");
      const auto inbox = open_inbox(broker.url());
      Clock::time_point last;
      std::jthread running([&] {
        std::size_t come = 0;
        collect(*inbox, collection, 0.01, [&](const Collected& brought) { return (come += brought.reports) < all(); });
        last = Clock::now();
      });
      const auto [start, seconds] = send(broker.url(), next());
      running.join();
      sent.push_back(rate(seconds));
      stored.push_back(rate(std::chrono::duration<double>(last - start).count()));
    }
    line("collected: acknowledged to devices", sent, "14-16 k in the design, 200 B");
    line("collected: stored, synced and acknowledged, to the last one", stored, "none lost");
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? std::max<std::size_t>(std::strtoull(argv[at], nullptr, 10), 1) : otherwise;
  };
  Bench bench{number(1, 5), number(2, 1000), number(3, 10)};
  for (std::uint32_t d = 0; d < bench.devices; ++d) bench.keys.push_back(internal::test_device(d));
  fmt::print("{} connections, {} reports of {} B each, {} repetitions: median [lowest .. highest]\n", bench.devices,
             bench.reports, bench.next().front().segment.size(), bench.repetitions);
  const TemporaryFolder folder;
  bench.store(folder);
  bench.through_broker(folder);
  return 0;
} catch (const std::exception& problem) {
  fmt::print(stderr, "bench_reports: {}\n", problem.what());
  return 1;
}
