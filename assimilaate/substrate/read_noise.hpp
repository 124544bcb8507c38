#pragma once
/// Read noise: one normal draw per lane and read, added to y.

#include <string>
#include <string_view>

namespace assimilaate {

/// Which law, and how much. Written `off`, `relative:0.02`, `emulator`.
struct ReadNoise {
  enum class Law {
    Off,
    Relative,  ///< sigma = amount x the spread of the lane's own signal
    Emulator   ///< absolute: thermal, flicker and comparator in quadrature (`physics.md` 2.3; ktram-neural-core)
  };
  Law law = Law::Off;
  double amount = 0;  ///< of Relative [1]

  /// @throws Error{Usage} for a text that is none of the above.
  [[nodiscard]] static ReadNoise parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  bool operator==(const ReadNoise&) const = default;
};

/// How a lane is read. Low-voltage reads (FFLV) stay below every programming threshold.
struct ReadSettings {
  double voltage = 0.05;     // [V]
  double width = 1e-6;       // [s]
  double temperature = 298;  // [K]
};

/// Sigma of y under the emulator's law: three terms in quadrature.
/// @param y        the clean ratio, in [-1, 1]
/// @param sum      m = Ga + Gb over the whole selection [S]
/// @param highest  G_hi of one memristor, the law's reference [S]
[[nodiscard]] double emulator_sigma(double y, double sum, double highest, const ReadSettings& read);

}  // namespace assimilaate
