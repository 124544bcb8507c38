#include "assimilaate/substrate/pulse_trace.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/substrate/internal/test_arrays.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t rows = 5, lanes = 100;
const Imperfections wrong{.step_variation = 0.3, .cycle_variation = 0.2, .stuck = 0.05};

/// An array with a past: pulses on all tiles, a masked synapse, and time between.
std::unique_ptr<SynapseArray> taught(std::string_view name, PulseTrace* trace, const Settings& settings = {}) {
  auto array = test::array_of(name, rows, lanes, wrong, 3, settings);
  if (trace != nullptr) {
    *trace = PulseTrace(rows, lanes, array->drive());
    array->watch(trace);
  }
  test::pulse_all_tiles(*array, 5);
  array->open(1)->mask(3, 7);
  array->elapse({.idle = 0.01, .reading = 0.01, .voltage = 0.05, .temperature = 330, .event = 99});
  test::pulse_all_tiles(*array, 5);
  return array;
}

Errc refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e.code();
  }
  ADD_FAILURE() << "accepted";
  return Errc::Io;
}

TEST(PulseTrace, PlayedAgainGivesTheSameStateBitForBit) {
  for (const auto& [name, settings] :
       {std::pair<const char*, Settings>{"mss", {}}, {"mss", {{"published", 1}}}, {"byte", {}}, {"rs", {}}}) {
    PulseTrace trace(1, 1, 1);
    const auto array = taught(name, &trace, settings);
    const auto fresh = test::array_of(name, rows, lanes, wrong, 3, settings);
    EXPECT_NE(test::state_of(*fresh), test::state_of(*array));
    trace.replay(*fresh);
    EXPECT_EQ(test::state_of(*fresh), test::state_of(*array)) << name;
  }
}

TEST(PulseTrace, ChangesNothingOfWhatItWatches) {
  PulseTrace trace(1, 1, 1);
  EXPECT_EQ(test::state_of(*taught("mss", &trace)), test::state_of(*taught("mss", nullptr)));
}

TEST(PulseTrace, ComesBackFromItsFile) {
  const TemporaryFolder folder;
  PulseTrace trace(1, 1, 1);
  const auto array = taught("mss", &trace);
  trace.save(folder.path() / "x.trace");
  const PulseTrace back = PulseTrace::load(folder.path() / "x.trace");
  EXPECT_EQ(back.pulses(), trace.pulses());
  const auto fresh = test::array_of("mss", rows, lanes, wrong);
  back.replay(*fresh);
  EXPECT_EQ(test::state_of(*fresh), test::state_of(*array));
  EXPECT_LT(trace.bytes(), 3 * trace.pulses());
}

TEST(PulseTrace, ListsTwoOppositePulsesForEveryCouple) {
  const auto array = test::array_of("mss", rows, lanes);
  PulseTrace trace(rows, lanes, array->drive());
  array->watch(&trace);
  Events events;
  const auto tile = array->open(1);
  const std::vector<Fire> fires{{1, 3, 2}, {1, 5, -1}, {4, 3, 1}};
  tile->pulse(fires, 1e-6, 42, events);
  std::vector<TraceRow> seen;
  trace.for_each([&](const TraceRow& row) { seen.push_back(row); });
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(trace.pulses(), events.pulses);
  const double up = 2 * array->drive();
  // FH and RH of the lane that goes up, FL and RL of the one that goes down; each lasts as long as the longest of its
  // row.
  const std::vector<std::tuple<double, std::size_t, std::size_t, char, double, unsigned>> expected{
      {0, 67, 1, 'a', up, 2},     {2e-6, 67, 1, 'b', -up, 2}, {4e-6, 69, 1, 'b', up, 1},
      {6e-6, 69, 1, 'a', -up, 1}, {8e-6, 67, 4, 'a', up, 1},  {9e-6, 67, 4, 'b', -up, 1}};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto& [time, lane, row, side, amplitude, count] = expected[i];
    EXPECT_NEAR(seen[i].time, time, 1e-15) << i;
    EXPECT_EQ(std::tuple(seen[i].lane, seen[i].row, seen[i].memristor, seen[i].amplitude, seen[i].count, seen[i].width,
                         seen[i].event),
              std::tuple(lane, row, side, amplitude, count, 1e-6, std::uint64_t{42}))
        << i;
  }
  std::ostringstream csv;
  trace.write_csv(csv, [](std::size_t row) { return std::pair<long, long>(static_cast<long>(row) / 2, row % 2); });
  EXPECT_NE(csv.str().find("\ntime_s,lane,space,address,memristor,amplitude_V,width_s,count,event\n"
                           "0,67,0,1,a,0.5,"),
            std::string::npos)
      << csv.str();
}

TEST(PulseTrace, KeepsWhatWasAppliedAndNotWhatMaskedSynapsesWereSpared) {
  const auto array = test::array_of("mss", rows, lanes);
  PulseTrace trace(rows, lanes, array->drive());
  array->watch(&trace);
  Events events;
  const auto tile = array->open(0);
  tile->mask(2, 9);
  tile->pulse(test::everywhere(rows, tile_lanes, 1), 1e-6, 1, events);
  const std::vector<std::int8_t> up(tile_lanes, 1);
  tile->pulse_row(2, up, 1e-6, 2, events);
  EXPECT_EQ(events.pulses, 2 * (rows * tile_lanes - 1 + tile_lanes - 1));
  EXPECT_EQ(trace.pulses(), events.pulses);
  trace.for_each([](const TraceRow& row) { EXPECT_FALSE(row.row == 2 && row.lane == 9); });
}

TEST(PulseTrace, RefusesPulsesThatCannotBeThoughTheChecksumHolds) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.trace";
  // Magic, version, shape and drive take 30 bytes; then one tile: its pulses, the length of its log, the log.
  const auto with = [&](std::span<const std::byte> log, std::uint64_t pulses) {
    PulseTrace(2, 3, 0.5).save(file);
    ByteWriter out;
    const auto whole = read_file(file);
    out.put_bytes(std::span(whole).first(30));
    out.put(pulses);
    out.put_array(log);
    out.put(xxh3(out.bytes()));
    write_file_atomic(file, out.bytes());
    return PulseTrace::load(file);
  };
  const auto pulses = [](double width, std::initializer_list<std::uint8_t> rest) {
    ByteWriter log;
    log.put(std::uint8_t{1});
    log.put(width);
    for (const auto byte : rest) log.put(byte);
    return std::move(log).take();
  };
  // Event 7, one fire: onward 1, lane 2, one couple up.
  EXPECT_EQ(with(pulses(1e-6, {7, 1, 2, 2, 2}), 2).pulses(), 2U);
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const double width : {0.0, -1e-6, nan, inf})
    EXPECT_EQ(refusal([&] { static_cast<void>(with(pulses(width, {7, 1, 2, 2, 2}), 2)); }), Errc::Format) << width;
  for (const auto& fire : {pulses(1e-6, {7, 1, 4, 2, 2}), pulses(1e-6, {7, 1, 1, 2, 2}), pulses(1e-6, {7, 1, 2, 3, 2}),
                           pulses(1e-6, {7, 1, 2, 2, 0}), pulses(1e-6, {7, 9, 2, 2, 2}),
                           pulses(1e-6, {7, 1, 2, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1})})
    EXPECT_EQ(refusal([&] { static_cast<void>(with(fire, 2)); }), Errc::Format);
  EXPECT_EQ(refusal([&] { static_cast<void>(with(pulses(1e-6, {7, 1, 2, 2, 2}), 4)); }), Errc::Format);
  for (const Elapsed& time : {Elapsed{.idle = nan}, Elapsed{.reading = -1}, Elapsed{.temperature = 0}}) {
    ByteWriter log;
    log.put(std::uint8_t{3});
    log.put(time);
    EXPECT_EQ(refusal([&] { static_cast<void>(with(log.bytes(), 0)); }), Errc::Format);
  }
}

TEST(PulseTrace, IsRefusedByAnArrayOfAnotherShapeOrDrive) {
  PulseTrace trace(1, 1, 1);
  static_cast<void>(taught("mss", &trace));
  EXPECT_EQ(refusal([&] { trace.replay(*test::array_of("mss", rows + 1, lanes)); }), Errc::Mismatch);
  EXPECT_EQ(refusal([&] {
              trace.replay(*test::array_of("mss", rows, lanes, {}, 3, {{"drive", 0.3}}));
            }),
            Errc::Mismatch);
}

TEST(PulseTrace, RefusesAFileThatIsCutOrAlteredAnywhere) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x.trace";
  const auto array = test::array_of("mss", 2, 3);
  PulseTrace trace(2, 3, array->drive());
  array->watch(&trace);
  Events events;
  array->open(0)->pulse(test::everywhere(2, 3, 1), 1e-6, 1, events);
  trace.save(file);
  const auto good = read_file(file);
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    write_file_atomic(file, std::span(good).first(cut));
    const Errc code = refusal([&] { static_cast<void>(PulseTrace::load(file)); });
    EXPECT_TRUE(code == Errc::Format || code == Errc::Integrity || code == Errc::Unsupported) << cut;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto altered = good;
    altered[at] ^= std::byte{0x41};
    write_file_atomic(file, altered);
    const Errc code = refusal([&] { static_cast<void>(PulseTrace::load(file)); });
    EXPECT_TRUE(code == Errc::Format || code == Errc::Integrity || code == Errc::Unsupported) << at;
  }
}

}  // namespace
}  // namespace assimilaate
