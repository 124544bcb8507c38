#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "assimilaate/cli/facts.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/graph/graph.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

/// The stream, and who vouches for it.
StreamReader read_and_judge(const std::string& place, const std::string& id, json& result) {
  try {
    StreamReader stream = read_stream(place, id);
    result["signed"] = fmt::format("by key {:016x}, trusted here", stream.signer());
    return stream;
  } catch (const Error& problem) {
    if (problem.code() != Errc::Integrity) throw;
    StreamReader stream = read_stream(place, id, Asked::Nobody);
    result["signed"] = stream.signer() == 0
                           ? std::string("no")
                           : fmt::format("by key {:016x}; refused here: {}", stream.signer(), problem.what());
    return stream;
  }
}

json inspect_stream(const std::string& place, const std::string& id) {
  const auto ids = open_carrier(place, Access::Read)->streams();
  if (ids.size() > 1 && id.empty()) {
    json result{{"kind", "streams"}};
    for (const auto& each : ids) result["streams"].push_back(inspect_stream(place, hex(each)));
    return result;
  }
  json result{{"kind", "stream"}};
  const StreamReader stream = read_and_judge(place, id, result);
  result.update({{"stream", hex(stream.id())},
                 {"name", stream.descriptor().name},
                 {"epoch", stream.epoch()},
                 {"closed", stream.closed()},
                 {"segments", stream.segments()},
                 {"examples", stream.size()},
                 {"held_out", stream.held_out_size()},
                 {"bits", facts_of(stream.bits())}});
  for (const auto& b : stream.descriptor().boundaries)
    result["boundaries"].push_back({{"name", b.name}, {"shape", b.shape.text()}, {"codebook", hex(b.codebook)}});
  for (const auto& t : stream.descriptor().transforms)
    result["transforms"].push_back({{"name", t.name}, {"inputs", t.inputs}, {"output", t.output}});
  return result;
}

json inspect_target(const std::string& place) {
  Target target = Target::load(place);
  json result{{"kind", "target"},
              {"profile", target.profile().name},
              {"memristor", target.profile().memristor},
              {"organisation", target.profile().organisation},
              {"rule", target.profile().rule},
              {"noise", target.profile().noise.text()},
              {"seed", target.profile().seed},
              {"number", target.profile().target},
              {"stream", hex(stream_id(target.descriptor()))},
              {"assimilated", target.assimilated()}};
  ByteWriter memristors;
  for (std::size_t b = 0; b < target.banks().size(); ++b) {
    const auto& bank = target.banks()[b];
    const auto& report = target.reports()[b];
    result["banks"].push_back({{"transform", bank.transform().name},
                               {"lanes", bank.layout().lanes()},
                               {"rows", bank.organisation().rows()},
                               {"synapses", bank.synapses().rows() * bank.synapses().lanes()},
                               {"masked", bank.synapses().masked_synapses()},
                               {"examples", report.examples},
                               {"presentations", report.presentations},
                               {"pulses", report.events.pulses},
                               {"agreement", report.agreement}});
    bank.save(memristors);
  }
  result["memristors"] = hex(blake2b_256(memristors.bytes()));  // two targets of one hash are one target
  return result;
}

json inspect_network(const std::vector<std::byte>& bytes, const std::string& place) {
  json result{{"kind", "network"}};
  Network network;
  try {
    network = Graph::from_bytes(bytes, place).network();
    result["weights"] = true;
  } catch (const Error& problem) {
    if (problem.code() != Errc::Mismatch) throw;
    network = StrippedGraph::from_bytes(bytes).network();
    result["weights"] = false;
  }
  result["input"] = {{"name", network.input().name}, {"width", network.input().width}};
  result["output"] = {{"name", network.output().name}, {"width", network.output().width}};
  for (const auto& node : network.nodes())
    result["nodes"].push_back(
        {{"name", node.name}, {"op", node.op}, {"inputs", node.inputs}, {"outputs", node.outputs}});
  for (const auto& t : network.transforms())
    result["transforms"].push_back({{"name", t.name}, {"inputs", t.inputs}, {"outputs", t.outputs}});
  return result;
}

json inspect_run(const std::filesystem::path& folder) {
  const auto parse = [&](const char* name) {
    const auto bytes = read_file(folder / name);
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    json value = json::parse(text, text + bytes.size(), nullptr, false);
    if (!value.is_object())
      fail(Errc::Format, "{}: is no JSON object (damaged; run again with --force)", (folder / name).string());
    return value;
  };
  json result{{"kind", "run"}, {"settings", parse("run.json")}};
  result["finished"] = std::filesystem::exists(folder / "result.json");
  if (std::filesystem::is_directory(folder / "stream"))
    result["stream"] = inspect_stream((folder / "stream").string(), {});
  if (!result["finished"].get<bool>()) return result;
  const json found = parse("result.json");
  for (const auto& t : found.value("targets", json::array())) {
    json target;
    for (const char* key : {"name", "examples", "accuracy", "agreement"})
      if (t.is_object() && t.contains(key)) target[key] = t[key];
    result["targets"].push_back(target);
  }
  return result;
}

json inspect_subscriber(const std::string& folder) {
  const SubscriberFacts facts = Subscriber::facts(folder);
  json result{{"kind", "subscriber"},
              {"name", hex(facts.name)},
              {"stream", hex(facts.stream)},
              {"state", report_state_name(facts.state)},
              {"stale", facts.stale},
              {"serving_epoch", facts.serving_epoch},
              {"learning_epoch", facts.learning_epoch},
              {"refused_epoch", facts.refused_epoch},
              {"fallback_epoch", facts.fallback_epoch},
              {"reports", facts.reports},
              {"bytes", {{"down", facts.down}, {"again", facts.again}, {"up", facts.up}}}};
  if (facts.serving_file.empty()) return result;
  result["serving"] = inspect_target(facts.serving_file.string());
  return result;
}

json inspect(const std::string& place, const std::string& id) {
  namespace fs = std::filesystem;
  if (Subscriber::is_folder(place)) return inspect_subscriber(place);
  if (is_carrier(place) || fs::is_directory(place)) {
    if (fs::exists(fs::path(place) / "run.json")) return inspect_run(place);
    return inspect_stream(place, id);
  }
  const auto bytes = read_file(place);
  const auto begins = [&](std::string_view magic) {
    return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
  };
  if (begins("AATT")) return inspect_target(place);
  if (begins("AATC")) {
    const auto codec = codec_from_bytes(bytes);
    return {{"kind", "codec"},
            {"codec", codec->name()},
            {"shape", codec->shape().text()},
            {"dims", codec->dims()},
            {"distortion", codec->distortion()},
            {"codebook_bits", codec->codebook_bits()},
            {"hash", hex(codec_hash(*codec))}};
  }
  if (place.ends_with(".onnx") || fs::path(place).parent_path().filename() == "network")
    return inspect_network(bytes, place);
  fail(Errc::Format,
       "{}: is none of our files (a folder of streams, a run or a subscriber, a carrier's URL, *.target, a codec, "
       "*.onnx)",
       place);
}

}  // namespace

void add_inspect(CLI::App& app, Common& common, Action& action) {
  auto place = std::make_shared<std::string>(), id = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("inspect", "say what any of our files holds, and whether it is whole");
  add_common(*verb, common);
  verb->add_option("file", *place, "folder of streams, run or subscriber; URL; *.target, codec, *.onnx")->required();
  verb->add_option("--id", *id, "which stream, where the folder holds several (default: all)");
  verb->callback([place, id, &common, &action] {
    action = [place, id, &common] {
      DottedSettings(common.config, common.assignments).refuse_the_rest();
      const json result = inspect(*place, *id);
      if (common.json)
        fmt::print("{}\n", result.dump(2));
      else
        print_facts(result);
    };
  });
}

}  // namespace assimilaate::cli
