#include "assimilaate/cli/main_job.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/facts.hpp"
#include "assimilaate/cli/main_report.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/user_keys.hpp"
#include "assimilaate/cli/version.hpp"
#include "assimilaate/core/digest.hpp"
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

std::vector<Entry> plan_targets(const MainJob& job, std::size_t examples, DottedSettings& settings) {
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
        if (n < examples) entries.push_back({name, profile, n, true});
    entries.push_back({name, profile, examples, false});
  };
  add("float", "float", true);
  add("mss", "mss", true);
  add("mss_twin", "mss", false);
  add("damaged", "damaged", true);
  if (job.recipe == "graded") add("mss_absolute_noise", "mss_absolute_noise", false);
  return entries;
}

/// @throws Error{Mismatch|Format} for images that the model does not take and for labels that it does not give.
void check_fit(const Graph& graph, const Labelled& set, const std::filesystem::path& what) {
  const std::size_t pixels = graph.network().input().width, outputs = graph.network().output().width;
  if (set.images.rows() == 0) fail(Errc::Format, "{}: has no images", what.string());
  if (set.images.cols() != pixels)
    fail(Errc::Mismatch, "{}: images of {} pixels, the model takes {} (another --data or --model)", what.string(),
         set.images.cols(), pixels);
  for (const std::int32_t label : set.labels)
    if (static_cast<std::size_t>(label) >= outputs)
      fail(Errc::Mismatch, "{}: label {}, the model has {} classes (another --data or --model)", what.string(), label,
           outputs);
}

json to_json(const Range& r) { return {{"low", r.low}, {"nominal", r.nominal}, {"high", r.high}}; }

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
              {"imperfections", settings_of(entry.profile.imperfections)}};
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
    result["bits"]["weights"][name] = static_cast<std::uint64_t>(weight_bits(layers, bits));
    result["carrying_joules"]["weights"][name] = to_json(carrying_energy(weight_bits(layers, bits), Prices{}).total);
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

bool is_measurement(const json& line) {
  if (!line.is_object()) return false;
  for (const char* key : {"examples", "accuracy", "agreement", "presentations", "synapses", "joules"})
    if (!line.contains(key) || !line[key].is_number()) return false;
  return line.contains("name") && line["name"].is_string() && line.contains("transforms");
}

/// Finished measurements of an earlier, interrupted run. A torn last line is dropped from the file too.
std::map<std::string, json> finished(const std::filesystem::path& file) {
  std::map<std::string, json> done;
  std::string whole;
  bool torn = false;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const json entry = json::parse(line, nullptr, false);
    torn = torn || in.eof() || !is_measurement(entry);
    if (!is_measurement(entry)) continue;
    done[fmt::format("{}-{}", entry["name"].get<std::string>(), entry["examples"].get<std::size_t>())] = entry;
    whole += line + "\n";
  }
  if (torn) write_file_atomic(file, whole);
  return done;
}

/// What a run's numbers depend on; `--resume` insists on the same.
json echo(const MainJob& job, std::size_t examples, const Labelled& test, const DottedSettings& settings) {
  return {{"version", version},
          {"model", job.model.filename().string()},
          {"model_hash", hex(blake2b_256(read_file(job.model)))},
          {"test_images_hash", hex(blake2b_256(std::as_bytes(std::span(test.images.values()))))},
          {"recipe", job.recipe},
          {"examples", examples},
          {"seed", job.seed},
          {"settings", settings.all()}};
}

/// @throws Error{Mismatch} naming what differs from the run in the folder.
void insist_on(const json& config, const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const json before = json::parse(text, text + bytes.size(), nullptr, false);
  if (!before.is_object()) fail(Errc::Format, "{}: is no JSON object (damaged; run again with --force)", file.string());
  for (const auto& [key, value] : config.items()) {
    const json earlier = before.contains(key) ? before[key] : json();
    if (earlier != value)
      fail(Errc::Mismatch, "{}: was begun with {} {}, not {}; go on with the same or start anew with --force",
           file.string(), key, earlier.dump(), value.dump());
  }
}

}  // namespace

json run_main_job(const MainJob& job, DottedSettings& settings, TerminalProgress& progress, std::stop_token stop) {
  const auto begun = std::chrono::steady_clock::now();
  progress.stage("reading model and data");
  TeachOptions teaching{.recipe = find_recipe(job.recipe), .name = job.model.stem().string(), .seed = job.seed};
  apply(settings, teaching.recipe);
  static_cast<void>(plan_targets(job, 1, settings));
  settings.refuse_the_rest();
  const Graph graph = Graph::load(job.model);
  Labelled train = load_labelled(job.data, "train");
  const Labelled test = load_labelled(job.data, "t10k");
  check_fit(graph, train, job.data / "train");
  check_fit(graph, test, job.data / "t10k");
  // The last 5 000 training images are validation images of the teacher; no example is drawn from them.
  if (train.images.rows() > training_images) train.images.resize_rows(training_images);
  const std::size_t most = train.images.rows() - std::min(train.images.rows(), teaching.held_out);
  if (most == 0 || (job.examples > most && job.examples != MainJob::all_examples))
    fail(Errc::Usage, "--examples {}: {} has {} training images beside {} held out", job.examples, job.data.string(),
         most, teaching.held_out);
  teaching.examples = std::min(job.examples, most);
  const auto entries = plan_targets(job, teaching.examples, settings);
  const json config = echo(job, teaching.examples, test, settings);

  // Nothing of an earlier run goes before everything is known that a new one needs.
  const auto metrics = job.output / "metrics.jsonl";
  std::map<std::string, json> done;
  if (job.resume) {
    insist_on(config, job.output / "run.json");
    done = finished(metrics);
  } else {
    std::filesystem::remove_all(job.output);
    std::error_code reason;
    std::filesystem::create_directories(job.output / "targets", reason);
    if (reason)
      fail(Errc::Io, "{}: cannot make the folder: {} (name another --output)", job.output.string(), reason.message());
    write_file_atomic(job.output / "run.json", config.dump(2) + "\n");
  }

  progress.stage("teaching");
  const auto folder = job.output / "stream";
  Chain chain;
  if (!std::filesystem::exists(folder)) {
    const auto part = job.output / "stream.part";  // a stream that was not finished is taught anew
    std::filesystem::remove_all(part);
    teaching.signing = sign_if_possible();
    chain = teach(graph, train.images, teaching, *open_carrier(part.string(), Access::Write));
    std::filesystem::rename(part, folder);
  }
  const StreamReader stream = read_stream(folder.string(), {}, Asked::TrustedOrUnsigned);
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
  result["bits"] = facts_of(bits);
  result["bits"]["stream"] = bits.data + bits.setup + bits.headers;
  result["bits"]["per_example"] = static_cast<double>(bits.data) / static_cast<double>(stream.size());
  result["carrying_joules"]["stream"] =
      to_json(carrying_energy(static_cast<double>(bits.data + bits.setup + bits.headers), Prices{}).total);
  result["carrying_joules"]["fixed"] =
      to_json(carrying_energy(static_cast<double>(bits.held_out + bits.codebooks + bits.network), Prices{}).total);
  weigh(graph, test, result);
  const double fixed = static_cast<double>(bits.codebooks + bits.held_out + bits.setup + bits.headers + bits.network);
  for (const auto& [name, weight] : result["bits"]["weights"].items())
    result["break_even_examples"][name] = static_cast<std::uint64_t>(
        break_even_examples(weight.get<double>(), fixed, result["bits"]["per_example"].get<double>()).examples);

  double all = 0, over = 0;
  const auto work = [&](const Entry& e) {
    return static_cast<double>(e.examples * default_passes(e.examples)) * (e.profile.organisation.ends_with(":2") ? 2.5
                                                                           : e.profile.read.drive == LineDrive::Planes
                                                                               ? 5
                                                                               : 1);
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
      try {
        target.assimilate(stream, options, &progress, stop);
      } catch (const Error& problem) {
        if (problem.code() != Errc::Interrupted) throw;
        fail(Errc::Interrupted, "{}: {}; --resume goes on with {}", entry.name, problem.what(), job.output.string());
      }
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
