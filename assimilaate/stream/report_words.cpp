#include "assimilaate/stream/report_words.hpp"

#include <fmt/format.h>

#include <array>

namespace assimilaate {
namespace {

template <std::size_t N, typename Number>
std::string word(const std::array<const char*, N>& words, const char* what, Number number) {
  const auto at = static_cast<std::uint32_t>(number);
  return at < N ? std::string(words[at]) : fmt::format("{} {}", what, at);
}

constexpr std::array states{"none",   "offered",  "deferred",      "fetching",    "assimilating", "validating",
                            "active", "rejected", "not_converged", "rolled_back", "timed_out",    "cancelled"};
constexpr std::array errors{"none",   "version", "codebook",     "lanes", "chain", "trust",
                            "access", "carrier", "equivocation", "gate",  "device"};
constexpr std::array reasons{"none", "margin", "unseen", "command", "sample"};

}  // namespace

std::string report_state_name(ReportState state) { return word(states, "state", state); }
std::string report_error_name(ReportError error) { return word(errors, "error", error); }
std::string novelty_reason_name(NoveltyReason reason) { return word(reasons, "reason", reason); }

}  // namespace assimilaate
