#pragma once
/// Work on all cores.

#include <cstddef>
#include <functional>

namespace assimilaate {

/// body(0) … body(count - 1), on all threads, in no order; returns when all are done. The first exception thrown is
/// rethrown and stops the indices that have not begun. May be nested.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

/// Threads to use from now on, in the whole process; 0: as many as the machine has. Call it between pieces of work.
/// @throws Error{Usage} for a negative number.
void set_threads(int threads);

}  // namespace assimilaate
