#include "assimilaate/teacher/teach.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/random.hpp"
#include "assimilaate/teacher/selection.hpp"

namespace assimilaate {
namespace {

Matrix<float> pick(const Matrix<float>& from, std::span<const std::uint32_t> rows) {
  Matrix<float> picked(rows.size(), from.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), picked.row(i).begin());
  return picked;
}

/// Which inputs fit the codecs, which are held out, which are taught: a seeded shuffle, dealt from both ends.
struct Draw {
  std::vector<std::uint32_t> fit, held_out, data;
};

Draw draw(std::size_t available, const TeachOptions& options) {
  if (options.examples == 0) fail(Errc::Usage, "0 examples teach nothing; ask for at least 1");
  if (options.examples > available || options.held_out > available - options.examples)
    fail(Errc::Usage, "{} examples and {} held out were asked for, there are {} inputs", options.examples,
         options.held_out, available);
  std::vector<std::uint32_t> order(available);
  std::iota(order.begin(), order.end(), 0U);
  const Random random(options.seed, 0);
  for (std::size_t i = available; i > 1; --i)
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(random.uniform(Purpose::Select, i) * static_cast<double>(i))]);
  const auto at = [&](std::size_t first, std::size_t count) {
    return std::vector<std::uint32_t>(order.begin() + static_cast<std::ptrdiff_t>(first),
                                      order.begin() + static_cast<std::ptrdiff_t>(first + count));
  };
  Draw d;
  d.held_out = at(0, options.held_out);
  const std::size_t candidates =
      options.selection == "random" ? options.examples : std::max(options.examples, options.pool);
  d.data = at(options.held_out, std::min(candidates, available - options.held_out));
  // Codecs are fitted to what is not held out: first to inputs that are not taught either, then to those that are.
  const std::size_t fit = std::min(options.fit, available - options.held_out);
  d.fit = at(available - fit, fit);
  return d;
}

/// What follows the last transform may reshape its answer, and reads nothing but it.
void check_end(const Network& network, const TransformShape& last) {
  for (std::string_view at = network.output().name; at != last.output;) {
    const auto maker = std::ranges::find_if(network.nodes(), [&](const Node& node) { return node.outputs[0] == at; });
    if (maker == network.nodes().end() || maker->is_transform() || maker->inputs.size() != 1)
      fail(Errc::Unsupported, "graph: its output {} is more than what transform {} says; only chains can be taught",
           network.output().name, last.name);
    at = maker->inputs[0];
  }
}

Descriptor describe(const Chain& chain, const TeachOptions& options) {
  Descriptor descriptor;
  descriptor.name = options.name;
  for (std::size_t b = 0; b < chain.tensors.size(); ++b)
    descriptor.boundaries.push_back({chain.tensors[b], chain.codecs[b]->shape(), {}});
  for (std::uint32_t t = 0; t < chain.transforms.size(); ++t)
    descriptor.transforms.push_back({chain.transforms[t], {t}, t + 1});
  return descriptor;
}

std::vector<AatBlock> encode(const Chain& chain, const std::vector<Matrix<float>>& values) {
  std::vector<AatBlock> blocks;
  for (std::size_t b = 0; b < values.size(); ++b) {
    blocks.emplace_back(chain.codecs[b]->shape(), values[b].rows());
    chain.codecs[b]->encode(values[b].view(), blocks.back().entries.view());
  }
  return blocks;
}

using Glue = std::vector<std::function<float(float)>>;

/// Of the candidates `rows`, those that are taught, in the order in which they are sent.
std::vector<std::uint32_t> choose(const Chain& chain, std::span<const std::uint32_t> rows,
                                  const std::vector<Matrix<float>>& values, std::span<const Glue> glue,
                                  const TeachOptions& options) {
  // What a student sees: values as their AATs give them back.
  std::vector<Matrix<float>> seen;
  const auto blocks = encode(chain, values);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    seen.emplace_back(rows.size(), chain.codecs[b]->dims());
    chain.codecs[b]->decode(blocks[b].entries.view(), seen.back().view());
  }
  std::vector<CandidatePool> pool;
  for (std::size_t t = 0; t + 1 < seen.size(); ++t) {
    pool.push_back({seen[t], seen[t + 1]});
    for (const auto& function : glue[t])
      for (float& x : pool.back().inputs.values()) x = function(x);
  }
  std::vector<std::uint32_t> chosen;
  for (const std::uint32_t i : select_examples(options.selection, pool, options.examples, options.seed))
    chosen.push_back(rows[i]);
  return chosen;
}

/// `values(rows)` gives the activations of the chosen inputs at every boundary; `glue` lies before each transform.
template <typename Values>
void publish(Chain& chain, Draw d, std::span<const Glue> glue, const TeachOptions& options,
             std::span<const std::byte> network, Carrier& carrier, const Values& values) {
  const std::size_t last = chain.tensors.size() - 1;
  if (!options.codecs.empty() && options.codecs.size() != last + 1)
    fail(Errc::Mismatch, "{} codecs of an earlier epoch for {} boundaries (another model?)", options.codecs.size(),
         last + 1);
  chain.codecs = options.codecs;
  const auto fitted = chain.codecs.empty() ? values(d.fit) : std::vector<Matrix<float>>();
  for (std::size_t b = 0; b < fitted.size(); ++b) {
    const CodecSpec& spec = b == 0 ? options.recipe.first : b == last ? options.recipe.last : options.recipe.middle;
    chain.codecs.push_back(fit_codec(spec.name, fitted[b].view(), spec.settings, options.seed));
  }
  if (options.selection != "random") d.data = choose(chain, d.data, values(d.data), glue, options);
  std::vector<std::vector<std::byte>> books;
  for (const auto& codec : chain.codecs) books.push_back(codec_bytes(*codec));
  constexpr std::size_t largest_block = 4096;
  const std::size_t block = options.live > 0 ? options.live : largest_block;
  EpochSetup epoch;
  if (options.range_coded) {
    const auto sample = encode(chain, values(std::span(d.data).first(std::min(largest_block, d.data.size()))));
    epoch.frequencies = fit_frequencies(sample, d.data.size() + d.held_out.size());
  }
  StreamWriter writer(carrier, describe(chain, options), books, network, options.time_ms, options.signing,
                      std::move(epoch), options.start);
  if (!d.held_out.empty()) writer.add_held_out(encode(chain, values(d.held_out)));
  for (std::size_t first = 0; first < d.data.size(); first += block) {
    writer.add(encode(chain, values(std::span(d.data).subspan(first, std::min(block, d.data.size() - first)))));
    if (options.live > 0) writer.publish();
  }
  writer.finish();
}

}  // namespace

const Recipe& find_recipe(std::string_view name) {
  static const std::array recipes{
      Recipe{"graded",
             "regression lanes: scalar grids, boundaries before the nonlinearity",
             {"grid", {{"bits", 6}, {"shared", 1}}},
             {"grid", {{"bits", 6}, {"shared", 1}}},
             {"grid", {{"bits", 8}}},
             false},
      Recipe{"winner",
             "winner lanes: product quantisation, boundaries behind the nonlinearity, the class as one address",
             {"patches", {{"image_width", 28}, {"patch", 4}, {"bits", 6}}},
             {"pq", {{"sub", 8}, {"bits", 4}}},
             {"argmax", {}},
             true},
  };
  std::string known;
  for (const Recipe& recipe : recipes) {
    if (recipe.name == name) return recipe;
    known += (known.empty() ? "" : ", ") + std::string(recipe.name);
  }
  fail(Errc::Usage, "unknown recipe '{}' (there are: {})", name, known);
}

Chain teach(const Graph& graph, const Matrix<float>& inputs, const TeachOptions& options, Carrier& carrier,
            Progress* progress) {
  check_selection(options.selection);
  check_finite(inputs.view(), "teacher inputs");
  const auto transforms = graph.transforms();
  Chain chain;
  chain.tensors.push_back(graph.network().input().name);
  for (std::size_t t = 0; t < transforms.size(); ++t) {
    // Refuses what is no chain, also where the boundary lies behind the glue.
    static_cast<void>(
        graph.network().glue(t == 0 ? chain.tensors.back() : transforms[t - 1].output, transforms[t].name));
    chain.transforms.push_back(transforms[t].name);
    const bool inner = t + 1 < transforms.size();
    chain.tensors.push_back(inner && options.recipe.behind_glue ? transforms[t + 1].input : transforms[t].output);
  }
  check_end(graph.network(), transforms.back());
  std::vector<Glue> glue;
  for (std::size_t t = 0; t < transforms.size(); ++t)
    glue.push_back(graph.network().glue(chain.tensors[t], chain.transforms[t]));
  const auto network = graph.strip().to_bytes();
  publish(chain, draw(inputs.rows(), options), glue, options, network, carrier,
          [&](std::span<const std::uint32_t> rows) {
            const auto tapped = graph.run(pick(inputs, rows), chain.tensors);
            std::vector<Matrix<float>> values;
            for (const auto& tensor : chain.tensors) values.push_back(tapped.at(tensor));
            if (progress != nullptr) progress->update("teach", 1, 1);
            return values;
          });
  return chain;
}

Chain teach_captured(const Matrix<float>& inputs, const Matrix<float>& outputs, const TeachOptions& options,
                     Carrier& carrier) {
  if (inputs.rows() != outputs.rows())
    fail(Errc::Mismatch, "captured activations: {} input rows beside {} output rows; a row of each is an example",
         inputs.rows(), outputs.rows());
  check_selection(options.selection);
  check_finite(inputs.view(), "captured inputs");
  check_finite(outputs.view(), "captured outputs");
  Chain chain{{"input", "output"}, {options.name}, {}};
  const std::vector<Glue> glue(1);
  publish(chain, draw(inputs.rows(), options), glue, options, {}, carrier, [&](std::span<const std::uint32_t> rows) {
    return std::vector{pick(inputs, rows), pick(outputs, rows)};
  });
  return chain;
}

}  // namespace assimilaate
