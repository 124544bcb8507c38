#include "assimilaate/carrier/internal/agreement.hpp"

#include <algorithm>
#include <deque>

#include "assimilaate/stream/log_writer.hpp"

namespace assimilaate::internal {
namespace {

bool same_bytes(const Carrier& from, const Carrier& to, const LogName& log, std::uint64_t begin, std::uint64_t end) {
  std::vector<std::byte> here(end - begin), there(end - begin);
  return from.read_log(log, begin, here) == here.size() && to.read_log(log, begin, there) == there.size() &&
         here == there;
}

}  // namespace

LogPlace agreement(const Carrier& from, const Carrier& to, const LogName& log, const LogPlace& end,
                   const std::optional<LogPlace>& vouched) {
  const auto there = std::min(to.log_size(log), end.offset);
  LogPlace start;
  if (vouched && vouched->offset <= there &&
      (vouched->offset == end.offset ? *vouched == end : LogWalk(from, log, *vouched).goes_on()))
    start = *vouched;
  std::deque<LogPlace> places{start};
  for (LogWalk walk(from, log, start); walk.place().offset < there;) {
    walk.skip();
    if (walk.place().offset > there) break;
    places.push_back(walk.place());
    if (places.size() > LogWriter::sync_group + 1) places.pop_front();
  }
  std::size_t good = 0;
  while (good + 1 < places.size() && same_bytes(from, to, log, places[good].offset, places[good + 1].offset)) ++good;
  return good == 0 && places.front() != start ? LogPlace{} : places[good];
}

}  // namespace assimilaate::internal
