#pragma once
/// Teaching: what a model's transforms do, as a stream of examples.

#include <string>
#include <vector>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/progress.hpp"
#include "assimilaate/graph/graph.hpp"
#include "assimilaate/stream/stream_writer.hpp"

namespace assimilaate {

/// How a boundary is coded: a codec by name and its settings.
struct CodecSpec {
  std::string name = "grid";
  Settings settings;
};

/// Where boundaries lie and how they are coded.
struct Recipe {
  std::string_view name, about;
  CodecSpec first, middle, last;
  bool behind_glue =
      false;  ///< inner boundaries behind the nonlinearity (winner lanes) instead of before it (regression lanes)
};
/// `graded` and `winner`. @throws Error{Usage} for another name.
[[nodiscard]] const Recipe& find_recipe(std::string_view name);

struct TeachOptions {
  Recipe recipe = find_recipe("graded");
  std::string name = "model";
  std::size_t examples = 1000;       ///< records for learning
  std::size_t held_out = 200;        ///< records for validation; never among the former
  std::size_t fit = 4000;            ///< inputs that codecs are fitted to
  std::string selection = "random";  ///< how examples are chosen: a name of `select_examples`
  std::size_t pool = 4000;           ///< candidates that are looked at, where the choice looks at any
  std::uint64_t seed = 1;            ///< which inputs are chosen
  bool range_coded = false;          ///< columns in codec 1 where they gain by it
  std::size_t live = 0;              ///< publish after every so many records; 0: at the end
  EpochStart start = EpochStart::Complete;
  /// Of every boundary, in order, as an earlier epoch has them: an epoch with other codecs is another stream. Empty:
  /// fit new ones.
  std::vector<CodecPtr> codecs{};
  Signing signing{};         ///< who signs the stream
  std::int64_t time_ms = 0;  ///< Unix time to write into it [ms]; 0 makes equal streams equal bytes
};

/// A chain of boundaries and the transforms between them; transform t leads from boundary t to boundary t + 1.
struct Chain {
  std::vector<std::string> tensors;     ///< of the boundaries, in the graph
  std::vector<std::string> transforms;  ///< node names
  std::vector<CodecPtr> codecs;         ///< of the boundaries
};

/// Fit codecs, draw examples, write them as a new epoch: codebooks, stripped network, data, held-out.
/// @param inputs  [n x input width]; the teacher's own data, from which everything is drawn
/// @return the chain, for the teacher's own use (ceilings).
/// @throws Error{Unsupported} when the graph is no chain, Error{Usage} when there are fewer inputs than examples and
/// held-out together, Error{Format} for NaN, Error{Io}.
[[nodiscard]] Chain teach(const Graph& graph, const Matrix<float>& inputs, const TeachOptions& options,
                          Carrier& carrier, Progress* progress = nullptr);

/// The same for captured activations of one transform: any framework can be a teacher.
/// @param inputs, outputs  [n x dims], a row per example
[[nodiscard]] Chain teach_captured(const Matrix<float>& inputs, const Matrix<float>& outputs,
                                   const TeachOptions& options, Carrier& carrier);

}  // namespace assimilaate
