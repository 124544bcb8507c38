#include "assimilaate/substrate/pulse_trace.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

constexpr std::array<char, 4> magic{'A', 'A', 'T', 'P'};
constexpr std::uint16_t version = 2, oldest = 1;  // version 1 has no entries after Time

/// What a log entry is.
enum class Entry : std::uint8_t { Pulses = 1, Mask, Time, Unmask, Stick, Replace };

/// An entry that is neither pulses nor time.
struct Change {
  Entry what;
  std::uint32_t row;
  std::uint16_t lane;
  Side side = Side::A;  // of Stick
  bool high = false;
};

void put_number(ByteWriter& out, std::uint64_t value) {  // LEB128
  for (; value >= 128; value >>= 7) out.put(static_cast<std::uint8_t>(value | 128));
  out.put(static_cast<std::uint8_t>(value));
}
std::uint64_t get_number(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = in.get<std::uint8_t>();
    value |= static_cast<std::uint64_t>(byte & 127) << shift;
    if (byte < 128) return value;
  }
  fail(Errc::Format, "pulse trace: a number has more than 64 bits (corrupt file)");
}
std::uint64_t folded(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unfolded(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace

/// One tile's entries, each with its kind; the order of time.
class PulseTrace::Log final : public TileWitness {
 public:
  void pulsed(std::span<const Fire> fires, double width, std::uint64_t event) override {
    if (fires.empty()) return;
    out.put(Entry::Pulses);
    out.put(width);
    put_number(out, event);
    put_number(out, fires.size());
    std::int64_t row = 0;
    for (const Fire& fire : fires) {
      put_number(out, folded(fire.row - row));
      row = fire.row;
      out.put(static_cast<std::uint8_t>(fire.lane));
      put_number(out, folded(fire.count));
      pulses += 2 * static_cast<std::uint64_t>(std::abs(fire.count));
    }
  }
  void masked(std::uint32_t row, std::uint16_t lane) override { put(Entry::Mask, row, lane); }
  void unmasked(std::uint32_t row, std::uint16_t lane) override { put(Entry::Unmask, row, lane); }
  void replaced(std::uint32_t row, std::uint16_t lane) override { put(Entry::Replace, row, lane); }
  void stuck(std::uint32_t row, std::uint16_t lane, Side side, bool high) override {
    put(Entry::Stick, row, lane);
    out.put(static_cast<std::uint8_t>((side == Side::B ? 1 : 0) + (high ? 2 : 0)));
  }
  void elapsed(const Elapsed& time) override {
    out.put(Entry::Time);
    out.put(time);
  }

  /// Hands every entry to the one of three that takes it.
  template <typename Pulses, typename Changes, typename Time>
  static void read(std::span<const std::byte> bytes, std::size_t rows, std::size_t lanes, const Pulses& on_pulses,
                   const Changes& on_change, const Time& on_time) {
    ByteReader in(bytes, "pulse trace");
    const auto check = [&](std::int64_t row, std::size_t lane) {
      if (row < 0 || row >= static_cast<std::int64_t>(rows) || lane >= lanes)
        fail(Errc::Format, "pulse trace: synapse {} of lane {} in a tile of {} x {} (corrupt file)", row, lane, rows,
             lanes);
    };
    std::vector<Fire> fires;
    while (!in.rest().empty()) {
      switch (const auto entry = in.get<Entry>()) {
        case Entry::Pulses: {
          const auto width = in.get<double>();
          const std::uint64_t event = get_number(in), count = get_number(in);
          if (!(width > 0 && std::isfinite(width)))
            fail(Errc::Format, "pulse trace: a pulse of {} s (corrupt file)", width);
          if (count > in.rest().size()) fail(Errc::Format, "pulse trace: {} pulses announced (truncated file)", count);
          fires.clear();
          std::int64_t row = 0;
          for (std::uint64_t i = 0; i < count; ++i) {
            const std::int64_t onward = unfolded(get_number(in));
            const auto lane = in.get<std::uint8_t>();
            const std::int64_t couples = unfolded(get_number(in));
            if (onward < -row || onward > UINT32_MAX) check(-1, lane);
            row += onward;
            check(row, lane);
            if (couples == 0 || couples > INT16_MAX || couples < -INT16_MAX)
              fail(Errc::Format, "pulse trace: {} couples at once (corrupt file)", couples);
            fires.push_back({static_cast<std::uint32_t>(row), lane, static_cast<std::int16_t>(couples)});
          }
          on_pulses(fires, width, event);
          break;
        }
        case Entry::Mask:
        case Entry::Unmask:
        case Entry::Stick:
        case Entry::Replace: {
          const std::uint64_t row = get_number(in);
          const auto lane = in.get<std::uint8_t>();
          check(static_cast<std::int64_t>(row), lane);
          Change change{entry, static_cast<std::uint32_t>(row), lane};
          if (entry == Entry::Stick) {
            const auto how = in.get<std::uint8_t>();
            if (how > 3) fail(Errc::Format, "pulse trace: damage of kind {} (corrupt file)", how);
            change.side = (how & 1) != 0 ? Side::B : Side::A;
            change.high = (how & 2) != 0;
          }
          on_change(change);
          break;
        }
        case Entry::Time: {
          const auto time = in.get<Elapsed>();
          for (const double span : {time.idle, time.programming, time.reading})
            if (!(span >= 0 && std::isfinite(span))) fail(Errc::Format, "pulse trace: {} s (corrupt file)", span);
          if (!(std::isfinite(time.voltage) && time.temperature > 0 && std::isfinite(time.temperature)))
            fail(Errc::Format, "pulse trace: {} V at {} K (corrupt file)", time.voltage, time.temperature);
          on_time(time);
          break;
        }
        default:
          fail(Errc::Format, "pulse trace: an entry of unknown kind (corrupt file)");
      }
    }
  }

  ByteWriter out;
  std::uint64_t pulses = 0;

 private:
  void put(Entry what, std::uint32_t row, std::uint16_t lane) {
    out.put(what);
    put_number(out, row);
    out.put(static_cast<std::uint8_t>(lane));
  }
};

PulseTrace::PulseTrace(std::size_t rows, std::size_t lanes, double drive) : rows_(rows), lanes_(lanes), drive_(drive) {
  for (std::size_t t = 0; t < (lanes + tile_lanes - 1) / tile_lanes; ++t) logs_.push_back(std::make_unique<Log>());
}
PulseTrace::PulseTrace(PulseTrace&&) noexcept = default;
PulseTrace& PulseTrace::operator=(PulseTrace&&) noexcept = default;
PulseTrace::~PulseTrace() = default;

TileWitness* PulseTrace::tile(std::size_t index) { return logs_.at(index).get(); }

std::uint64_t PulseTrace::pulses() const {
  std::uint64_t sum = 0;
  for (const auto& log : logs_) sum += log->pulses;
  return sum;
}

std::size_t PulseTrace::bytes() const {
  std::size_t sum = 0;
  for (const auto& log : logs_) sum += log->out.bytes().size();
  return sum;
}

void PulseTrace::for_each(const std::function<void(const TraceRow&)>& see) const {
  for (std::size_t t = 0; t < logs_.size(); ++t) {
    double now = 0;
    Log::read(
        logs_[t]->out.bytes(), rows_, std::min(tile_lanes, lanes_ - t * tile_lanes),
        [&](std::span<const Fire> fires, double width, std::uint64_t event) {
          // The four instructions of a line, FH RH FL RL, one after the other, each on its lanes side by side.
          for (std::size_t first = 0, end = 0; first < fires.size(); first = end) {
            unsigned most = 0;
            for (end = first; end < fires.size() && fires[end].row == fires[first].row; ++end)
              most = std::max(most, static_cast<unsigned>(std::abs(fires[end].count)));
            const double span = width * most, volts = 2 * drive_;
            struct Phase {
              bool up;
              char side;
              double volts;
            };
            for (const Phase& phase :
                 {Phase{true, 'a', volts}, {true, 'b', -volts}, {false, 'b', volts}, {false, 'a', -volts}}) {
              for (const Fire& fire : fires.subspan(first, end - first))
                if ((fire.count > 0) == phase.up)
                  see({now, t * tile_lanes + fire.lane, fire.row, phase.side, phase.volts, width,
                       static_cast<unsigned>(std::abs(fire.count)), event});
              now += span;
            }
          }
        },
        [](const Change&) {}, [&](const Elapsed& time) { now += time.idle + time.reading; });
  }
}

void PulseTrace::replay(SynapseArray& array) const {
  if (array.rows() != rows_ || array.lanes() != lanes_)
    fail(Errc::Mismatch, "pulse trace: is of {} synapses x {} lanes, the array is {} x {} (another transform?)", rows_,
         lanes_, array.rows(), array.lanes());
  if (array.drive() != drive_)
    fail(Errc::Mismatch, "pulse trace: was recorded at a drive of {} V, the array has {} V (another memristor?)",
         drive_, array.drive());
  for (std::size_t t = 0; t < logs_.size(); ++t) {
    const auto tile = array.open(t);
    Events events;
    Log::read(
        logs_[t]->out.bytes(), rows_, std::min(tile_lanes, lanes_ - t * tile_lanes),
        [&](std::span<const Fire> fires, double width, std::uint64_t event) {
          tile->pulse(fires, width, event, events);
        },
        [&](const Change& change) {
          switch (change.what) {
            case Entry::Unmask:
              return tile->unmask(change.row, change.lane);
            case Entry::Stick:
              return tile->stick(change.row, change.lane, change.side, change.high);
            case Entry::Replace:
              return tile->replace(change.row, change.lane);
            default:
              return tile->mask(change.row, change.lane);
          }
        },
        [&](const Elapsed& time) { tile->elapse(time); });
  }
}

void PulseTrace::save(const std::filesystem::path& file) const {
  ByteWriter out;
  out.put(magic);
  out.put(version);
  out.put<std::uint64_t>(rows_);
  out.put<std::uint64_t>(lanes_);
  out.put(drive_);
  for (const auto& log : logs_) {
    out.put(log->pulses);
    out.put_array(std::span(log->out.bytes()));
  }
  out.put(xxh3(out.bytes()));
  write_file_atomic(file, out.bytes());
}

PulseTrace PulseTrace::load(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  try {
    ByteReader in(bytes, "pulse trace");
    if (in.get<std::array<char, 4>>() != magic) fail(Errc::Format, "is no pulse trace");
    if (const auto found = in.get<std::uint16_t>(); found < oldest || found > version)
      fail(Errc::Unsupported, "pulse trace version {}, this program reads {} to {}", found, oldest, version);
    const auto rows = in.get<std::uint64_t>(), lanes = in.get<std::uint64_t>();
    const auto drive = in.get<double>();
    if (rows == 0 || lanes == 0 || lanes > bytes.size() * tile_lanes || rows > UINT32_MAX || !(drive > 0))
      fail(Errc::Format, "{} synapses x {} lanes at {} V (corrupt file)", rows, lanes, drive);
    PulseTrace trace(rows, lanes, drive);
    for (const auto& log : trace.logs_) {
      log->pulses = in.get<std::uint64_t>();
      log->out.put_bytes(in.get_array<std::byte>());
    }
    const std::size_t covered = bytes.size() - in.rest().size();
    if (in.get<std::uint64_t>() != xxh3(std::span(bytes).first(covered)))
      fail(Errc::Integrity, "its checksum does not fit (damaged file)");
    in.expect_end();
    for (std::size_t t = 0; t < trace.logs_.size(); ++t) {
      std::uint64_t pulses = 0;
      Log::read(
          trace.logs_[t]->out.bytes(), rows, std::min(tile_lanes, lanes - t * tile_lanes),
          [&](std::span<const Fire> fires, double, std::uint64_t) {
            for (const Fire& fire : fires) pulses += 2 * static_cast<std::uint64_t>(std::abs(fire.count));
          },
          [](const Change&) {}, [](const Elapsed&) {});
      if (pulses != trace.logs_[t]->pulses)
        fail(Errc::Format, "tile {}: {} pulses announced, {} found (corrupt file)", t, trace.logs_[t]->pulses, pulses);
    }
    return trace;
  } catch (const Error& problem) {
    fail(problem.code(), "{}: {}", file.string(), problem.what());
  }
}

void PulseTrace::write_csv(std::ostream& out,
                           const std::function<std::pair<long, long>(std::size_t row)>& place) const {
  out << "# pulses on " << rows_ << " synapses x " << lanes_ << " lanes; tiles of " << tile_lanes
      << " lanes run side by side, each with its own time\n"
      << "time_s,lane,space,address,memristor,amplitude_V,width_s,count,event\n";
  for_each([&](const TraceRow& row) {
    const auto [space, address] = place(row.row);
    out << fmt::format("{:.12g},{},{},{},{},{:g},{:.17g},{},{}\n", row.time, row.lane, space, address, row.memristor,
                       row.amplitude, row.width, row.count, row.event);
  });
}

}  // namespace assimilaate
