#include <assimilaate/aat/codec.hpp>
#include <cmath>
#include <cstdio>

int main() {
  assimilaate::Matrix<float> vectors(64, 8);
  for (std::size_t i = 0; i < vectors.values().size(); ++i)
    vectors.values()[i] = std::sin(0.1F * static_cast<float>(i * i));
  const auto codec = assimilaate::fit_codec("grid", vectors.view(), {}, 1);
  assimilaate::AatBlock aats(codec->shape(), vectors.rows());
  codec->encode(vectors.view(), aats.entries.view());
  assimilaate::check_addresses(aats.shape, aats.entries.view());
  std::printf("%zu vectors, %zu spaces, distortion %.4f\n", aats.size(), aats.shape.spaces(), codec->distortion());
}
