#pragma once
/// Read noise: one normal draw per lane and read, added to y, which is then held within [-1, 1].

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {

/// Which law, and how much. Written `off`, `relative:0.02`, `emulator`, `physical`.
struct ReadNoise {
  enum class Law {
    Off,
    Relative,  ///< sigma = amount x the spread of the lane's own signal
    Emulator,  ///< absolute: thermal, flicker and comparator in quadrature (`physics.md` 2.3; ktram-neural-core)
    Physical   ///< absolute: Johnson noise, flicker of the conductances, comparator, in their own units
  };
  Law law = Law::Off;
  double amount = 0;  ///< of Relative [1]

  /// @throws Error{Usage} for a text that is none of the above.
  [[nodiscard]] static ReadNoise parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  bool operator==(const ReadNoise&) const = default;
};

/// How the level of a graded line reaches the lane (`physics.md` 2.6).
enum class LineDrive : std::uint8_t {
  Width,  ///< full rails for a part |g| of the read, then both at ground
  Count,  ///< the same in unit pulses: |g| is rounded to them
  Level,  ///< rails at V g for all of the read
  Planes  ///< a read for each binary digit of |g|, lines whose digit is 0 left open; results are converted, weighted
          ///< with 2^-k and the number of lines that were driven, and added: an idle line adds no noise
};

/// How a lane is read. Low-voltage reads (FFLV) stay below every programming threshold.
struct ReadSettings {
  double voltage = 0.05;       // [V], either sign
  double width = 1e-6;         // of the pulse in which y is sampled [s]
  double temperature = 298;    // [K]
  double comparator = 300e-6;  // rms at the input of what resolves y [V]
  /// Lines that meet at one node; the partial results of a lane's nodes are converted and added. 0: all meet at one,
  /// and no converter is needed to emit.
  std::uint32_t node_lines = 0;
  std::uint32_t repeats = 1;  ///< times a lane is sampled, and the mean taken
  LineDrive drive = LineDrive::Width;
  std::uint32_t unit_pulses = 15;  ///< of a read, where lines are driven by count
  std::uint32_t planes = 8;        ///< binary digits, where lines are driven by planes

  /// The read that all samples make together, as the laws of noise see it: as long as all of them, so that white noise
  /// and the comparator average out and flicker does not.
  [[nodiscard]] ReadSettings averaged() const;
  /// By name, for settings and files.
  [[nodiscard]] Settings numbers() const;
  /// @throws Error{Usage} for an unknown name or a number outside its range.
  [[nodiscard]] static ReadSettings from(const Settings& numbers);
  bool operator==(const ReadSettings&) const = default;
};

/// Trim register of the comparator that resolves a read: rms volts at its input, 100 uV + 20 uV x code.
/// @throws Error{Usage} for a code outside 0 ... 255.
[[nodiscard]] double comparator_volts(int code);
/// The code of that many rms volts; the nearest where `nearest`.
/// @throws Error{Usage} below code 0, above code 255, and between codes unless `nearest`.
[[nodiscard]] int comparator_code(double volts, bool nearest = false);

/// What `ReadSettings::from` takes.
[[nodiscard]] std::span<const Field> read_fields();

/// The parts of sigma of y; they add in quadrature.
struct ReadSigma {
  double thermal = 0, flicker = 0, comparator = 0;  // [1]
  [[nodiscard]] double total() const;
};

/// The emulator's law, calibrated at a point of reference: a shape whose gains its authors call uncalibrated.
///   thermal = r w_th sqrt(T/298 K) (50 mV/|V|) sqrt(m_ref/m) sqrt(t_ref/t)
///   flicker = r w_fl (1 - y^2) sqrt(m_ref/m) sqrt((L + ln(t_ref/t))/L), L = decades x ln 10
///   comparator = volts of its code / |V|
struct EmulatorNoise {
  double gain = 0.02;             // r [1]; 0 or below: reads are clean, comparator included
  double thermal = 0.1;           // w_th [1]
  double flicker = 1;             // w_fl [1]
  double decades = 6;             // of 1/f noise within a read of the reference width [1]
  double reference_sum = 1e-3;    // m_ref: G_hi of one memristor [S]
  double reference_width = 1e-6;  // t_ref [s]
  int comparator = 10;            // code 0 ... 255; -1: none

  /// @param y    the clean ratio, in [-1, 1]
  /// @param sum  m = sum of Ga + Gb over the selection [S]; where it is 0 only the comparator is left
  [[nodiscard]] ReadSigma sigma(double y, double sum, const ReadSettings& read) const;
  bool operator==(const EmulatorNoise&) const = default;
};

/// The same three parts from physics.
///   Johnson    = sqrt(2 k T / (m t)) / |V|
///   flicker    = f sqrt(decades) sqrt(G_ref/m) sqrt(1 - y^2): every memristor strays by dG/G = f sqrt(G_ref/G) per
///   root
///                decade, the quieter the more it conducts (Hooge), which the ratio turns into this
///   comparator = volts / |V|
struct PhysicalNoise {
  double flicker = 4e-3;       // f, dG/G of one memristor of G_ref within a decade (assumed) [1]
  double decades = 6;          // between how long the target has been watched and the width of a read [1]
  double reference = 1e-3;     // G_ref [S]
  double comparator = 300e-6;  // rms at its input [V]

  [[nodiscard]] ReadSigma sigma(double y, double sum, const ReadSettings& read) const;
  bool operator==(const PhysicalNoise&) const = default;
};

/// Sigma of y under the emulator's law as it comes, in its parts.
/// @param highest  G_hi of one memristor, the law's reference [S]
/// @param read     its comparator takes the place of the law's
[[nodiscard]] ReadSigma emulator_sigma(double y, double sum, double highest, const ReadSettings& read);
/// The same under the physical law.
[[nodiscard]] ReadSigma physical_sigma(double y, double sum, double highest, const ReadSettings& read);

}  // namespace assimilaate
