#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/temperature.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate::cli {
void add_infer(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string target, inputs, labels, output, tensor, idle;
    bool force = false, keep_novel = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("infer", "a target and inputs -> outputs, and the score where labels are given");
  add_common(*verb, common);
  verb->add_option("target", options->target, "the target's file, or the folder of one that subscribes")->required();
  verb->add_option("inputs", options->inputs, "a row per input: .npy, .safetensors or idx (bytes divided by 255)")
      ->required();
  verb->add_option("--tensor", options->tensor, "name in a safetensors file of several");
  verb->add_option("--labels", options->labels, "idx1 file of classes");
  verb->add_option("--output", options->output, "write the outputs as .npy");
  verb->add_option("--idle", options->idle, "let time pass first: SECONDS@KELVIN, several with commas");
  verb->add_flag("--keep-novel", options->keep_novel, "keep inputs that are new to a subscriber, to be sent by it");
  verb->add_flag("--force", options->force, "replace the file of --output");
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      set_threads(common.threads);
      DottedSettings(common.config, common.assignments).refuse_the_rest();
      if (!options->output.empty() && !options->force && std::filesystem::is_regular_file(options->output))
        fail(Errc::Usage, "{}: is there already (--force replaces it)", options->output);
      if (options->keep_novel && !Subscriber::is_folder(options->target))
        fail(Errc::Usage, "{}: is no folder of a target that subscribes, where inputs could be kept", options->target);
      Target target = Target::load(Subscriber::is_folder(options->target) ? Subscriber::serving_file(options->target)
                                                                          : std::filesystem::path(options->target));
      if (!options->idle.empty())
        for (const auto& step : parse_temperature_profile(options->idle)) target.idle(step.seconds, step.kelvin);
      const Matrix<float> inputs = read_inputs(options->inputs, options->tensor);
      std::vector<std::int32_t> labels;
      if (!options->labels.empty()) {
        labels = read_labels(options->labels);
        if (labels.size() != inputs.rows())
          fail(Errc::Mismatch, "{}: {} labels for {} inputs (files of different sets?)", options->labels, labels.size(),
               inputs.rows());
      }
      nlohmann::json result{
          {"target", options->target}, {"inputs", inputs.rows()}, {"outputs", target.output_codec().dims()}};
      const Matrix<float> outputs = target.infer(inputs.view());
      if (options->keep_novel) {
        AatBlock aats(target.input_codec().shape(), inputs.rows());
        target.input_codec().encode(inputs.view(), aats.entries.view());
        result["novel"] = Subscriber::keep_novelty(options->target, aats);
      }
      if (!options->output.empty()) write_npy(options->output, outputs.view());
      if (!options->labels.empty()) {
        std::size_t right = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
          const auto row = outputs.row(i);
          right += std::ranges::max_element(row) - row.begin() == labels[i];
        }
        result["accuracy"] = static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(1, labels.size()));
      }
      if (common.json) {
        fmt::print("{}\n", result.dump(2));
      } else if (!options->labels.empty()) {
        fmt::print("accuracy {:.4f} on {} inputs\n", result["accuracy"].get<double>(), inputs.rows());
        if (options->keep_novel) fmt::print("{} of them are new to it and kept\n", result["novel"].get<std::size_t>());
      } else if (options->output.empty()) {
        for (std::size_t i = 0; i < outputs.rows(); ++i) fmt::print("{}\n", fmt::join(outputs.row(i), " "));
      } else {
        fmt::print("{} outputs of {} numbers in {}\n", outputs.rows(), outputs.cols(), options->output);
      }
    };
  });
}

}  // namespace assimilaate::cli
