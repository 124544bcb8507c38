#include "assimilaate/target/target.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/core/array_file.hpp"

namespace assimilaate {
namespace {

/// Moments of banks that wait while another learns.
constexpr std::uint64_t waiting_moment = std::uint64_t{1} << 56;
/// Reads of inferences, and of the inputs that a bank makes for the next one to learn from, lie apart from those of
/// presentations.
constexpr std::uint64_t inference_moment = std::uint64_t{1} << 60;
constexpr std::uint64_t own_input_moment = std::uint64_t{1} << 59;

/// Where annealing is while examples arrive: at its beginning.
constexpr double first_glance = 0.1;

AatBlock first_tuples(const AatBlock& all, std::size_t count) {
  AatBlock some(all.shape, std::min(count, all.size()));
  std::copy_n(all.entries.data(), some.entries.size(), some.entries.data());
  return some;
}

/// So many from `first` on, round and round, each at most once.
AatBlock tuples_from(const AatBlock& all, std::size_t first, std::size_t count) {
  AatBlock some(all.shape, std::min(count, all.size()));
  for (std::size_t i = 0; i < some.size(); ++i)
    std::ranges::copy(all.entries.row((first + i) % all.size()), some.entries.row(i).begin());
  return some;
}

void check_fits(const StrippedGraph& network, const TransformPlan& plan) {
  const auto transforms = network.transforms();
  const auto found = std::ranges::find(transforms, plan.name, &TransformShape::name);
  if (found == transforms.end())
    fail(Errc::Mismatch, "transform {}: the stream's network has none of that name", plan.name);
  if (found->inputs != plan.input->dims() || found->outputs != plan.output->dims())
    fail(Errc::Mismatch, "transform {}: it is {} -> {} in the network, the codecs are for {} -> {} numbers", plan.name,
         found->inputs, found->outputs, plan.input->dims(), plan.output->dims());
}

/// An array under watch, until this goes.
class Witnessed {
 public:
  Witnessed(SynapseArray& array, ArrayWitness* witness) : array_(array) { array_.watch(witness); }
  Witnessed(const Witnessed&) = delete;
  Witnessed& operator=(const Witnessed&) = delete;
  ~Witnessed() { array_.watch(nullptr); }

 private:
  SynapseArray& array_;
};

}  // namespace

Target::Target(const StreamReader& stream, const Profile& profile)
    : profile_(profile), descriptor_(stream.descriptor()) {
  for (std::size_t b = 0; b < descriptor_.boundaries.size(); ++b) {
    const auto book = stream.codebook(b);
    codebooks_.emplace_back(book.begin(), book.end());
  }
  network_.assign(stream.network().begin(), stream.network().end());
  wire();
}

void Target::wire() {
  for (const auto& book : codebooks_) codecs_.push_back(codec_from_bytes(book));
  for (std::size_t b = 0; b < codecs_.size(); ++b)
    if (codecs_[b]->shape() != descriptor_.boundaries[b].shape)
      fail(Errc::Mismatch, "boundary {}: its codec has the shape {}, the stream says {}",
           descriptor_.boundaries[b].name, codecs_[b]->shape().text(), descriptor_.boundaries[b].shape.text());
  std::optional<StrippedGraph> network;
  if (!network_.empty()) network = StrippedGraph::from_bytes(network_);
  if (descriptor_.transforms.empty()) fail(Errc::Format, "stream {}: it teaches no transform", descriptor_.name);
  banks_.reserve(descriptor_.transforms.size());
  for (std::uint32_t t = 0; t < descriptor_.transforms.size(); ++t) {
    const auto& transform = descriptor_.transforms[t];
    if (transform.inputs.size() != 1 || transform.inputs[0] != t || transform.output != t + 1)
      fail(Errc::Unsupported, "transform {}: only chains are wired, each transform from one boundary to the next",
           transform.name);
    TransformPlan plan{transform.name, codecs_[t], codecs_[t + 1], {}, t};
    if (network) {
      check_fits(*network, plan);
      plan.glue = network->glue(descriptor_.boundaries[t].name, transform.name);
    }
    if (!plan.glue.empty() && !codecs_[t]->axis_aligned())
      fail(Errc::Unsupported,
           "transform {}: its glue is a function of the vector's own coordinates, codec '{}' is rotated "
           "(put the boundary behind the glue)",
           transform.name, codecs_[t]->name());
    banks_.emplace_back(plan, profile_);
  }
  reports_.resize(banks_.size());
}

void Target::insist_on(const StreamReader& stream) {
  if (stream.descriptor() != descriptor_)
    fail(Errc::Mismatch, "target was made for stream {} '{}', this is {} '{}'", hex(stream_id(descriptor_)),
         descriptor_.name, hex(stream.id()), stream.descriptor().name);
  auto seen = stream.seen_after(seen_);
  if (!seen) fail(seen.error().code(), "stream {}: {}", hex(stream.id()), seen.error().what());
  seen_ = *seen;
}

const std::vector<Convergence>& Target::assimilate(const StreamReader& stream, const AssimilationOptions& options,
                                                   Progress* progress, std::stop_token stop) {
  if (!options.traces.empty() && (options.traces.size() != banks_.size() || banks_done_ + rounds_done_ > 0))
    fail(Errc::Usage, "target: a trace begins with a new target and has one part for each of {} banks", banks_.size());
  insist_on(stream);
  const std::size_t examples = std::min(options.examples, stream.size());
  const bool fresh = banks_done_ == 0 && rounds_done_ == 0;
  if (!fresh && (examples != examples_ || options.own_inputs != options_.own_inputs ||
                 options.passes != options_.passes || options.rounds != options_.rounds ||
                 options.plateau != options_.plateau || options.agreement != options_.agreement))
    fail(Errc::Mismatch,
         "target was interrupted with {} examples, {} passes, {} rounds, {} inputs, plateau {}, agreement {}; go on "
         "with the same or start a new one",
         examples_, options_.passes, options_.rounds, options_.own_inputs ? "its own" : "the teacher's",
         options_.plateau, options_.agreement);
  examples_ = examples;
  options_ = options;
  options_.traces = {};
  options_.after_round = {};
  if (fresh && lived_) session_ = ++sessions_;
  lived_ = true;

  const auto kept = [&] {
    if (!options.file.empty()) save(options.file);
    if (options.after_round) options.after_round();
  };
  AatBlock own = first_tuples(stream.boundaries().front(), examples), own_held_out = stream.held_out(0).inputs();
  for (std::size_t t = 0; t < banks_.size(); ++t) {
    LaneBank& bank = banks_[t];
    if (t >= banks_done_) {
      const HeldOut taught_held_out = stream.held_out(t);
      const bool own_inputs = options.own_inputs && t > 0;
      std::unique_ptr<ExampleSource> source =
          own_inputs
              ? std::make_unique<StoredExamples>(ExampleBlock{own, first_tuples(stream.boundaries()[t + 1], examples)})
              : stream.examples(t, examples);
      const HeldOut held_out = own_inputs ? HeldOut({own_held_out, taught_held_out.expected()}) : taught_held_out;
      SessionOptions session{.passes = options.passes,
                             .rounds = options.rounds,
                             .plateau = options.plateau,
                             .agreement = options.agreement,
                             .after_round = {},
                             .epoch = session_,
                             .rounds_done = rounds_done_,
                             .report = reports_[t]};
      session.after_round = [&](const Convergence& so_far, std::size_t rounds) {
        reports_[t] = so_far;
        rounds_done_ = rounds;
        kept();
      };
      const auto witness = [&](std::size_t u) { return options.traces.empty() ? nullptr : &options.traces[u]; };
      const Witnessed witnessed(bank.synapses(), witness(t));
      reports_[t] = assimilaate::assimilate(bank, *source, held_out, session, progress, stop);
      // The banks before it waited meanwhile.
      const double waited = reports_[t].events.read_seconds + reports_[t].events.pulse_seconds;
      for (std::size_t u = 0; u < t; ++u) {
        const Witnessed waiting(banks_[u].synapses(), witness(u));
        banks_[u].synapses().elapse(banks_[u].felt(waited, 0, waiting_moment + t));
      }
      banks_done_ = t + 1;
      rounds_done_ = 0;
      kept();
    }
    if (options.own_inputs && t + 1 < banks_.size()) {
      Events ignored;
      own = bank.infer(own, own_input_moment, ignored);
      own_held_out = bank.infer(own_held_out, own_input_moment + examples, ignored);
    }
  }
  return reports_;
}

void Target::arrive(const StreamReader& stream, std::size_t count, Progress* progress, std::stop_token stop) {
  if (banks_done_ + rounds_done_ > 0)
    fail(Errc::Usage, "target: its session has begun; what arrives now is for the next epoch");
  if (count > stream.size() - std::min(arrived_, stream.size()))
    fail(Errc::Usage, "target: {} records after the first {}, the stream has {}", count, arrived_, stream.size());
  insist_on(stream);
  const std::uint32_t session = ++sessions_;
  for (std::size_t t = 0; t < banks_.size(); ++t) {
    StoredExamples source(chain_examples(stream.records(), t, arrived_, count));
    const auto seen =
        assimilaate::assimilate(banks_[t], source, HeldOut(),
                                {.passes = 1, .rounds = 1, .end = first_glance, .epoch = session}, progress, stop);
    reports_[t].transform = seen.transform;
    reports_[t].presentations += seen.presentations;
    reports_[t].events += seen.events;
  }
  lived_ = true;
  arrived_ += count;
}

void Target::begin_epoch() {
  examples_ = arrived_ = banks_done_ = rounds_done_ = 0;
  options_ = {};
  seen_ = {};
  reports_.assign(banks_.size(), {});
}

std::vector<RepairReport> Target::repair(const StreamReader& stream, const TargetRepair& options, Progress* progress,
                                         std::stop_token stop) {
  if (!assimilated()) fail(Errc::Usage, "target: it has not assimilated its stream yet; there is nothing to repair");
  if (!options.fresh.empty() && options.fresh.size() != banks_.size())
    fail(Errc::Usage, "target: {} sets of new synapses for {} banks", options.fresh.size(), banks_.size());
  insist_on(stream);
  const std::uint32_t session = ++sessions_;
  std::vector<RepairReport> reports(banks_.size());
  for (std::size_t t = 0; t < banks_.size(); ++t) {
    const ExampleBlock replay{tuples_from(stream.boundaries()[t], options.first, options.examples),
                              tuples_from(stream.boundaries()[t + 1], options.first, options.examples)};
    reports[t] =
        assimilaate::repair(banks_[t], replay, stream.held_out(t),
                            {.begin = options.begin,
                             .fresh_begin = options.fresh_begin,
                             .fresh_end = options.fresh_end,
                             .passes = options.passes,
                             .probe = options.probe,
                             .agreement = options.tolerance < 0 ? 2 : reports_[t].agreement - options.tolerance,
                             .epoch = session},
                            options.fresh.empty() ? nullptr : &options.fresh[t], progress, stop);
  }
  return reports;
}

AatBlock Target::infer(AatBlock aats) {
  check_addresses(codecs_.front()->shape(), aats.entries.view());
  const std::uint64_t moment = inference_moment + inferences_;
  inferences_ += aats.size();
  for (LaneBank& bank : banks_) {
    const double before = inference_.read_seconds;
    aats = bank.infer(aats, moment, inference_);
    bank.synapses().elapse(bank.felt(0, inference_.read_seconds - before, moment));
  }
  return aats;
}

void Target::idle(double seconds, double kelvin) {
  if (!(seconds >= 0 && std::isfinite(seconds)) || !(kelvin > 0 && std::isfinite(kelvin)))
    fail(Errc::Usage, "target: {} s at {} K is no time to wait (seconds from 0, kelvin above 0)", seconds, kelvin);
  const std::uint64_t moment = inference_moment + inferences_++;
  for (LaneBank& bank : banks_) bank.synapses().elapse({.idle = seconds, .temperature = kelvin, .event = moment});
}

std::vector<PulseTrace> Target::new_traces() const {
  std::vector<PulseTrace> traces;
  for (const LaneBank& bank : banks_) {
    const SynapseArray& array = bank.synapses();
    if (array.continuous())
      fail(Errc::Unsupported, "target: {} memristors take changes without pulses, there is nothing to trace",
           profile_.memristor);
    traces.emplace_back(array.rows(), array.lanes(), array.drive());
  }
  return traces;
}

Matrix<float> Target::infer(MatrixView<const float> vectors) {
  const Codec& in = *codecs_.front();
  if (vectors.cols() != in.dims())
    fail(Errc::Mismatch, "inputs have {} columns, the boundary {} has {} dimensions", vectors.cols(),
         descriptor_.boundaries.front().name, in.dims());
  check_finite(vectors, "inputs");
  AatBlock aats(in.shape(), vectors.rows());
  in.encode(vectors, aats.entries.view());
  const AatBlock answer = infer(std::move(aats));
  Matrix<float> out(vectors.rows(), codecs_.back()->dims());
  codecs_.back()->decode(answer.entries.view(), out.view());
  return out;
}

}  // namespace assimilaate
