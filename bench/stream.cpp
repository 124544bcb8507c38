/// bench_stream: what signing costs, how fast a log is written and read back, and how many bits an example takes by
/// each coding, beside zstd and the entropy of each column. One thread. `bench_stream [FOLDER...]`: streams whose
/// examples are coded; without one, speeds only.

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <functional>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/stream/log_reader.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace {

using namespace assimilaate;
using Clock = std::chrono::steady_clock;

/// Processor time of this process [s]: what others do on the machine does not count.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Median of five runs of `work`, which does `count` things [s of processor time each].
double seconds_each(std::size_t count, const std::function<void()>& work) {
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    const double begin = cpu_seconds();
    work();
    runs.push_back((cpu_seconds() - begin) / static_cast<double>(count));
  }
  std::ranges::sort(runs);
  return runs[2];
}

void signatures() {
  const auto key = SecretKey::generate();
  const Trust trust = Trust().grant({.key = key.public_key()});
  SegmentHeader header{.kind = SegmentKind::Setup};
  const auto sealed = parse_header(seal_segment(header, {}, &key)).value();
  const auto bytes = write_header(sealed);
  constexpr std::size_t count = 500;
  std::uint64_t kept = 0;
  const double sign = seconds_each(count, [&] {
    for (std::size_t i = 0; i < count; ++i) kept += std::to_integer<unsigned>(key.sign(signed_bytes(sealed))[0]);
  });
  const double verify = seconds_each(count, [&] {
    for (std::size_t i = 0; i < count; ++i) kept += trust.check(sealed).has_value();
  });
  const double chain = seconds_each(count, [&] {
    for (std::size_t i = 0; i < count; ++i) kept += parse_header(bytes)->previous == blake2b_256(bytes);
  });
  fmt::print("header, us: sign {:.1f}, verify {:.1f}, chain only {:.2f}{}\n", 1e6 * sign, 1e6 * verify, 1e6 * chain,
             kept == 0 ? " " : "");
  for (const std::size_t size : {4096, 65'536}) {
    const std::vector<std::byte> body(size, std::byte{7});
    const double blake = seconds_each(200, [&] {
      for (int i = 0; i < 200; ++i) kept += std::to_integer<unsigned>(blake2b_256(body)[0]);
    });
    const double xxh = seconds_each(200, [&] {
      for (int i = 0; i < 200; ++i) kept += xxh3(body);
    });
    fmt::print("body of {} B, us: BLAKE2b-256 {:.1f}, XXH3 {:.2f}\n", size, 1e6 * blake, 1e6 * xxh);
  }
}

/// Append and replay of a log on the disk of the present folder.
void log_speed(std::size_t body_size, const SecretKey* key) {
  const TemporaryFolder folder;
  const auto place = std::filesystem::path(folder.path()) / "s";
  const std::size_t count = body_size > 10'000 ? 2'000 : 8'000;
  const std::vector<std::byte> body(body_size, std::byte{7});
  const LogName name{StreamId{std::byte{1}}, 1};
  Signing signing;
  if (key != nullptr) signing.key = *key;
  double appended = 0, published = 0, busy = 0;
  std::uint64_t bytes = 0;
  {
    const auto carrier = open_carrier(place.string(), Access::Write);
    LogWriter writer(*carrier, name, signing);
    const auto begin = Clock::now();
    const double cpu = cpu_seconds();
    writer.append(SegmentKind::Setup, {}, 0, {});
    for (std::size_t i = 0; i < count; ++i) writer.append(SegmentKind::Data, body, 1, {});
    carrier->sync(name);
    const auto rate = [&] {
      return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - begin).count();
    };
    appended = rate();
    writer.publish();
    published = rate();
    busy = 1e6 * (cpu_seconds() - cpu) / static_cast<double>(count);
    bytes = writer.state().bytes;
  }
  const auto carrier = open_carrier(place.string(), Access::Read);
  const auto replay = [&](const Trust& trust) {
    return static_cast<double>(bytes) / seconds_each(1, [&] {
             LogScanner scanner(*carrier, name, trust);
             while (scanner.next().value()) {
             }
           });
  };
  Trust trust = Trust::anyone();
  if (key != nullptr) trust = Trust().grant({.key = key->public_key()});
  // The torn-write check alone: headers by their checksum, bodies by theirs.
  const double checksum =
      static_cast<double>(bytes) / seconds_each(1, [&] {
        std::vector<std::byte> scratch;
        for (std::uint64_t offset = 0; offset < bytes;) {
          const auto header = parse_header(carrier->view_log(name, offset, 256, scratch)).value();
          const auto segment = carrier->view_log(name, offset, header.segment_length(), scratch);
          if (segment.size() != header.segment_length() || xxh3(segment.subspan(256)) != header.body_xxh3)
            fail(Errc::Integrity, "a torn segment");
          offset += header.segment_length();
        }
      });
  fmt::print(
      "{} segments of {} B, {}: append {:.0f}/s by the clock, sync every {} ({:.0f}/s with head and packs, {:.1f} us "
      "of "
      "processor each); replay, GB "
      "per "
      "processor second: checksums {:.2f}, hashes and chain {:.2f}, {} {:.2f}\n",
      count, body_size, key != nullptr ? "signed" : "unsigned", appended, LogWriter::sync_group, published, busy,
      checksum / 1e9, replay(Trust::anyone()) / 1e9, key != nullptr ? "and signatures" : "again", replay(trust) / 1e9);
}

/// Bits that zstd -19 makes of bytes.
double zstd_19(std::span<const std::byte> bytes) {
  std::vector<std::byte> out(ZSTD_compressBound(bytes.size()));
  const auto size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 19);
  if (ZSTD_isError(size) != 0) fail(Errc::Io, "zstd: {}", ZSTD_getErrorName(size));
  return 8.0 * static_cast<double>(size);
}

/// Order-0 entropy of each column by itself [bits over all records].
double order_0(std::span<const AatBlock> blocks) {
  double bits = 0;
  for (const AatBlock& block : blocks) {
    for (std::size_t s = 0; s < block.shape.spaces(); ++s) {
      std::vector<double> counts(block.shape.addresses(s));
      for (std::size_t r = 0; r < block.size(); ++r)
        if (block.entries(r, s) != None) ++counts[static_cast<std::size_t>(block.entries(r, s))];
      for (const double c : counts)
        if (c > 0) bits -= c * std::log2(c / static_cast<double>(block.size()));
    }
  }
  return bits;
}

/// One row: a stream's data by each coding, in segments of 1024 records. zstd gets all of them at once.
void codings(const std::string& place) {
  const StreamReader stream(*open_carrier(place, Access::Read));
  const auto& blocks = stream.boundaries();
  const auto n = stream.size();
  constexpr std::size_t segment = 1024;
  const auto code = [&](const ColumnCoding& coding) {
    std::vector<std::byte> all;
    for (std::size_t first = 0; first < n; first += segment) {
      const auto body = encode_columns(coding, blocks, first, std::min(segment, n - first));
      all.insert(all.end(), body.bytes.begin(), body.bytes.end());
    }
    return all;
  };
  ColumnCoding coding{.shapes = stream.descriptor().shapes()};
  const auto packed = code(coding);
  coding.frequencies = fit_frequencies(blocks, n);
  const auto ranged = code(coding);
  const auto tables = write_frequencies(coding.frequencies);
  const auto each = [&](double bits) { return bits / static_cast<double>(n); };
  const auto bits = [](const auto& bytes) { return 8.0 * static_cast<double>(bytes.size()); };
  fmt::print("| {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", stream.descriptor().name, n,
             each(bits(packed)), each(bits(ranged)), each(bits(tables)), each(zstd_19(packed)), each(order_0(blocks)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    signatures();
    const auto key = assimilaate::SecretKey::generate();
    for (const std::size_t size : {4096, 65'536}) {
      log_speed(size, nullptr);
      log_speed(size, &key);
    }
    if (argc > 1)
      fmt::print(
          "\n| stream | examples | packed (codec 0) | codec 1 | its tables | zstd -19 of packed | order-0 entropy |\n"
          "|---|---|---|---|---|---|---|\n");
    for (int i = 1; i < argc; ++i) codings(argv[i]);
    return 0;
  } catch (const assimilaate::Error& problem) {
    fmt::print(stderr, "bench_stream: {}\n", problem.what());
    return static_cast<int>(problem.code());
  }
}
