#pragma once
/// Labelled images on disk, as Fashion-MNIST comes.

#include <filesystem>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate::cli {

struct Labelled {
  Matrix<float> images;              ///< [n x pixels], in [0, 1]
  std::vector<std::int32_t> labels;  ///< [n]
};

/// `<part>-images-idx3-ubyte[.gz]` and `<part>-labels-idx1-ubyte[.gz]` of a folder; part is `train` or `t10k`.
/// @throws Error{Io} saying what is missing and how to get it, Error{Format|Mismatch} for files that are damaged or do
/// not belong together.
[[nodiscard]] Labelled load_labelled(const std::filesystem::path& folder, std::string_view part);

/// `read_matrix`, with the bytes of idx files brought into [0, 1].
[[nodiscard]] Matrix<float> read_inputs(const std::filesystem::path& file, std::string_view tensor = {});

inline constexpr const char* default_data = "/usr/share/datasets/fashion-mnist";  // Debian's dataset-fashion-mnist
/// Training images from here on are validation images: the teacher was not trained on them, no example is drawn from
/// them.
inline constexpr std::size_t training_images = 55'000;

/// The model of the main job: beside the program when installed, in the source tree when built there.
[[nodiscard]] std::filesystem::path default_model();

}  // namespace assimilaate::cli
