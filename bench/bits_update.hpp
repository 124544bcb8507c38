#pragma once
/// What the ways to move an update share.

#include <array>

#include "bits.hpp"

namespace bits {

constexpr std::int32_t first_new = 8;  ///< classes from here on are new

struct UpdateTask {
  std::vector<ProbedLayer> layers;  ///< wanted: the new teacher; held: what targets do
  Images images;
  Matrix<float> scores;  ///< the new teacher's, of the images that teach
  std::vector<std::int32_t> said;
  std::vector<Matrix<float>> seen;

  /// @param memory  bits of old records that targets have kept from their first stream
  void report(Table& table, const std::string& method, const std::string& setting, double bits,
              const Matrix<float>& out, double memory = 0) const;
  [[nodiscard]] std::vector<DenseWeights> held() const;
};

/// Records of the new classes travel; old ones are those that targets kept. Only the last layer learns.
void replayed_updates(const UpdateTask& task, const Options& options, Table& table);

}  // namespace bits
