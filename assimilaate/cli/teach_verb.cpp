#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/facts.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/user_keys.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate::cli {
namespace {

/// Progress that ends the work when it is asked to.
class Stoppable final : public Progress {
 public:
  explicit Stoppable(std::stop_token stop) : stop_(std::move(stop)) {}
  void update(std::string_view what, double done, double total) override {
    if (stop_.stop_requested())
      fail(Errc::Interrupted, "stopped while teaching; --resume goes on with what was published with --live");
    terminal_.update(what, done, total);
  }

 private:
  std::stop_token stop_;
  TerminalProgress terminal_;
};

}  // namespace

void add_teach(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string model, data, inputs, outputs, input_tensor, output_tensor, stream,
        recipe = "graded", name, selection = "random", key, expires = "never";
    bool leave_unsigned = false, range_coded = false, update = false, extend = false, resume = false;
    std::size_t live = 0;
    std::size_t examples = 1000, held_out = 200, fit = 4000;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("teach", "model and data, or captured activations -> a stream");
  add_common(*verb, common);
  verb->add_option("stream", options->stream, "folder (or dir:PATH) that the stream is published in")->required();
  auto* model = verb->add_option("--model", options->model, "an ONNX model; its weight-bearing nodes are taught");
  verb->add_option("--data", options->data, "what it is run on: idx files or an array (default: Fashion-MNIST)");
  auto* inputs =
      verb->add_option("--inputs", options->inputs, "captured inputs of one transform, a row each: .npy, .safetensors");
  auto* outputs = verb->add_option("--outputs", options->outputs, "captured outputs of the same transform");
  verb->add_option("--input-tensor", options->input_tensor, "which one, in a safetensors file of several");
  verb->add_option("--output-tensor", options->output_tensor, "which one, likewise");
  verb->add_option("--recipe", options->recipe, "graded or winner")->capture_default_str();
  verb->add_option("--name", options->name, "of the stream (default: the model's, or 'transform')");
  verb->add_option("--examples", options->examples, "records to learn from")
      ->check(whole_number(1))
      ->capture_default_str();
  verb->add_option("--selection", options->selection, "of examples: random, pivots, leverage or reference")
      ->check(CLI::IsMember({"random", "pivots", "leverage", "reference"}).description(""))
      ->capture_default_str();
  verb->add_option("--held-out", options->held_out, "records to validate on")->capture_default_str();
  verb->add_option("--fit", options->fit, "inputs that codecs are fitted to")->capture_default_str();
  auto* key =
      verb->add_option("--key", options->key, "who signs: a private key, file or name (default: your own, made)");
  verb->add_flag("--unsigned", options->leave_unsigned, "do not sign; targets must be told to take it")->excludes(key);
  verb->add_flag("--range-coded", options->range_coded, "entropy-code the columns that get shorter by it");
  verb->add_option("--expires", options->expires, "when the head must be signed anew: 30d, 12h, never")
      ->capture_default_str();
  auto* update =
      verb->add_flag("--update", options->update, "a new epoch of the stream that is there: its codecs are kept");
  auto* extend = verb->add_flag("--extend", options->extend, "likewise, in addition to its newest epoch");
  verb->add_option("--live", options->live, "publish after every so many records, not at the end");
  verb->add_flag("--resume", options->resume, "go on with an epoch that was begun, with the same data and options");
  update->excludes(extend);
  inputs->needs(outputs)->excludes(model);
  outputs->needs(inputs);
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      set_threads(common.threads);
      DottedSettings settings(common.config, common.assignments);
      if (options->resume && options->extend)
        fail(Errc::Usage, "--resume goes on with complete epochs only, not with one that is to --extend another");
      TeachOptions teaching{.recipe = find_recipe(options->recipe),
                            .name = options->name,
                            .examples = options->examples,
                            .held_out = options->held_out,
                            .fit = options->fit,
                            .selection = options->selection,
                            .seed = common.seed,
                            .range_coded = options->range_coded,
                            .live = options->live,
                            .start = options->resume   ? EpochStart::Resume
                                     : options->extend ? EpochStart::Extension
                                                       : EpochStart::Complete};
      apply(settings, teaching.recipe);
      settings.refuse_the_rest();
      if (!options->leave_unsigned) {
        teaching.signing = sign_with(options->key);
        teaching.signing.expires_ms = parse_expiry(options->expires);
        if (teaching.signing.expires_ms != 0) teaching.time_ms = now_ms();
      }
      const auto keep_codecs = [&] {
        if (!options->update && !options->extend) return;
        const StreamReader before = read_stream(options->stream, {}, Asked::Nobody);
        for (std::size_t b = 0; b < before.boundaries().size(); ++b)
          teaching.codecs.push_back(codec_from_bytes(before.codebook(b)));
      };
      const auto sign_under_its_keys = [&](const Carrier& carrier) {
        if (const auto keys = carrier.keys(); !keys.empty() && !options->leave_unsigned)
          teaching.signing.keys_version = peek_key_set(keys).value().set.version;
      };
      StreamId id;
      if (!options->inputs.empty()) {
        if (teaching.name.empty()) teaching.name = "transform";
        const auto in = read_inputs(options->inputs, options->input_tensor),
                   out = read_inputs(options->outputs, options->output_tensor);
        keep_codecs();
        Publishing publishing(options->stream);
        sign_under_its_keys(publishing.carrier());
        static_cast<void>(teach_captured(in, out, teaching, publishing.carrier()));
        id = publishing.published();
      } else {
        const std::filesystem::path model_file =
            options->model.empty() ? default_model() : std::filesystem::path(options->model);
        if (teaching.name.empty()) teaching.name = model_file.stem().string();
        const Graph graph = Graph::load(model_file);
        const std::filesystem::path data =
            options->data.empty() ? std::filesystem::path(default_data) : std::filesystem::path(options->data);
        Matrix<float> images;
        if (!options->data.empty() && !std::filesystem::exists(data))
          fail(Errc::Io, "{}: there is no such data (a folder of idx files, .npy, .safetensors or idx)", data.string());
        if (std::filesystem::is_regular_file(data)) {
          images = read_inputs(data);
        } else {
          images = load_labelled(data, "train").images;
          if (images.rows() > training_images) images.resize_rows(training_images);
        }
        keep_codecs();
        Publishing publishing(options->stream);
        sign_under_its_keys(publishing.carrier());
        Stoppable progress(stop_on_signal());
        static_cast<void>(teach(graph, images, teaching, publishing.carrier(), &progress));
        id = publishing.published();
      }
      const StreamReader stream = read_stream(options->stream, hex(id), Asked::Nobody);
      const StreamBits& bits = stream.bits();
      const nlohmann::json result{
          {"stream", hex(stream.id())}, {"name", stream.descriptor().name},   {"epoch", stream.epoch()},
          {"examples", stream.size()},  {"held_out", stream.held_out_size()}, {"bits", facts_of(bits)}};
      if (common.json)
        fmt::print("{}\n", result.dump(2));
      else
        fmt::print("stream {} '{}', epoch {}: {} examples, {} held out, {} bits of data, {} of codebooks\n",
                   hex(stream.id()), stream.descriptor().name, stream.epoch(), stream.size(), stream.held_out_size(),
                   bits.data, bits.codebooks);
    };
  });
}

}  // namespace assimilaate::cli
