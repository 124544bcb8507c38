#pragma once
/// What was applied to the memristors of an array, pulse by pulse: to be played on an instrument, or again in the
/// simulator, where it gives the same state bit for bit.

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <utility>

#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

/// One line of a trace as a person reads it.
struct TraceRow {
  double time = 0;  ///< of its tile: programming, and what else of time its memristors feel [s]
  std::size_t lane = 0, row = 0;
  char memristor = 'a';     ///< a or b
  double amplitude = 0;     ///< [V]
  double width = 0;         ///< of one pulse [s]
  unsigned count = 0;       ///< equal pulses, one after the other
  std::uint64_t event = 0;  ///< names the moment
};

/// Records an array while it is watched: `array.watch(&trace)`. Tiles may be pulsed from different threads.
/// Compact: about three bytes a couple of pulses.
class PulseTrace final : public ArrayWitness {
 public:
  /// @param drive  rail voltage of programming; memristors see +-2 drive [V]
  PulseTrace(std::size_t rows, std::size_t lanes, double drive);
  PulseTrace(PulseTrace&&) noexcept;
  PulseTrace& operator=(PulseTrace&&) noexcept;
  ~PulseTrace() override;

  [[nodiscard]] TileWitness* tile(std::size_t index) override;

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t lanes() const { return lanes_; }
  [[nodiscard]] double drive() const { return drive_; }
  /// Pulses, one memristor each, and bytes of the compact form.
  [[nodiscard]] std::uint64_t pulses() const;
  [[nodiscard]] std::size_t bytes() const;

  /// Every pulse in the order of its tile, tile by tile. Masks, damage, replacement and idle time are not pulses.
  void for_each(const std::function<void(const TraceRow&)>& see) const;
  /// The same to an array as new as the recorded one was. @throws Error{Mismatch} for another shape or drive.
  void replay(SynapseArray& array) const;

  /// Binary: magic, version, shape, drive, logs, XXH3. Atomic. @throws Error{Io}
  void save(const std::filesystem::path& file) const;
  /// @throws Error{Io|Format|Integrity|Unsupported} naming the file and what is wrong with it.
  [[nodiscard]] static PulseTrace load(const std::filesystem::path& file);

  /// time, lane, space, address, memristor, amplitude, width, count, event; `place` gives a row's space and address.
  void write_csv(std::ostream& out, const std::function<std::pair<long, long>(std::size_t row)>& place) const;

 private:
  class Log;
  std::size_t rows_, lanes_;
  double drive_;
  std::vector<std::unique_ptr<Log>> logs_;
};

}  // namespace assimilaate
