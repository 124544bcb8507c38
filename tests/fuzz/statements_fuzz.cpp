/// Plans, reports, health and novelty, without a signature in the way: what is accepted is read again as it was once it
/// is written. The first byte says the kind and, of novelty, the number of records.

#include <array>
#include <cstdlib>

#include "assimilaate/stream/statements.hpp"

namespace {

using namespace assimilaate;

const Trust anyone = Trust::anyone();
const std::array shapes{Shape(5, 16), Shape(3, 6), Shape(1, 10)};

template <typename Body>
void check(const Result<Signed<Body>>& read, Bytes (*write)(const Statement&, const Body&, const SecretKey*),
           Result<Signed<Body>> (*parse)(std::span<const std::byte>, const Trust&)) {
  if (!read) return;
  const auto again = parse(write(read->of, read->body, nullptr), anyone).value();
  if (again.body != read->body || again.of != read->of) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > segment_limits::message) return 0;
  constexpr std::array kinds{SegmentKind::Plan, SegmentKind::Report, SegmentKind::Health, SegmentKind::Novelty};
  SegmentHeader header{.kind = kinds[data[0] % kinds.size()]};
  header.records = header.kind == SegmentKind::Novelty ? 1 + data[0] / 4U : 0;
  const auto bytes = seal_segment(header, std::as_bytes(std::span(data + 1, size - 1)));
  check<Plan>(parse_plan(bytes, anyone), write_plan, parse_plan);
  check<Report>(parse_report(bytes, anyone), write_report, parse_report);
  check<Health>(parse_health(bytes, anyone), write_health, parse_health);
  const auto novelty = parse_novelty(bytes, anyone, shapes, {});
  if (!novelty) return 0;
  const auto written = write_novelty(novelty->of, novelty->body.novelty, novelty->body.records, nullptr);
  if (parse_novelty(written, anyone, shapes, {})->body.novelty != novelty->body.novelty) std::abort();
  return 0;
}
