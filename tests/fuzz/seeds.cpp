/// Whole inputs for fuzzers to start from: fuzz_seeds FOLDER GOLDEN writes FOLDER/<fuzzer>/<name>, some of them from
/// the segments in the folder GOLDEN.

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/segment.hpp"
#include "assimilaate/target/internal/test_stream.hpp"

namespace {

using namespace assimilaate;
using Bytes = std::vector<std::byte>;
namespace fs = std::filesystem;

fs::path folder;

void seed(const std::string& fuzzer, const std::string& name, std::span<const std::byte> bytes) {
  fs::create_directories(folder / fuzzer);
  write_file_atomic(folder / fuzzer / name, bytes);
}

Bytes behind(std::uint8_t first, std::span<const std::byte> bytes) {
  Bytes all{static_cast<std::byte>(first)};
  all.insert(all.end(), bytes.begin(), bytes.end());
  return all;
}

/// Committed segments whole, and their bodies for the fuzzers of their kinds.
void golden_segments(const fs::path& golden) {
  for (const auto& entry : fs::directory_iterator(golden)) {
    if (entry.path().extension() != ".aat") continue;
    const auto bytes = read_file(entry.path());
    const auto name = entry.path().stem().string();
    seed("segment", name, bytes);
    const auto segment = parse_segment(bytes);
    if (!segment) continue;
    const auto body = segment->body;
    const auto kind = segment->header.kind;
    if (kind == SegmentKind::Setup) seed("setup", name, body);
    if (kind == SegmentKind::Head) seed("head", name, behind(static_cast<std::uint8_t>(segment->header.epoch), body));
    if (kind == SegmentKind::Tombstone) seed("tombstone", name, body);
    if (kind == SegmentKind::Keys) seed("key_set", name, behind(1, body));
    if (kind == SegmentKind::Plan) seed("statements", name, behind(0, body));
    if (kind == SegmentKind::Report) seed("statements", name, behind(1, body));
    if (kind == SegmentKind::Health) seed("statements", name, behind(2, body));
    if (kind == SegmentKind::Novelty)
      seed("statements", name, behind(static_cast<std::uint8_t>(3 + 4 * (segment->header.records - 1)), body));
  }
}

void codecs() {
  auto vectors = internal::normal_matrix(40, 4, 1);
  for (float& v : vectors.values()) v = std::floor(std::abs(3 * v));  // `address` takes whole numbers
  std::uint8_t number = 0;
  for (const CodecKind* kind : codec_catalogue()) {
    const auto name = std::string(kind->name);
    Settings settings;
    for (const Field& field : kind->fields)
      if (field.name == "bits") settings["bits"] = std::max(field.low, 2.0);
    try {
      const auto codec = fit_codec(name, vectors.view(), settings, 1);
      seed("codec", name, behind(number, codec->body()));
      seed("codec", name + ".file", codec_bytes(*codec));
    } catch (const Error& problem) {
      fmt::print("{}: no seed ({})\n", name, problem.what());
    }
    ++number;
  }
}

void targets() {
  const internal::TestStream small{.widths = {2, 3, 2},
                                   .examples = 8,
                                   .held_out = 4,
                                   .first = {{"bits", 1}},
                                   .middle = {{"bits", 1}},
                                   .last = {{"bits", 2}}};
  seed("graph", "whole", internal::random_mlp(small.widths, small.glue, small.seed));
  seed("graph", "stripped", small.graph().strip().to_bytes());
  for (const char* profile : {"float", "mss", "damaged"}) {
    fs::create_directories(folder / "target");
    Target target(small.read(), internal::test_profile(profile));
    target.save(folder / "target" / profile);
    target.assimilate(small.read(), {});
    target.save(folder / "target" / (std::string(profile) + "-taught"));
  }
}

void texts() {
  const auto text = [](const char* fuzzer, const char* name, std::string_view words) {
    seed(fuzzer, name, std::as_bytes(std::span(words)));
  };
  text("names", "broker", "mqtts://user:word@[::1]:8883?tenant=a&client=b&profile=large");
  text("names", "socket", "mqtt:///run/broker.sock?tenant=a");
  text("names", "server", "https://user:word@example.org:8443/streams");
  text("names", "mark", "1 20 4096");
  text("names", "topic", "aat1/t/d/0123456789abcdef0123456789abcdef/head");
  text("names", "key", "0123456789abcdef");
  const std::string key(64, '7');
  text("keyring", "public", "assimilaate-public-key ed25519 " + key + " me\n");
  text("keyring", "private", "assimilaate-private-key ed25519 " + key + " me\n");
  text("keyring", "trusted",
       "# mine\nkey " + key + " teacher * never me\nroot " + key + " r\nkey " + key +
           " device 0123456789abcdef0123456789abcdef 99 d\nrevoked 0123456789abcdef\nthreshold 1\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: fuzz_seeds FOLDER GOLDEN\n");
    return 2;
  }
  folder = argv[1];
  golden_segments(argv[2]);
  codecs();
  targets();
  texts();
  return 0;
}
