#include "assimilaate/core/parallel.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>

#include <memory>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  tbb::parallel_for(std::size_t{0}, count, body);
}

void set_threads(int threads) {
  static std::unique_ptr<tbb::global_control> limit;
  if (threads < 0) fail(Errc::Usage, "{} threads asked for (give 0 for all, or a positive number)", threads);
  limit.reset();
  if (threads > 0)
    limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
}

}  // namespace assimilaate
