#include "assimilaate/cli/dataset.hpp"

#include "assimilaate/core/array_file.hpp"

namespace assimilaate::cli {

Labelled load_labelled(const std::filesystem::path& folder, std::string_view part) {
  const auto find = [&](std::string_view kind) {
    for (const char* ending : {".gz", ""})
      if (auto file = folder / fmt::format("{}-{}-ubyte{}", part, kind, ending); std::filesystem::exists(file))
        return file;
    fail(Errc::Io,
         "{}: there is no {}-{}-ubyte[.gz] (apt-get install dataset-fashion-mnist, or name a folder with --data)",
         folder.string(), part, kind);
  };
  Labelled set{read_matrix(find("images-idx3")), read_labels(find("labels-idx1"))};
  if (set.images.rows() != set.labels.size())
    fail(Errc::Mismatch, "{}: {} images beside {} labels (files of different sets?)", folder.string(),
         set.images.rows(), set.labels.size());
  for (float& pixel : set.images.values()) pixel /= 255;
  return set;
}

std::filesystem::path default_model() {
  constexpr const char* name = "models/fashion_mnist_mlp.onnx";
  std::error_code problem;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", problem).parent_path();
  for (const auto& place :
       {program / "../share/assimilaate" / name, program / "../.." / name, std::filesystem::path(name)})
    if (std::filesystem::exists(place)) return place.lexically_normal();
  fail(Errc::Io, "{} was found neither beside the program nor here (name a model with --model)", name);
}

}  // namespace assimilaate::cli
