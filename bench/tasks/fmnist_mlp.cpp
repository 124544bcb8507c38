/// The whole Fashion-MNIST classifier, images in, classes out, every transform on the target.

#include "../fidelity_task.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/teacher/ceilings.hpp"

namespace assimilaate::bench {
namespace {

Subject make(const TaskRequest& request, const Recipe& recipe) {
  const Graph graph = Graph::load(request.model.empty() ? cli::default_model() : request.model);
  cli::Labelled train = cli::load_labelled(request.data, "train");
  cli::Labelled test = request.validation ? cli::Labelled{} : cli::load_labelled(request.data, "t10k");
  const std::size_t pool = std::min(train.images.rows(), cli::training_images);
  if (request.validation)
    test = {rows_of(train.images, pool, train.images.rows() - pool), {train.labels.begin() + pool, train.labels.end()}};
  train.images.resize_rows(pool);

  const std::vector<std::string> taps{graph.network().output().name};
  const TeachOptions options = teaching("fmnist-mlp", pool, request, recipe);
  Chain chain;
  Subject subject = subject_of([&](Carrier& carrier) { return chain = teach(graph, train.images, options, carrier); },
                               test.images, graph.run(test.images, taps).at(taps[0]));
  subject.labels = std::move(test.labels);
  subject.scores = [](const Matrix<float>& said) { return said; };
  subject.perfect["codec"] = run_coded(graph, chain, test.images);
  subject.perfect["table_from_weights"] = run_tables(graph, chain, test.images);
  return subject;
}

}  // namespace

extern const Task fmnist_mlp_task;
const Task fmnist_mlp_task{"fmnist-mlp",     "",  "the whole model, images to classes", find_recipe("graded"),
                           {100, 300, 1000}, make};

}  // namespace assimilaate::bench
