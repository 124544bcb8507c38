#include "assimilaate/substrate/telegraph.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {
namespace {

/// Keeps the noise of memristors apart from that of lanes, which are counted from 0 too.
constexpr std::uint64_t per_memristor = std::uint64_t{1} << 55;

/// The last level taken in a block of `length` reads up to `until`; 0 where none was.
int last_level(const Random& random, std::uint64_t place, std::uint64_t block, double length, double until,
               double memory) {
  int level = 0;
  double at = 0;
  for (std::uint64_t draw = 0;; ++draw) {
    const auto bits = random.bits(Purpose::Telegraph, place ^ (draw << 48), block);
    for (const std::size_t i : {0UL, 2UL}) {
      at -= memory * std::log(Random::to_uniform(bits[i]));
      if (at > std::min(until, length)) return level;
      level = (bits[i + 1] & 1) != 0 ? 1 : -1;
    }
  }
}

}  // namespace

int telegraph_level(const Random& random, std::uint64_t place, std::uint64_t read, double memory) {
  const int k = std::max(0, static_cast<int>(std::ceil(std::log2(memory))));
  const double length = std::ldexp(1.0, k);
  std::uint64_t block = k < 64 ? read >> k : 0;
  double until = static_cast<double>(read - (k < 64 ? block << k : 0));
  for (;; until = length) {
    if (const int level = last_level(random, place, block, length, until, memory); level != 0) return level;
    if (block-- == 0) break;
  }
  return (random.bits(Purpose::Telegraph, place, ~std::uint64_t{0})[0] & 1) != 0 ? 1 : -1;
}

double telegraph_stay(const Imperfections& how, const Random& random, std::uint64_t place) {
  if (how.telegraph_decades <= 0) return how.telegraph_dwell;
  const double u = random.uniform(Purpose::Telegraph, place, ~std::uint64_t{1});
  return how.telegraph_dwell * std::pow(10, how.telegraph_decades * u);
}

double read_factor(const Imperfections& how, const Random& random, std::uint64_t place, std::uint64_t read) {
  double factor = 1;
  if (how.device_noise > 0) factor += how.device_noise * random.normals(Purpose::Read, place ^ per_memristor, read)[0];
  if (how.telegraph > 0)
    factor *= 1 + 0.5 * how.telegraph * telegraph_level(random, place, read, telegraph_stay(how, random, place) / 2);
  return std::max(factor, 0.0);
}

}  // namespace assimilaate
