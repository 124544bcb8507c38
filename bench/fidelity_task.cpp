#include "fidelity_task.hpp"

#include <algorithm>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/core/temporary_folder.hpp"

namespace assimilaate::bench {

extern const Task fmnist_49x16_task, fmnist_layer256_task, fmnist_mlp_task, fmnist_wide_task, matrices_task,
    patches_task, stream_task;

const std::vector<const Task*>& task_catalogue() {
  static const std::vector<const Task*> tasks{&fmnist_49x16_task, &fmnist_layer256_task, &fmnist_mlp_task,
                                              &fmnist_wide_task,  &matrices_task,        &patches_task,
                                              &stream_task};
  return tasks;
}

std::vector<std::string> comma_parts(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Matrix<float> rows_of(const Matrix<float>& from, std::size_t first, std::size_t count) {
  Matrix<float> some(count, from.cols());
  std::copy_n(from.data() + first * from.cols(), some.size(), some.data());
  return some;
}

TeachOptions teaching(const std::string& name, std::size_t available, const TaskRequest& request,
                      const Recipe& recipe) {
  if (request.most > available)
    fail(Errc::Usage, "task {}: {} examples were asked for, there are {}", name, request.most, available);
  return {.recipe = recipe,
          .name = name,
          .examples = request.most,
          .held_out = std::min<std::size_t>(200, available - request.most),
          .seed = request.seed,
          .selection = request.selection};
}

Subject subject_of(const std::function<Chain(Carrier&)>& publish, const Matrix<float>& questions,
                   Matrix<float> answers) {
  const TemporaryFolder folder;
  const auto place = "dir:" + (folder / "stream").string();
  Chain chain = publish(*open_carrier(place, Access::Write));
  Subject subject{
      StreamReader(*open_carrier(place, Access::Read)), std::move(chain.codecs), {}, std::move(answers), {}, {}, {}};
  subject.questions = AatBlock(subject.codecs[0]->shape(), questions.rows());
  subject.codecs[0]->encode(questions.view(), subject.questions.entries.view());
  return subject;
}

Subject captured(const Matrix<float>& in, const Matrix<float>& out, const Matrix<float>& questions,
                 Matrix<float> answers, const std::string& name, const TaskRequest& request, const Recipe& recipe) {
  const TeachOptions options = teaching(name, in.rows(), request, recipe);
  return subject_of([&](Carrier& carrier) { return teach_captured(in, out, options, carrier); }, questions,
                    std::move(answers));
}

}  // namespace assimilaate::bench
