#include "assimilaate/cli/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace assimilaate::cli {

TerminalProgress::TerminalProgress()
    : terminal_(::isatty(STDERR_FILENO) != 0), start_(std::chrono::steady_clock::now()) {}

TerminalProgress::~TerminalProgress() { clear(); }

void TerminalProgress::stage(std::string name) { stage_ = std::move(name); }

void TerminalProgress::place(double begin, double share) {
  begin_ = begin;
  share_ = share;
}

void TerminalProgress::update(std::string_view what, double done, double total) {
  using namespace std::chrono;
  const auto now = steady_clock::now();
  if (!terminal_ || now - shown_ < milliseconds(100)) return;
  shown_ = now;
  const double part = begin_ + share_ * (total > 0 ? done / total : 1);
  const double spent = duration<double>(now - start_).count();
  const std::string to_go = part > 0.02 ? fmt::format("{:.0f} s to go", spent / part * (1 - part)) : "";
  const int filled = static_cast<int>(part * 24);
  fmt::print(stderr, "\r\033[K[{:=<{}}{: <{}}] {:3.0f} %  {} {}  {}", "", filled, "", 24 - filled, 100 * part, stage_,
             what, to_go);
  std::fflush(stderr);
}

void TerminalProgress::clear() {
  if (terminal_) fmt::print(stderr, "\r\033[K");
}

namespace {
volatile std::sig_atomic_t signalled = 0;
extern "C" void on_signal(int number) {
  if (signalled != 0) ::_exit(128 + number);
  signalled = number;
}
}  // namespace

std::stop_token stop_on_signal() {
  static std::stop_source source;
  static std::jthread watcher([](const std::stop_token& end) {
    while (!end.stop_requested()) {
      if (signalled != 0) source.request_stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  static const bool installed = [] {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    return true;
  }();
  static_cast<void>(installed);
  return source.get_token();
}

}  // namespace assimilaate::cli
