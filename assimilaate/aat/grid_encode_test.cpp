#include "assimilaate/aat/grid_encode.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/aat/grid_encode_reference.hpp"
#include "assimilaate/aat/internal/every_target.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

TEST(GridEncode, EveryTargetGivesTheAddressesOfTheReference) {
  const Random random(1, 0);
  for (const std::size_t spaces : {1U, 3U, 16U, 37U, 130U})
    for (const std::size_t addresses : {2U, 3U, 16U, 256U}) {
      constexpr std::size_t rows = 5, shift = 1;  // from an address that no vector is aligned to
      Matrix<float> borders(addresses - 1, spaces), room(1, rows * spaces + shift);
      for (std::size_t m = 0; m < spaces; ++m) {
        std::vector<float> column(addresses - 1);
        for (std::size_t k = 0; k < column.size(); ++k)
          column[k] = static_cast<float>(random.normal(Purpose::Codec, m, k));
        std::ranges::sort(column);
        for (std::size_t k = 0; k < column.size(); ++k) borders(k, m) = column[k];
      }
      for (std::size_t i = 0; i < room.size(); ++i)
        room.values()[i] = static_cast<float>(random.normal(Purpose::Select, i));
      room.values()[shift] = borders(0, 0);  // a tie
      const MatrixView<const float> vectors(room.data() + shift, rows, spaces);
      on_every_target([&](const std::string& target) {
        Matrix<Address> aats(rows, spaces, None);
        grid_encode(vectors, borders.view(), aats.view());
        EXPECT_EQ(aats(0, 0), 0) << "a number on a border takes the lower address";
        for (std::size_t i = 0; i < rows; ++i)
          for (std::size_t m = 0; m < spaces; ++m)
            ASSERT_EQ(aats(i, m), grid_encode_reference(vectors(i, m), borders.view(), m)) << target << ' ' << spaces;
      });
    }
}

}  // namespace
}  // namespace assimilaate
