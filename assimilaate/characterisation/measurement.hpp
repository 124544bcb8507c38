#pragma once
/// What somebody measured on a memristor, as CSV files hold it: responses to pulses, and current-voltage loops.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/substrate/pulse.hpp"

namespace assimilaate {

/// A conductance after every pulse of a train. The first sample is where the train is taken up: what its own pulse did
/// is not looked at.
struct PulseResponse {
  std::vector<Pulse> pulses;        ///< that led to each sample
  std::vector<double> conductance;  ///< [S]
  /// True when the file gave arbitrary units, mapped onto `CsvOptions::assumed_low` ... `assumed_high`.
  bool assumed_scale = false;
};

/// Current through memristor and series resistor, against the voltage over both.
struct IvLoop {
  std::vector<double> time;      ///< [s], rising
  std::vector<double> voltage;   ///< over memristor and resistor [V]; positive raises conductance
  std::vector<double> current;   ///< [A]
  double series_resistance = 0;  ///< [Ohm]
};

enum class MeasurementKind { PulseResponse, IvLoop };

struct Measurement {
  MeasurementKind kind = MeasurementKind::PulseResponse;
  PulseResponse response{};                ///< filled when `kind` says so
  IvLoop loop{};                           ///< likewise
  std::string source{};                    ///< file, for messages
  std::vector<std::string> assumptions{};  ///< what the file does not say and was taken to be so, one sentence each

  [[nodiscard]] std::size_t samples() const {
    return kind == MeasurementKind::PulseResponse ? response.conductance.size() : loop.current.size();
  }
};

/// What a file does not say.
struct CsvOptions {
  std::optional<MeasurementKind> kind{};  ///< absent: as the header says; two columns without header are up and down
  double amplitude = 1;                   ///< of pulses in files without one [V]
  double width = 1e-6;                    ///< likewise [s]
  double assumed_low = 1e-4;              ///< conductance of the lowest value in arbitrary units [S]
  double assumed_high = 2e-4;             ///< of the highest [S]
  double series_resistance = 0;           ///< of loops [Ohm]
  std::optional<double> frequency{};      ///< of loops without a time column [Hz]
  double periods = 1;                     ///< that such a loop lasts [1]
};

/// Columns, by header (case, blanks and a unit in brackets do not matter; units `mV`, `us`, `uS`, `nA` ... scale):
///   pulses  amplitude|voltage|v, width|t|time, conductance|g or resistance|r, in any order
///   pulses  two columns, with `up,down` as header or none: the response to as many up and then down pulses, arbitrary
///           units where a value is not positive
///   loops   V,I and optionally time
/// Comment lines start with '#'; separators are ',', ';' or tabs.
/// @throws Error{Usage} for options; Error{Format} naming the line for what cannot be; Error{Io} for the file.
[[nodiscard]] Measurement read_measurement(const std::filesystem::path& file, const CsvOptions& options = {});
/// The same from text. @param where  named in messages
[[nodiscard]] Measurement parse_measurement(std::string_view text, std::string_view where,
                                            const CsvOptions& options = {});

}  // namespace assimilaate
