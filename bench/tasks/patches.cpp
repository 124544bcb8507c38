/// 49 patches of 4x4 pixels, 16 k-means addresses each, straight to the label: one layer, no teacher but the labels.
/// `fmnist-49x16` is that on Fashion-MNIST; `patches:` on any idx files. Without test files, and for validation, the
/// last twelfth of the images (5 000 of 60 000) is asked and never taught.

#include "../fidelity_task.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/core/array_file.hpp"

namespace assimilaate::bench {
namespace {

Matrix<float> one_hot(std::span<const std::int32_t> labels, std::size_t classes) {
  Matrix<float> rows(labels.size(), classes);
  for (std::size_t i = 0; i < labels.size(); ++i) rows(i, static_cast<std::size_t>(labels[i])) = 1;
  return rows;
}

Subject make_from(cli::Labelled train, cli::Labelled test, const std::string& name, const TaskRequest& request,
                  const Recipe& recipe) {
  if (request.validation || test.labels.empty()) {
    const std::size_t pool = train.images.rows() - train.images.rows() / 12;
    test = {rows_of(train.images, pool, train.images.rows() - pool), {train.labels.begin() + pool, train.labels.end()}};
    train.images.resize_rows(pool);
    train.labels.resize(pool);
  }
  std::int32_t last = 1;
  for (const auto* labels : {&train.labels, &test.labels})
    for (const std::int32_t label : *labels) last = std::max(last, label);
  const auto classes = static_cast<std::size_t>(last) + 1;
  Subject subject = captured(train.images, one_hot(train.labels, classes), test.images, one_hot(test.labels, classes),
                             name, request, recipe);
  subject.labels = std::move(test.labels);
  subject.scores = [](const Matrix<float>& said) { return said; };
  return subject;
}

Subject make_fmnist(const TaskRequest& request, const Recipe& recipe) {
  return make_from(cli::load_labelled(request.data, "train"), cli::load_labelled(request.data, "t10k"), "fmnist-49x16",
                   request, recipe);
}

cli::Labelled load(const std::string& images, const std::string& labels) {
  cli::Labelled set{cli::read_inputs(images), read_labels(labels)};
  if (set.images.rows() != set.labels.size())
    fail(Errc::Mismatch, "{}: {} images beside {} labels of {}", images, set.images.rows(), set.labels.size(), labels);
  return set;
}

Subject make_any(const TaskRequest& request, const Recipe& recipe) {
  const auto files = comma_parts(request.argument);
  if (files.size() != 2 && files.size() != 4)
    fail(Errc::Usage, "task patches: write patches:IMAGES,LABELS[,TEST_IMAGES,TEST_LABELS]");
  return make_from(load(files[0], files[1]), files.size() == 4 ? load(files[2], files[3]) : cli::Labelled{}, "patches",
                   request, recipe);
}

const Recipe recipe{"winner", "", {"patches", {{"image_width", 28}, {"patch", 4}, {"bits", 4}}}, {}, {"argmax", {}}};

}  // namespace

extern const Task fmnist_49x16_task, patches_task;
const Task fmnist_49x16_task{"fmnist-49x16", "",           "49 patches of 16 addresses, one layer to 10 labels",
                             recipe,         {1000, 5000}, make_fmnist};
const Task patches_task{
    "patches", "IMAGES,LABELS[,TEST_IMAGES,TEST_LABELS]", "the same on any idx files", recipe, {1000, 5000}, make_any};

}  // namespace assimilaate::bench
