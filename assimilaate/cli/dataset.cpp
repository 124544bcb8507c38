#include "assimilaate/cli/dataset.hpp"

#include <zlib.h>

#include <array>

#include "assimilaate/core/array_file.hpp"

namespace assimilaate::cli {
namespace {

/// Whether a file, plain or gzip, begins as idx files of unsigned bytes do.
bool is_idx(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) return false;
  std::array<unsigned char, 3> begin{1};
  const gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) return false;
  const int got = gzread(in, begin.data(), begin.size());
  gzclose(in);
  return got == 3 && begin == std::array<unsigned char, 3>{0, 0, 8};
}

}  // namespace

Matrix<float> read_inputs(const std::filesystem::path& file, std::string_view tensor) {
  Matrix<float> values = read_matrix(file, tensor);
  if (is_idx(file))
    for (float& x : values.values()) x /= 255;
  return values;
}

Labelled load_labelled(const std::filesystem::path& folder, std::string_view part) {
  const auto find = [&](std::string_view kind) {
    for (const char* ending : {".gz", ""})
      if (auto file = folder / fmt::format("{}-{}-ubyte{}", part, kind, ending); std::filesystem::exists(file))
        return file;
    fail(Errc::Io,
         "{}: there is no {}-{}-ubyte[.gz] (apt-get install dataset-fashion-mnist, or name a folder with --data)",
         folder.string(), part, kind);
  };
  Labelled set{read_inputs(find("images-idx3")), read_labels(find("labels-idx1"))};
  if (set.images.rows() != set.labels.size())
    fail(Errc::Mismatch, "{}: {} images beside {} labels (files of different sets?)", folder.string(),
         set.images.rows(), set.labels.size());
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
