#pragma once
/// What can be assimilated for a measurement: tasks are a catalogue, `tasks/<name>.cpp` is one of them, whole.

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "assimilaate/stream/stream_reader.hpp"
#include "assimilaate/teacher/teach.hpp"

namespace assimilaate::bench {

/// What a task is asked for.
struct TaskRequest {
  std::string argument;              ///< of `name:argument`
  std::size_t most = 1000;           ///< examples that the stream must have
  std::uint64_t seed = 1;            ///< which examples are drawn, and where codecs begin
  std::string selection = "random";  ///< of the examples, as `TeachOptions` has it
  bool validation = false;           ///< questions from validation data instead of test data
  std::filesystem::path data;        ///< folder of Fashion-MNIST
  std::filesystem::path model;       ///< an ONNX file instead of the task's own; empty: its own
  std::filesystem::path models;      ///< folder of models that are trained when needed
};

/// A task at one seed: a stream for targets, then questions, what the teacher answers, and how answers are judged.
struct Subject {
  StreamReader stream;
  std::vector<CodecPtr> codecs;      ///< of the stream's boundaries
  AatBlock questions;                ///< at the first boundary; no example is among them
  Matrix<float> answers;             ///< the teacher's, before they are coded [questions x dims of the last boundary]
  std::vector<std::int32_t> labels;  ///< of the questions; empty where there are none
  /// From what the last boundary says to scores of classes; empty where nothing is classified.
  std::function<Matrix<float>(const Matrix<float>&)> scores;
  /// Answers of perfect students of the same codes, decoded: `codec`, `table_from_weights`.
  std::map<std::string, Matrix<float>> perfect;
};

struct Task {
  std::string_view name, argument, about;  ///< argument: what follows the colon; empty for none
  Recipe recipe;
  std::vector<std::size_t> examples;  ///< measured unless others are asked for
  Subject (*make)(const TaskRequest& request, const Recipe& recipe);
};

[[nodiscard]] const std::vector<const Task*>& task_catalogue();

/// The parts of a text between commas.
[[nodiscard]] std::vector<std::string> comma_parts(const std::string& text);

/// Rows [first, first + count).
[[nodiscard]] Matrix<float> rows_of(const Matrix<float>& from, std::size_t first, std::size_t count);

/// A task of one transform whose activations were captured: a stream of `in` and `out`, questions apart.
[[nodiscard]] Subject captured(const Matrix<float>& in, const Matrix<float>& out, const Matrix<float>& questions,
                               Matrix<float> answers, const std::string& name, const TaskRequest& request,
                               const Recipe& recipe);

/// Read what a teacher has just published, and code the questions.
/// @param publish  teaches into the carrier it is given
[[nodiscard]] Subject subject_of(const std::function<Chain(Carrier&)>& publish, const Matrix<float>& questions,
                                 Matrix<float> answers);
/// How an example stream of this request is drawn from `available` inputs; validation of rounds gets what is left, 200
/// at most.
[[nodiscard]] TeachOptions teaching(const std::string& name, std::size_t available, const TaskRequest& request,
                                    const Recipe& recipe);

}  // namespace assimilaate::bench
