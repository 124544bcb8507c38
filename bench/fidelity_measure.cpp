#include "fidelity_measure.hpp"

#include <chrono>
#include <cmath>

#include "assimilaate/ledger/ledger.hpp"
#include "assimilaate/teacher/ceilings.hpp"
#include "fidelity_ridge.hpp"

namespace assimilaate::bench {
namespace {

using nlohmann::json;

Matrix<float> decoded(const Codec& codec, const AatBlock& aats) {
  Matrix<float> values(aats.size(), codec.dims());
  codec.decode(aats.entries.view(), values.view());
  return values;
}

AatBlock encoded(const Codec& codec, const Matrix<float>& values) {
  AatBlock aats(codec.shape(), values.rows());
  codec.encode(values.view(), aats.entries.view());
  return aats;
}

/// What the lanes of a transform see of its input boundary.
Matrix<float> seen(const LaneBank& bank, const AatBlock& inputs) {
  Matrix<float> values = decoded(*bank.transform().input, inputs);
  for (const auto& function : bank.transform().glue)
    for (float& x : values.values()) x = function(x);
  return values;
}

double share_alike(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  std::size_t alike = 0;
  for (std::size_t i = 0; i < a.size(); ++i) alike += a[i] == b[i];
  return a.empty() ? 0 : static_cast<double>(alike) / static_cast<double>(a.size());
}

double nmse(const Matrix<float>& said, const Matrix<float>& meant) {
  double error = 0, variance = 0;
  for (std::size_t c = 0; c < meant.cols(); ++c) {
    double mean = 0;
    for (std::size_t r = 0; r < meant.rows(); ++r) mean += meant(r, c);
    mean /= static_cast<double>(meant.rows());
    for (std::size_t r = 0; r < meant.rows(); ++r) {
      error += std::pow(said(r, c) - meant(r, c), 2);
      variance += std::pow(meant(r, c) - mean, 2);
    }
  }
  return variance > 0 ? error / variance : std::numeric_limits<double>::quiet_NaN();
}

/// The chain of ridge solutions, each from the teacher's inputs, coded at every boundary.
Matrix<float> ridge_chain(const Subject& subject, std::vector<LaneBank>& banks, std::size_t examples) {
  AatBlock at = subject.questions;
  for (std::size_t t = 0; t < banks.size(); ++t) {
    const ExampleBlock block = subject.stream.examples(t, examples)->next(examples);
    const Codec& output = *banks[t].transform().output;
    const Ridge ridge = Ridge::fit(seen(banks[t], block.input), decoded(output, block.output));
    at = encoded(output, ridge(seen(banks[t], at)));
  }
  return decoded(*subject.codecs.back(), at);
}

Target taught(const Subject& subject, const Profile& profile, const MeasureOptions& options, Progress* progress,
              std::stop_token stop) {
  Target target(subject.stream, profile);
  AssimilationOptions how;
  how.examples = options.examples;
  how.own_inputs = options.own_inputs;
  how.passes = options.passes;
  how.rounds = options.rounds;
  target.assimilate(subject.stream, how, progress, stop);
  return target;
}

/// Bits of a stream cut to so many examples. What its rounds are validated on is told apart.
void add_bits(const StreamReader& stream, std::size_t examples, json& result) {
  const StreamBits& bits = stream.bits();
  const auto data = static_cast<std::uint64_t>(static_cast<double>(bits.data) * static_cast<double>(examples) /
                                               static_cast<double>(stream.size()));
  result["bits"] = data + bits.setup + bits.headers + bits.codebooks + bits.network;
  result["bits_of"] = {{"data", data},
                       {"setup", bits.setup + bits.headers},
                       {"codebooks", bits.codebooks},
                       {"network", bits.network},
                       {"held_out", bits.held_out}};
}

void add_costs(const Target& target, json& result) {
  Events events;
  std::size_t presentations = 0, synapses = 0, masked = 0;
  result["transforms"] = json::array();
  for (const Convergence& report : target.reports()) {
    events += report.events;
    presentations += report.presentations;
    synapses += report.synapses;
    masked += report.masked;
    result["transforms"].push_back({{"transform", report.transform},
                                    {"agreement", report.agreement},
                                    {"nmse", std::isnan(report.nmse) ? json() : json(report.nmse)},
                                    {"pulses_per_memristor", report.pulses_per_memristor},
                                    {"masked", report.masked}});
  }
  result["presentations"] = presentations;
  result["synapses"] = synapses;
  result["masked"] = masked;
  const bool pulsed = target.profile().memristor != "float" || target.profile().rule != "nlms";  // else it just moves
  result["pulses"] = pulsed ? events.pulses : 0;
  result["pulses_per_memristor"] =
      pulsed ? static_cast<double>(events.pulses) / (2 * static_cast<double>(synapses)) : 0.0;
  const Energy spent = energy(events, Prices{});
  result["joules"] = spent.total.nominal;
  for (const auto& item : spent.items) result["joules_of"][item.name] = item.joules.nominal;
  result["seconds"] = simulated_seconds(events);
}

}  // namespace

json judge(const Subject& subject, const Matrix<float>& said) {
  json result;
  const Codec& codec = *subject.codecs.back();
  result["address_agreement"] =
      share_alike(encoded(codec, said).entries.values(), encoded(codec, subject.answers).entries.values());
  result["agreement"] = result["address_agreement"];
  if (subject.scores) {
    const Matrix<float> scores = subject.scores(said);
    result["agreement"] = share_alike(classes(scores), classes(subject.scores(subject.answers)));
    if (!subject.labels.empty()) result["accuracy"] = accuracy(scores, subject.labels);
  }
  const double error = codec.centroids(0).size() > 0 ? nmse(said, subject.answers) : NAN;
  result["nmse"] = std::isnan(error) ? json() : json(error);
  return result;
}

Profile ideal(Profile profile) {
  profile.memristor = "float";
  profile.memristor_settings = {};
  profile.imperfections = {};
  profile.noise = {};
  profile.read = {};
  const std::string& named = profile.organisation;  // wrappers before slashes, then a name and how many
  const std::size_t inner = named.rfind('/') + 1;
  profile.organisation = named.substr(inner, named.find(':', inner) - inner);
  return profile;
}

json measure(const Subject& subject, const Profile& profile, const MeasureOptions& options, Progress* progress,
             std::stop_token stop) {
  const auto begun = std::chrono::steady_clock::now();
  Target target = taught(subject, profile, options, progress, stop);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  json result = judge(subject, decoded(*subject.codecs.back(), target.infer(subject.questions)));
  result["examples"] = target.reports().front().examples;
  result["wall_seconds"] = took.count();
  add_costs(target, result);
  add_bits(subject.stream, result["examples"], result);
  result["joules_per_inference"] = energy(target.inference_events(), Prices{}).total.nominal /
                                   static_cast<double>(std::max<std::size_t>(1, subject.questions.size()));
  AatBlock at = subject.questions;
  for (std::size_t t = 0; options.rank && t < target.banks().size(); ++t) {
    const Directions used = directions(seen(target.banks()[t], at));
    result["effective_rank"].push_back(used.participation_ratio);
    result["directions_95"].push_back(used.carry_95);
    result["directions_99"].push_back(used.carry_99);
    if (t + 1 < target.banks().size()) at = subject.stream.examples(t + 1)->next(2000).input;
  }

  json& ceilings = result["ceilings"] = json::object();
  ceilings["teacher"] = judge(subject, subject.answers);
  for (const auto& [name, said] : subject.perfect) ceilings[name] = judge(subject, said);
  if (!options.ceilings) return result;
  Target floats = taught(subject, ideal(profile), options, progress, stop);
  ceilings["float_lanes"] = judge(subject, decoded(*subject.codecs.back(), floats.infer(subject.questions)));
  ceilings["ridge"] = judge(subject, ridge_chain(subject, target.banks(), options.examples));
  return result;
}

}  // namespace assimilaate::bench
