#include "assimilaate/carrier/internal/log_walk.hpp"

namespace assimilaate::internal {

std::optional<Error> LogWalk::read_header(SegmentHeader& header) const {
  bytes_.resize(segment_limits::header);
  const auto got = carrier_.read_log(log_, place_.offset, bytes_);
  if (got == 0) return error(Errc::Integrity, "the log ends here");
  const auto parsed = parse_header(std::span(bytes_).first(got));
  if (!parsed) return parsed.error();
  if (parsed->stream != log_.stream || parsed->epoch != log_.epoch)
    return error(Errc::Integrity, "it is of stream {}, epoch {}", hex(parsed->stream), parsed->epoch);
  if (parsed->index != place_.count || parsed->previous != place_.tip)
    return error(Errc::Integrity, "it does not follow the one before");
  header = *parsed;
  return std::nullopt;
}

bool LogWalk::goes_on() const {
  SegmentHeader header;
  return !read_header(header);
}

void LogWalk::fail_here(const Error& reason) const {
  fail(reason.code(), "stream {}, epoch {}, segment {} at byte {}: {}; restore the log from another carrier",
       hex(log_.stream), log_.epoch, place_.count, place_.offset, reason.what());
}

const SegmentHeader& LogWalk::skip() {
  if (const auto bad = read_header(header_)) fail_here(*bad);
  place_ = {place_.count + 1, place_.offset + header_.segment_length(), blake2b_256(bytes_)};
  return header_;
}

std::span<const std::byte> LogWalk::take() {
  const LogPlace before = place_;
  skip();
  bytes_.resize(header_.segment_length());
  const auto body = std::span(bytes_).subspan(segment_limits::header);
  if (carrier_.read_log(log_, before.offset + segment_limits::header, body) == body.size()) return bytes_;
  place_ = before;
  fail_here(error(Errc::Integrity, "the log ends inside it"));
}

std::optional<Error> LogWalk::check_body() const {
  return assimilaate::check_body(header_, std::span<const std::byte>(bytes_).subspan(segment_limits::header));
}

}  // namespace assimilaate::internal
