#include "assimilaate/assimilation/adapt.hpp"

#include <algorithm>

#include "assimilaate/assimilation/internal/lesson.hpp"

namespace assimilaate {
namespace {

/// Moments of adaptations lie apart from those of sessions, and those of each occasion from those of the others.
constexpr std::uint64_t adaptation_moment = std::uint64_t{1} << 60, after_gate = std::uint64_t{1} << 58;
constexpr int occasion_bits = 24;  // of the moments between the two

std::vector<std::byte> copy_of(const LaneBank& bank) {
  ByteWriter out;
  bank.save(out);
  return std::move(out).take();
}

void go_back(LaneBank& bank, std::span<const std::byte> copy) {
  ByteReader in(copy, "the copy kept while adapting");
  bank.restore(in);
}

void check(const LaneBank& bank, const Rule& rule, const AatBlock& inputs, const HeldOut& held_out,
           const AdaptOptions& options) {
  const std::string& name = bank.transform().name;
  if (!rule.unsupervised())
    fail(Errc::Usage, "transform {}: rule {} needs a teacher; adapt with an unsupervised one, such as ahah", name,
         options.rule);
  if (bank.layout().regression() != rule.regression())
    fail(Errc::Usage, "transform {}: rule {} adapts winner lanes; this bank has regression lanes", name, options.rule);
  if (!bank.tuned()) fail(Errc::Usage, "transform {}: it has learnt nothing yet; assimilate its stream first", name);
  if (held_out.size() == 0)
    fail(Errc::Usage, "transform {}: without held-out examples nobody can tell whether adapting does harm", name);
  if (inputs.shape != bank.transform().input->shape())
    fail(Errc::Mismatch, "transform {}: inputs are {}, the bank takes {} (another stream's codecs?)", name,
         inputs.shape.text(), bank.transform().input->shape().text());
  if (inputs.size() == 0) fail(Errc::Format, "transform {}: no inputs to adapt to", name);
  check_addresses(inputs.shape, inputs.entries.view());
}

}  // namespace

AdaptReport adapt(LaneBank& bank, const AatBlock& inputs, const HeldOut& held_out, const AdaptOptions& options,
                  std::stop_token stop) {
  const auto rule = make_rule(options.rule, options.rule_settings);
  check(bank, *rule, inputs, held_out, options);
  const std::size_t passes = std::max<std::size_t>(options.passes, 1),
                    rounds = std::clamp<std::size_t>(options.rounds, 1, passes);
  ExampleBlock examples{inputs, AatBlock(bank.transform().output->shape(), inputs.size())};
  std::ranges::fill(examples.output.entries.values(), None);
  const Matrix<float> drives = internal::all_drives(bank, examples);
  const std::uint64_t moment = adaptation_moment + (std::uint64_t{options.occasion} << occasion_bits);
  const internal::Lesson lesson{bank, *rule, examples, drives, passes, moment};

  AdaptReport report;
  const auto agreement = [&] {
    Convergence asked;
    validate(bank, held_out, asked);
    report.events += asked.events;
    return asked.agreement;
  };
  double best = report.before = report.after = agreement();
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto copy = copy_of(bank);
    const std::size_t first = round * passes / rounds, last = (round + 1) * passes / rounds;
    report.events += internal::teach_round(lesson, first, last, stop);
    if (stop.stop_requested()) {
      go_back(bank, copy);
      fail(Errc::Interrupted, "transform {}: stopped while adapting, in round {} of {}", bank.transform().name,
           round + 1, rounds);
    }
    report.presentations += (last - first) * inputs.size();
    report.events.presentations += (last - first) * inputs.size();
    internal::measure_spread(bank, examples);
    report.tried.push_back(agreement());
    report.rolled_back = report.tried.back() < best - options.tolerance;
    if (report.rolled_back) {
      go_back(bank, copy);
      break;
    }
    report.after = report.tried.back();
    best = std::max(best, report.after);
  }
  report.pulses_per_memristor = static_cast<double>(report.events.pulses) /
                                (2.0 * static_cast<double>(bank.synapses().rows() * bank.synapses().lanes()));
  return report;
}

}  // namespace assimilaate
