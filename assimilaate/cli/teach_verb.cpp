#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate::cli {

void add_teach(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string model, data, inputs, outputs, input_tensor, output_tensor, stream, recipe = "graded", name;
    std::size_t examples = 1000, held_out = 200, fit = 4000;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("teach", "model and data, or captured activations -> a stream");
  add_common(*verb, common);
  verb->add_option("stream", options->stream, "folder (or dir:PATH) that the stream is published in")->required();
  auto* model = verb->add_option("--model", options->model, "an ONNX model; its weight-bearing nodes are taught");
  verb->add_option("--data", options->data,
                   "what the model is run on: a folder of idx files, or one .npy, .safetensors or idx file (default: "
                   "Fashion-MNIST)");
  auto* inputs = verb->add_option("--inputs", options->inputs,
                                  "captured inputs of one transform: .npy or .safetensors, a row per example");
  auto* outputs = verb->add_option("--outputs", options->outputs, "captured outputs of the same transform");
  verb->add_option("--input-tensor", options->input_tensor, "name of the inputs in a safetensors file of several");
  verb->add_option("--output-tensor", options->output_tensor, "name of the outputs likewise");
  verb->add_option("--recipe", options->recipe, "graded or winner")->capture_default_str();
  verb->add_option("--name", options->name, "of the stream (default: the model's, or 'transform')");
  verb->add_option("--examples", options->examples, "records to learn from")->capture_default_str();
  verb->add_option("--held-out", options->held_out, "records to validate on")->capture_default_str();
  verb->add_option("--fit", options->fit, "inputs that codecs are fitted to")->capture_default_str();
  inputs->needs(outputs)->excludes(model);
  outputs->needs(inputs);
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      set_threads(common.threads);
      DottedSettings settings(common.config, common.assignments);
      TeachOptions teaching{.recipe = find_recipe(options->recipe),
                            .name = options->name,
                            .examples = options->examples,
                            .held_out = options->held_out,
                            .fit = options->fit,
                            .seed = common.seed};
      apply(settings, teaching.recipe);
      settings.refuse_the_rest();
      if (!options->inputs.empty()) {
        if (teaching.name.empty()) teaching.name = "transform";
        const auto in = read_matrix(options->inputs, options->input_tensor),
                   out = read_matrix(options->outputs, options->output_tensor);
        const auto carrier = open_carrier(options->stream, Access::Write);
        static_cast<void>(teach_captured(in, out, teaching, *carrier));
      } else {
        const std::filesystem::path model_file =
            options->model.empty() ? default_model() : std::filesystem::path(options->model);
        if (teaching.name.empty()) teaching.name = model_file.stem().string();
        const Graph graph = Graph::load(model_file);
        const std::filesystem::path data =
            options->data.empty() ? std::filesystem::path(default_data) : std::filesystem::path(options->data);
        Matrix<float> images;
        if (std::filesystem::is_regular_file(data)) {
          images = read_matrix(data);
        } else {
          images = load_labelled(data, "train").images;
          if (images.rows() > training_images) images.resize_rows(training_images);
        }
        const auto carrier = open_carrier(options->stream, Access::Write);
        static_cast<void>(teach(graph, images, teaching, *carrier));
      }
      const StreamReader stream(*open_carrier(options->stream, Access::Read));
      const StreamBits& bits = stream.bits();
      const nlohmann::json result{{"stream", hex(stream.id())},
                                  {"name", stream.descriptor().name},
                                  {"epoch", stream.epoch()},
                                  {"examples", stream.size()},
                                  {"held_out", stream.held_out_size()},
                                  {"bits",
                                   {{"data", bits.data},
                                    {"held_out", bits.held_out},
                                    {"heads", bits.setup + bits.headers},
                                    {"codebooks", bits.codebooks},
                                    {"network", bits.network}}}};
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
