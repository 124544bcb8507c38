#include "assimilaate/target/internal/convergence_report.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate::internal {
namespace {

std::uint32_t per_mille(double share) {
  return std::isfinite(share) ? static_cast<std::uint32_t>(std::lround(1000 * std::clamp(share, 0.0, 4e6))) : 0;
}

void fill_in(Report& report, const Target& target, const SubscriberOptions& options) {
  std::uint64_t synapses = 0, masked = 0;
  Events events;
  report.records = target.arrived();
  for (const Convergence& each : target.reports()) {
    report.records = std::max<std::uint64_t>(report.records, each.examples);
    report.presentations += each.presentations;
    synapses += each.synapses;
    masked += each.masked;
    events += each.events;
  }
  report.pulses = events.pulses;
  report.stuck_ppm = synapses > 0 ? static_cast<std::uint32_t>(1'000'000 * masked / synapses) : 0;
  if (options.joules) report.energy_mj = static_cast<std::uint64_t>(std::llround(1000 * options.joules(events)));
}

}  // namespace

Bytes write_convergence(SubscriberState& state, const SubscriberOptions& options, const Judgement& found,
                        const Target* of, const SecretKey& key) {
  const auto now = options.now_ms();
  const Bytes& about = state.learning >= 0 ? state.learning_head : state.active_head;
  Report report{.state = state.state,
                .error = state.error,
                .active_epoch = state.serving >= 0 ? epoch_of(state.stream, state.active_head) : 0,
                .next_index = state.seen.count,
                .stale = state.stale,
                .device_class = options.device_class};
  std::copy_n(state.seen.tip.begin(), report.tip.size(), report.tip.begin());
  report.heldout_n = static_cast<std::uint32_t>(found.held_out);
  report.agree_mean_pm = per_mille(found.agreement);
  report.agree_min_pm = per_mille(found.least_agreement);
  report.exact_pm = per_mille(found.exact);
  report.task_pm = per_mille(found.task);
  report.nmse_pm = per_mille(found.nmse);
  if (found.held_out > 0)
    for (const double share : found.histogram)
      report.agree_hist.push_back(static_cast<std::byte>(std::clamp(std::lround(255 * share), 0L, 255L)));
  if (of != nullptr) fill_in(report, *of, options);
  report.down_by_carrier.assign(state.down.begin(), state.down.end());
  report.up = state.up;
  report.again = state.again;
  if (state.novelty_met > 0) {
    const auto sent = static_cast<std::uint32_t>(state.novelty_sent);
    report.novelty_seen_kept_sent_dropped = {static_cast<std::uint32_t>(state.novelty_met), sent, sent, 0};
  }
  if (now > 0) {
    report.gate_s = static_cast<std::uint32_t>(std::max<std::int64_t>(0, now - state.begun_ms) / 1000);
    report.uptime_s = static_cast<std::uint32_t>(std::max<std::int64_t>(0, now - state.born_ms) / 1000);
  }
  return write_report({.stream = state.stream,
                       .epoch = std::max(1U, epoch_of(state.stream, about)),
                       .version = ++state.reports,
                       .time_ms = now},
                      report, &key);
}

}  // namespace assimilaate::internal
