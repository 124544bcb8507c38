#include "assimilaate/aat/pq_encode.hpp"

#include <faiss/impl/ProductQuantizer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "assimilaate/aat/internal/every_target.hpp"
#include "assimilaate/aat/pq_encode_reference.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

std::vector<float> normals(std::size_t count, std::uint64_t seed) {
  const Random random(seed, 0);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(random.normal(Purpose::Codec, i));
  return values;
}

TEST(PqEncode, EveryTargetGivesTheAddressesAndBitsOfTheReference) {
  for (const std::size_t rows : {1U, 63U, 64U, 131U})
    for (const std::size_t addresses : {2U, 3U, 16U, 257U}) {
      constexpr std::size_t dims = 13, shift = 1;  // from an address that no vector is aligned to
      const auto room = normals(rows * dims + shift, 1), books = normals(dims * addresses, 2);
      const MatrixView<const float> vectors(room.data() + shift, rows, dims);
      const std::vector<PqSpace> spaces{{0, {books.data(), addresses, 1}},
                                        {1, {books.data() + addresses, addresses, 5}},
                                        {6, {books.data() + 6 * addresses, addresses, 7}}};
      on_every_target([&](const std::string& target) {
        Matrix<Address> aats(rows, spaces.size(), None);
        Matrix<float> errors(rows, spaces.size());
        pq_encode(vectors, spaces, aats.view(), errors.view());
        for (std::size_t i = 0; i < rows; ++i)
          for (std::size_t s = 0; s < spaces.size(); ++s) {
            const auto& centroids = spaces[s].centroids;
            const auto x = vectors.row(i).subspan(spaces[s].first, centroids.cols());
            const Address expected = pq_encode_reference(x, centroids);
            ASSERT_EQ(aats(i, s), expected) << target << " row " << i << " space " << s;
            ASSERT_EQ(errors(i, s), squared_distance(x, centroids.row(static_cast<std::size_t>(expected)))) << target;
          }
      });
    }
}

TEST(PqEncode, ATieGoesToTheLowerAddress) {
  const std::vector<float> centroids{3, -1, 1, 1}, vectors{0, 1, 2};
  const std::vector<PqSpace> spaces{{0, {centroids.data(), 4, 1}}};
  on_every_target([&](const std::string& target) {
    Matrix<Address> aats(3, 1);
    pq_encode({vectors.data(), 3, 1}, spaces, aats.view());
    EXPECT_EQ(std::vector<Address>(aats.values().begin(), aats.values().end()), (std::vector<Address>{1, 2, 0}))
        << target;
  });
}

// FAISS adds the squares in another order: where the two nearest differ by less than the rounding of a sum of `width`
// squares (width + 2 roundings of 2^-24 on either side), either code is right.
TEST(PqEncode, GivesTheCodesOfFaissOnTheSameCentroids) {
  constexpr std::size_t rows = 500, dims = 32, width = 4, addresses = 16, count = dims / width;
  faiss::ProductQuantizer faiss_pq(dims, count, 4);
  faiss_pq.centroids = normals(dims * addresses, 3);
  const auto room = normals(rows * dims, 4);
  const MatrixView<const float> vectors(room.data(), rows, dims);
  std::vector<std::uint8_t> codes(rows * faiss_pq.code_size);
  faiss_pq.compute_codes(room.data(), codes.data(), rows);

  std::vector<PqSpace> spaces(count);
  for (std::size_t s = 0; s < count; ++s) spaces[s] = {s * width, {faiss_pq.get_centroids(s, 0), addresses, width}};
  Matrix<Address> aats(rows, count);
  pq_encode(vectors, spaces, aats.view());
  std::size_t compared = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t s = 0; s < count; ++s) {
      const auto x = vectors.row(i).subspan(s * width, width);
      std::vector<float> distances;
      for (std::size_t a = 0; a < addresses; ++a) distances.push_back(squared_distance(x, spaces[s].centroids.row(a)));
      std::ranges::partial_sort(distances, distances.begin() + 2);
      if (distances[1] - distances[0] < 2 * (width + 2) * 0x1p-24F * distances[1]) continue;
      const unsigned code = codes[i * faiss_pq.code_size + s / 2] >> (s % 2 * 4) & 15U;
      ASSERT_EQ(static_cast<unsigned>(aats(i, s)), code) << i << ' ' << s;
      ++compared;
    }
  EXPECT_GT(compared, rows * count * 99 / 100);
}

}  // namespace
}  // namespace assimilaate
