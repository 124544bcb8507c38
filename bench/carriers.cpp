/// What the carriers move, beside what issue and design ask for: medians, lowest and highest of some repetitions.
///   bench_carriers [REPETITIONS [SEGMENTS [PARTS]]]      5 repetitions of 20 000 segments of 4 KiB; of
///   directory,web,broker

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "assimilaate/carrier/bridge.hpp"
#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/mqtt_topics.hpp"
#include "assimilaate/carrier/internal/posix_file.hpp"
#include "assimilaate/carrier/internal/test_log.hpp"
#include "assimilaate/carrier/internal/test_web_server.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace {

using namespace assimilaate;
using internal::read_segments;

constexpr double MB = 1e6;

template <typename Work>
double seconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// One line: the median and the range of `values`.
void line(std::string_view what, std::vector<double> values, std::string_view unit, std::string_view bar) {
  std::ranges::sort(values);
  fmt::print("{:<58}{:>11.4g}  [{:.4g} .. {:.4g}] {:<12} {}\n", what, values[values.size() / 2], values.front(),
             values.back(), unit, bar);
  std::fflush(stdout);
}

struct Bench {
  std::size_t repetitions, segments;
  internal::MemoryCarrier truth{};
  LogName log{};

  template <typename Work>
  std::vector<double> rates(double amount, Work work) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < repetitions; ++i) values.push_back(amount / seconds([&] { work(); }));
    return values;
  }

  void read(const std::string& url, std::size_t wanted) const {
    const auto read = read_segments(*open_carrier(url, Access::Read), log, 0, SIZE_MAX, false);
    if (read.segments != wanted) fail(Errc::Io, "{}: {} of {} segments arrived", url, read.segments, wanted);
  }

  void directory(const TemporaryFolder& folder) {
    const auto& bytes = truth.log(log);
    const auto count = read_segments(truth, log, 0, SIZE_MAX, false).segments;
    int number = 0;
    line("directory: append, a sync every 256 segments",
         rates(static_cast<double>(count),
               [&] {
                 const auto carrier =
                     open_carrier((folder / fmt::format("append{}", number++)).string(), Access::Write);
                 std::size_t unsynced = 0;
                 for (std::span<const std::byte> rest = bytes; !rest.empty();) {
                   const auto length = parse_header(rest).value().segment_length();
                   carrier->append(log, rest.first(length));
                   if (++unsynced % 256 == 0) carrier->sync(log);
                   rest = rest.subspan(length);
                 }
                 carrier->sync(log);
               }),
         "segments/s", ">= 30 k");
    line("  rival: the same bytes written to a file, fdatasync every 256",
         rates(static_cast<double>(count),
               [&] {
                 internal::PosixFile file(folder / fmt::format("raw{}", number++), O_RDWR | O_CREAT);
                 std::uint64_t at = 0;
                 for (std::size_t i = 1; at < bytes.size(); ++i) {
                   const auto length = parse_header(std::span(bytes).subspan(at)).value().segment_length();
                   file.write_at(at, std::span(bytes).subspan(at, length));
                   if (i % 256 == 0) file.sync();
                   at += length;
                 }
                 file.sync();
               }),
         "segments/s", "");
    const auto url = (folder / "append0").string();
    const auto replay = [&](auto check) {
      return rates(static_cast<double>(bytes.size()) / 1e9, [&] {
        const auto carrier = open_carrier(url, Access::Read);
        std::vector<std::byte> scratch;
        for (std::uint64_t at = 0; at < bytes.size();) {
          std::uint32_t body = 0;
          std::memcpy(&body, carrier->view_log(log, at, 256, scratch).data() + 80, sizeof body);
          const auto segment = carrier->view_log(log, at, 256 + body, scratch);
          check(segment);
          at += segment.size();
        }
      });
    };
    line("directory: replay, XXH3 of each body checked", replay([](std::span<const std::byte> segment) {
           std::uint64_t wanted = 0;
           std::memcpy(&wanted, segment.data() + 88, sizeof wanted);
           if (xxh3(segment.subspan(256)) != wanted) fail(Errc::Integrity, "a body is damaged");
         }),
         "GB/s", ">= 2.5");
    line("  rival: the file read in blocks of 256 KiB, XXH3 of each",
         rates(static_cast<double>(bytes.size()) / 1e9,
               [&] {
                 const internal::PosixFile file(folder / "append0/streams" / hex(log.stream) / "00000001/log.aat",
                                                O_RDONLY);
                 std::vector<std::byte> block(256U << 10);
                 std::uint64_t at = 0, sum = 0;
                 while (const auto got = file.read_at(at, block)) {
                   sum ^= xxh3(std::span(block).first(got));
                   at += got;
                 }
                 if (at != bytes.size() || sum == 0) fail(Errc::Io, "the log has {} bytes", at);
               }),
         "GB/s", "");
    line("directory: replay, header parsed and BLAKE2b of the body, too",
         replay([](std::span<const std::byte> segment) { (void)parse_segment(segment).value(); }), "GB/s", "");
  }

  void web(const TemporaryFolder& folder, std::size_t count) {
    if (!internal::TestWebServer::installed()) return void(fmt::print("HTTP: nginx is not installed\n"));
    ::setenv("no_proxy", "*", 1);
    const auto published = folder / "published";
    {
      const auto carrier = open_carrier(published.string(), Access::Write);
      bridge_stream(truth, *carrier, log.stream);
    }
    const internal::TestWebServer server(published, ASSIMILAATE_SOURCE_DIR);
    ::setenv("ASSIMILAATE_CA_FILE", server.ca_file().c_str(), 1);
    line("HTTP: packs, plain", rates(static_cast<double>(count), [&] { read(server.url(), count); }), "segments/s", "");
    line("HTTP: packs, TLS", rates(static_cast<double>(count), [&] { read(server.secure_url(), count); }), "segments/s",
         ">= 40 k");
    ::unsetenv("ASSIMILAATE_CA_FILE");
  }

  /// mosquitto's own client, which asks for all by one wildcard and keeps nothing; how many arrived stands beside.
  void rival_joiner(const internal::TestBroker& broker, std::size_t count) const {
    const auto program = internal::find_program("mosquitto_sub");
    if (program.empty()) return void(fmt::print("  rival: mosquitto_sub is not installed (mosquitto-clients)\n"));
    const auto command = fmt::format("{} -p {} -V 5 -q 1 -W 4 -F %U -t '{}+' 2>&1", program, broker.port(),
                                     internal::MqttTopics("default").log(log));
    std::size_t least = count;
    line(
        "  rival: mosquitto_sub, all topics at once",
        [&] {
          std::vector<double> values;
          for (std::size_t i = 0; i < repetitions; ++i) {
            const double start =
                std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
            double last = start;
            std::size_t arrived = 0;
            const std::unique_ptr<FILE, int (*)(FILE*)> said(::popen(command.c_str(), "r"), ::pclose);
            for (char text[64]; said && std::fgets(text, sizeof text, said.get());)
              if (const double at = std::strtod(text, nullptr); at > start) {
                last = at;
                ++arrived;
              }
            least = std::min(least, arrived);
            values.push_back(arrived > 0 ? static_cast<double>(arrived) / (last - start) : 0);
          }
          return values;
        }(),
        "segments/s", fmt::format("{} of {} arrived", least, count));
  }

  void broker(std::size_t count) {
    if (!internal::TestBroker::installed()) return void(fmt::print("MQTT: mosquitto is not installed\n"));
    const internal::TestBroker broker;
    line("MQTT: seeding an empty default mosquitto, PUBACKs awaited", {[&] {
           return static_cast<double>(count) /
                  seconds([&] { bridge_stream(truth, *open_carrier(broker.url(), Access::Write), log.stream); });
         }()},
         "segments/s", "");
    const auto memory = [&] { return static_cast<double>(internal::resident_bytes(broker.process())) / MB; };
    const double seeded = memory();
    line("MQTT: one late joiner", rates(static_cast<double>(count), [&] { read(broker.url(), count); }), "segments/s",
         ">= 30 k");
    rival_joiner(broker, count);
    const double one = memory();
    double most = 0;
    line("MQTT: 20 late joiners at once, together",
         rates(20.0 * static_cast<double>(count),
               [&] {
                 std::vector<std::thread> joiners;
                 std::atomic<std::size_t> complete = 0;
                 for (int i = 0; i < 20; ++i)
                   joiners.emplace_back([&] {
                     try {
                       read(broker.url(), count);
                       ++complete;
                     } catch (const Error& problem) {
                       fmt::print("{}\n", problem.what());
                     }
                   });
                 std::jthread watch([&](std::stop_token done) {
                   for (; !done.stop_requested(); ::usleep(20'000)) most = std::max(most, memory());
                 });
                 for (auto& joiner : joiners) joiner.join();
                 watch.request_stop();
                 watch.join();
                 if (complete < 20) fail(Errc::Io, "{} of 20 joiners are complete", complete.load());
               }),
         "segments/s", "");
    fmt::print("MQTT: broker memory: seeded {:.0f} MB, after one joiner {:.0f} MB, with 20 {:.0f} MB\n", seeded, one,
               most);
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  Bench bench{std::max<std::size_t>(number(1, 5), 1), number(2, 20'000)};
  bench.log = {internal::write_small_stream(bench.truth, 100, 5), 1};
  internal::lengthen(bench.truth, bench.log.stream, bench.segments);
  const auto all = read_segments(bench.truth, bench.log, 0, SIZE_MAX, false);
  fmt::print("{} segments, {:.1f} MB, {} repetitions: median [lowest .. highest], what is asked for\n", all.segments,
             static_cast<double>(all.end) / MB, bench.repetitions);
  const TemporaryFolder folder;
  const std::string_view parts = argc > 3 ? argv[3] : "directory,web,broker";
  const auto asked = [&](const char* part) { return parts.find(part) != std::string_view::npos; };
  if (asked("directory")) bench.directory(folder);
  if (asked("web")) bench.web(folder, all.segments);
  if (asked("broker")) bench.broker(all.segments);
  return 0;
} catch (const std::exception& problem) {
  fmt::print(stderr, "bench_carriers: {}\n", problem.what());
  return 1;
}
