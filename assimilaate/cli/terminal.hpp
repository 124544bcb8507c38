#pragma once
/// How the program speaks while it works: progress with a time to go, on a terminal only; and how it is interrupted.

#include <chrono>
#include <stop_token>
#include <string>

#include "assimilaate/core/progress.hpp"

namespace assimilaate::cli {

/// A line on stderr that is written over; silent where stderr is no terminal.
class TerminalProgress final : public Progress {
 public:
  TerminalProgress();
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;
  /// What is under way, before the unit's own name.
  void stage(std::string name);
  /// Share of the whole job that is over, and the share that the present stage will take.
  void place(double begin, double share);
  void update(std::string_view what, double done, double total) override;

 private:
  void clear();
  bool terminal_;
  std::string stage_;
  double begin_ = 0, share_ = 1;
  std::chrono::steady_clock::time_point start_, shown_;
};

/// Requests a stop on the first SIGINT or SIGTERM; the second ends the process at once. One for the life of the
/// program.
[[nodiscard]] std::stop_token stop_on_signal();

}  // namespace assimilaate::cli
