#include "assimilaate/cli/main_job.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/main_report.hpp"
#include "assimilaate/cli/version.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/ledger/baselines.hpp"
#include "assimilaate/ledger/ledger.hpp"
#include "assimilaate/target/target.hpp"
#include "assimilaate/teacher/ceilings.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

/// One target of the job: who it is and how many of the examples it sees.
struct Entry {
  std::string name;
  Profile profile;
  std::size_t examples;
  bool point_of_curve;  ///< a prefix of the stream, for the curve only
};

std::vector<Entry> plan_targets(const MainJob& job, DottedSettings& settings) {
  std::vector<Entry> entries;
  std::uint32_t number = 0;
  const auto add = [&](const std::string& name, const std::string& profile_name, bool curve) {
    Profile profile = named_profile(profile_name, job.recipe);
    if (profile_name != "float") {
      apply(settings, profile);
    } else {
      Profile ideal = profile;
      apply(settings, ideal);  // the ideal follows the rule, not the hardware
      profile.rule = ideal.rule;
      profile.rule_settings = ideal.rule_settings;
    }
    profile.name = name;
    profile.seed = job.seed;
    profile.target = number++;
    if (curve && job.recipe == "graded")
      for (const std::size_t n : {10, 30, 100, 300})
        if (n < job.examples) entries.push_back({name, profile, n, true});
    entries.push_back({name, profile, job.examples, false});
  };
  add("float", "float", true);
  add("mss", "mss", true);
  add("mss_twin", "mss", false);
  add("damaged", "damaged", true);
  if (job.recipe == "graded") add("mss_absolute_noise", "mss_absolute_noise", false);
  return entries;
}

json to_json(const Convergence& r) {
  return {{"transform", r.transform},
          {"agreement", r.agreement},
          {"nmse", std::isnan(r.nmse) ? json(nullptr) : json(r.nmse)},
          {"margin_p10", r.margin_p10},
          {"margin_p50", r.margin_p50},
          {"held_out", r.held_out},
          {"examples", r.examples},
          {"presentations", r.presentations},
          {"synapses", r.synapses},
          {"masked", r.masked},
          {"pulses_per_memristor", r.pulses_per_memristor}};
}

/// Everything that is known once a target has learnt and has seen the test images.
json measure(Target& target, const Entry& entry, const Labelled& test, std::span<const std::int32_t> teacher_says) {
  json result{{"name", entry.name},
              {"memristor", entry.profile.memristor},
              {"organisation", entry.profile.organisation},
              {"rule", entry.profile.rule},
              {"noise", entry.profile.noise.text()},
              {"examples", entry.examples},
              {"imperfections",
               {{"step_variation", entry.profile.imperfections.step_variation},
                {"bound_variation", entry.profile.imperfections.bound_variation},
                {"stuck", entry.profile.imperfections.stuck},
                {"write_noise", entry.profile.imperfections.write_noise}}}};
  Events events;
  std::size_t presentations = 0, synapses = 0, masked = 0;
  for (const auto& report : target.reports()) {
    events += report.events;
    presentations += report.presentations;
    synapses += report.synapses;
    masked += report.masked;
    result["transforms"].push_back(to_json(report));
  }
  const Matrix<float> scores = target.infer(test.images.view());
  result["accuracy"] = accuracy(scores, test.labels);
  const auto said = classes(scores);
  std::size_t alike = 0;
  for (std::size_t i = 0; i < said.size(); ++i) alike += said[i] == teacher_says[i];
  result["agreement"] = static_cast<double>(alike) / static_cast<double>(said.size());
  result["presentations"] = presentations;
  result["synapses"] = synapses;
  result["masked"] = masked;
  const bool ideal = entry.profile.memristor == "float";
  result["pulses"] = ideal ? 0 : events.pulses;  // the ideal moves without pulses
  result["pulses_per_memristor"] =
      ideal ? 0.0 : static_cast<double>(events.pulses) / (2.0 * static_cast<double>(synapses));
  const Energy learning = energy(events, Prices{});
  result["joules"] = learning.total.nominal;
  result["joules_low"] = learning.total.low;
  result["joules_high"] = learning.total.high;
  for (const auto& item : learning.items)
    result["joules_of"][item.name] = {
        {"low", item.joules.low}, {"nominal", item.joules.nominal}, {"high", item.joules.high}};
  result["simulated_seconds"] = simulated_seconds(events);
  const Energy inferring = energy(target.inference_events(), Prices{});
  result["joules_per_inference"] =
      inferring.total.nominal / static_cast<double>(std::max<std::size_t>(1, test.labels.size()));
  return result;
}

double correlation(std::span<const double> x, std::span<const double> y) {
  const double n = static_cast<double>(x.size());
  const double mx = std::accumulate(x.begin(), x.end(), 0.0) / n, my = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    xy += (x[i] - mx) * (y[i] - my), xx += std::pow(x[i] - mx, 2), yy += std::pow(y[i] - my, 2);
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

/// Two targets of one kind and unlike seeds: conductances against each other, outputs against each other.
json compare(Target& one, Target& other, const Labelled& test) {
  json twins{{"transform", one.banks()[one.banks().size() / 2].transform().name}};
  const std::size_t middle = one.banks().size() / 2, sample = 1500;
  const auto &a = one.banks()[middle].synapses(), &b = other.banks()[middle].synapses();
  const Random random(1, 0);
  std::vector<double> ga, gb, da, db;
  for (std::size_t i = 0; i < sample; ++i) {
    const auto r = static_cast<std::size_t>(random.uniform(Purpose::Select, 2 * i) * static_cast<double>(a.rows()));
    const auto l =
        static_cast<std::size_t>(random.uniform(Purpose::Select, 2 * i + 1) * static_cast<double>(a.lanes()));
    const Conductances x = a.conductances(r, l), y = b.conductances(r, l);
    ga.push_back(x.a), gb.push_back(y.a), da.push_back(x.a - x.b), db.push_back(y.a - y.b);
  }
  // Both see the same AATs at the middle bank, coded by the teacher's side of the first bank.
  Events ignored;
  const std::size_t images = std::min<std::size_t>(200, test.images.rows());
  AatBlock aats(one.input_codec().shape(), images);
  one.input_codec().encode(test.images.slice(0, images), aats.entries.view());
  for (std::size_t t = 0; t < middle; ++t) aats = one.banks()[t].infer(aats, 0, ignored);
  const auto x = one.banks()[middle].outputs(aats.entries.view(), 0, ignored);
  const auto y = other.banks()[middle].outputs(aats.entries.view(), 0, ignored);
  std::vector<double> ox, oy;
  for (std::size_t i = 0; i < x.size(); i += std::max<std::size_t>(1, x.size() / sample))
    ox.push_back(x.values()[i]), oy.push_back(y.values()[i]);
  twins["conductance_correlation"] = correlation(ga, gb);
  twins["difference_correlation"] = correlation(da, db);
  twins["output_correlation"] = correlation(ox, oy);
  const auto first = classes(one.infer(test.images.view())), second = classes(other.infer(test.images.view()));
  std::size_t alike = 0;
  for (std::size_t i = 0; i < first.size(); ++i) alike += first[i] == second[i];
  twins["output_agreement"] = static_cast<double>(alike) / static_cast<double>(first.size());
  twins["sample"] = {{"conductance", {ga, gb}}, {"difference", {da, db}}, {"output", {ox, oy}}};
  return twins;
}

/// Bits of moving the weights instead, and how good moved weights are.
void weigh(const Graph& graph, const Labelled& test, json& result) {
  std::vector<LayerShape> layers;
  for (const auto& t : graph.transforms()) layers.push_back({t.inputs, t.outputs});
  for (const auto& [name, bits] : {std::pair{"fp16", 16}, {"int8", 8}, {"int4", 4}, {"int2", 2}}) {
    result["bits"]["weights"][name] = weight_bits(layers, bits);
    double entropy = 0;
    std::map<std::string, DenseWeights, std::less<>> moved;
    for (const auto& t : graph.transforms()) {
      const auto& w = graph.weights(t.name);
      const auto coded = quantise_weights(w.weight.view(), bits);
      moved[t.name] = {coded.weights, w.bias};
      entropy += coded.entropy_bits;
    }
    const std::vector<std::string> taps{graph.network().output().name};
    const auto scores = graph.network().run(test.images, taps, [&](std::string_view n, const Matrix<float>& in) {
      return dense(moved.find(n)->second, in);
    });
    result["weights_accuracy"][name] = accuracy(scores.at(taps[0]), test.labels);
    result["bits"]["weights_entropy_coded"][name] = entropy;
  }
}

void add_line(const std::filesystem::path& file, const json& line) {
  std::ofstream out(file, std::ios::app);
  out << line.dump() << '\n';
  out.flush();
  if (!out) fail(Errc::Io, "{}: cannot write (disk full?)", file.string());
}

/// Finished measurements of an earlier, interrupted run. A torn last line is left out.
std::map<std::string, json> finished(const std::filesystem::path& file) {
  std::map<std::string, json> done;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_discarded())
      done[fmt::format("{}-{}", entry.at("name").get<std::string>(), entry.at("examples").get<std::size_t>())] = entry;
  }
  return done;
}

json echo(const MainJob& job, const DottedSettings& settings) {
  return {{"version", version},   {"model", job.model.filename().string()},
          {"recipe", job.recipe}, {"examples", job.examples},
          {"seed", job.seed},     {"settings", settings.all()}};
}

}  // namespace

json run_main_job(const MainJob& job, DottedSettings& settings, TerminalProgress& progress, std::stop_token stop) {
  const auto begun = std::chrono::steady_clock::now();
  TeachOptions teaching{
      .recipe = find_recipe(job.recipe), .name = job.model.stem().string(), .examples = job.examples, .seed = job.seed};
  apply(settings, teaching.recipe);
  const auto entries = plan_targets(job, settings);
  settings.refuse_the_rest();
  const auto config = echo(job, settings);
  const auto metrics = job.output / "metrics.jsonl";
  std::map<std::string, json> done;
  if (job.resume) {
    const auto bytes = read_file(job.output / "run.json");
    const auto before = json::parse(reinterpret_cast<const char*>(bytes.data()),
                                    reinterpret_cast<const char*>(bytes.data() + bytes.size()), nullptr, false);
    if (before != config)
      fail(Errc::Mismatch, "{}: was begun with other settings; go on with the same or start anew",
           (job.output / "run.json").string());
    done = finished(metrics);
  } else {
    std::filesystem::remove_all(job.output);
    std::filesystem::create_directories(job.output / "targets");
    write_file_atomic(job.output / "run.json", config.dump(2) + "\n");
  }

  progress.stage("reading model and data");
  const Graph graph = Graph::load(job.model);
  Labelled train = load_labelled(job.data, "train");
  const Labelled test = load_labelled(job.data, "t10k");
  // The last 5 000 training images are validation images of the teacher; no example is drawn from them.
  if (train.images.rows() > training_images) train.images.resize_rows(training_images);
  teaching.examples =
      std::min(teaching.examples, train.images.rows() - std::min(train.images.rows(), teaching.held_out));

  progress.stage("teaching");
  const auto folder = (job.output / "stream").string();
  Chain chain;
  if (!job.resume || !std::filesystem::exists(folder)) {
    const auto carrier = open_carrier(folder, Access::Write);
    chain = teach(graph, train.images, teaching, *carrier);
  }
  const StreamReader stream(*open_carrier(folder, Access::Read));
  if (chain.codecs.empty()) {
    for (const auto& transform : stream.descriptor().transforms) chain.transforms.push_back(transform.name);
    for (std::size_t b = 0; b < stream.descriptor().boundaries.size(); ++b) {
      chain.tensors.push_back(stream.descriptor().boundaries[b].name);
      chain.codecs.push_back(codec_from_bytes(stream.codebook(b)));
    }
  }

  const std::vector<std::string> taps{graph.network().output().name};
  const Matrix<float> teacher_scores = graph.run(test.images, taps).at(taps[0]);
  const auto teacher_says = classes(teacher_scores);
  json result{{"seed", job.seed},
              {"recipe", job.recipe},
              {"examples", stream.size()},
              {"test_images", test.labels.size()},
              {"teacher", {{"accuracy", accuracy(teacher_scores, test.labels)}}},
              {"codec", {{"accuracy", accuracy(run_coded(graph, chain, test.images), test.labels)}}},
              {"table_from_weights", {{"accuracy", accuracy(run_tables(graph, chain, test.images), test.labels)}}}};
  const StreamBits& bits = stream.bits();
  result["bits"] = {{"stream", bits.data + bits.setup + bits.headers},
                    {"data", bits.data},
                    {"held_out", bits.held_out},
                    {"heads", bits.setup + bits.headers},
                    {"codebooks", bits.codebooks},
                    {"network", bits.network},
                    {"per_example", static_cast<double>(bits.data) / static_cast<double>(stream.size())}};
  weigh(graph, test, result);
  const double fixed = static_cast<double>(bits.codebooks + bits.held_out + bits.setup + bits.headers + bits.network);
  for (const auto& [name, weight] : result["bits"]["weights"].items())
    result["break_even_examples"][name] =
        break_even_examples(weight.get<double>(), fixed, result["bits"]["per_example"].get<double>()).examples;

  double all = 0, over = 0;
  const auto work = [&](const Entry& e) {
    return std::min<double>(30'000, 100.0 * static_cast<double>(e.examples)) *
           (e.profile.organisation.ends_with(":2") ? 2.5 : 1);
  };
  for (const auto& e : entries) all += work(e);
  result["targets"] = json::array();
  result["curve"] = json::array();
  for (const auto& entry : entries) {
    progress.stage(entry.name);
    progress.place(over / all, work(entry) / all / static_cast<double>(chain.transforms.size()));
    over += work(entry);
    const std::string key = fmt::format("{}-{}", entry.name, entry.examples);
    const auto file = job.output / "targets" / (entry.name + ".target");
    if (!done.contains(key)) {
      Target target = !entry.point_of_curve && job.resume && std::filesystem::exists(file)
                          ? Target::load(file)
                          : Target(stream, entry.profile);
      AssimilationOptions options;
      options.examples = entry.examples;
      if (!entry.point_of_curve) options.file = file;
      target.assimilate(stream, options, &progress, stop);
      if (stop.stop_requested()) fail(Errc::Interrupted, "stopped after {}; --resume goes on", key);
      done[key] = measure(target, entry, test, teacher_says);
      add_line(metrics, done[key]);
    }
    const json& measured = done[key];
    if (!entry.point_of_curve) result["targets"].push_back(measured);
    result["curve"].push_back({{"name", entry.name}, {"examples", entry.examples}, {"accuracy", measured["accuracy"]}});
  }
  progress.stage("comparing twins");
  Target one = Target::load(job.output / "targets" / "mss.target"),
         other = Target::load(job.output / "targets" / "mss_twin.target");
  result["twins"] = compare(one, other, test);
  result["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  write_file_atomic(job.output / "result.json", result.dump(2) + "\n");
  write_file_atomic(job.output / "report.html", main_job_page(result, job.command));
  return result;
}

}  // namespace assimilaate::cli
