#pragma once
/// Pictures of what a memristor does, simulated: hysteresis loop, staircase of pulses, how unlike the memristors of a
/// target are, and what idle time does to them.

#include <vector>

#include "assimilaate/report/page.hpp"
#include "assimilaate/substrate/preset.hpp"

namespace assimilaate::cli {

struct MemristorPlotOptions {
  std::uint64_t seed = 1;
  std::size_t memristors = 500;  ///< of the target that staircase, distribution and retention show
  std::size_t pulses = 0;        ///< up, and as many down; 0: about as many as cross the range
  double voltage = 0;            ///< of the pulses, and amplitude of the sine [V]; 0: twice the drive of the law
  double frequency = 0;          ///< of the slowest loop [Hz]; 0: slow enough to switch
};

/// A pulse train that crosses the range of a law: `count` pulses of +`voltage`, then as many of -`voltage`.
struct PulseTrain {
  std::size_t count;
  double voltage, width;  ///< [V], [s]
};
[[nodiscard]] PulseTrain pulse_train(const Memristor& law, const MemristorPlotOptions& options);

/// One period of current against a sine voltage, after two to settle, of a memristor without imperfections.
struct Loop {
  double frequency = 0;                  ///< [Hz]; 0 where the law takes no notice of time
  std::size_t pulses = 0;                ///< that a period is made of
  double swing = 0;                      ///< of x, in nominal ranges [1]
  std::vector<double> voltage, current;  ///< [V], [A]
};
/// Three loops: the slowest, ten and a hundred times as fast; laws without time get a tenth and a hundredth of the
/// pulses instead.
[[nodiscard]] std::vector<Loop> hysteresis(const Memristor& law, const MemristorPlotOptions& options);

/// The four figures: loop, staircase, distribution, retention.
[[nodiscard]] std::vector<Figure> memristor_figures(const Preset& preset, const MemristorPlotOptions& options);

}  // namespace assimilaate::cli
