#include "assimilaate/carrier/internal/log_walk.hpp"

namespace assimilaate::internal {

std::optional<Error> LogWalk::read_header(SegmentHeader& header, Digest& hash) const {
  const auto bytes = carrier_.view_log(log_, place_.offset, segment_limits::header, scratch_);
  if (bytes.empty()) return error(Errc::Integrity, "the log ends here");
  const auto parsed = parse_header(bytes);
  if (!parsed) return parsed.error();
  if (parsed->stream != log_.stream || parsed->epoch != log_.epoch)
    return error(Errc::Integrity, "it is of stream {}, epoch {}", hex(parsed->stream), parsed->epoch);
  if (parsed->index != place_.count || parsed->previous != place_.tip)
    return error(Errc::Integrity, "it does not follow the one before");
  header = *parsed;
  hash = blake2b_256(bytes);
  return std::nullopt;
}

bool LogWalk::goes_on() const {
  SegmentHeader header;
  Digest hash;
  return !read_header(header, hash);
}

void LogWalk::fail_here(const Error& reason) const {
  fail(reason.code(), "stream {}, epoch {}, segment {} at byte {}: {}; restore the log from another carrier",
       hex(log_.stream), log_.epoch, place_.count, place_.offset, reason.what());
}

const SegmentHeader& LogWalk::skip() {
  Digest hash;
  if (const auto bad = read_header(header_, hash)) fail_here(*bad);
  place_ = {place_.count + 1, place_.offset + header_.segment_length(), hash};
  return header_;
}

std::span<const std::byte> LogWalk::take() {
  const LogPlace before = place_;
  skip();
  segment_ = carrier_.view_log(log_, before.offset, header_.segment_length(), scratch_);
  if (segment_.size() == header_.segment_length()) return segment_;
  place_ = before;
  fail_here(error(Errc::Integrity, "the log ends inside it"));
}

std::optional<Error> LogWalk::check_body() const {
  return assimilaate::check_body(header_, segment_.subspan(segment_limits::header));
}

}  // namespace assimilaate::internal
