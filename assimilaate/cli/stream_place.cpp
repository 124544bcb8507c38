#include "assimilaate/cli/stream_place.hpp"

#include <algorithm>
#include <array>

#include "assimilaate/cli/user_keys.hpp"

namespace assimilaate::cli {
SourceTrust trust_for(const Carrier& carrier, Asked asked) {
  if (asked == Asked::Nobody) return {};
  Keyring keyring = user_keyring();
  if (keyring.take(carrier.keys(), now_ms())) keyring.save();
  SourceTrust trust = keyring.ask(now_ms());
  trust.who.allow_unsigned(asked == Asked::TrustedOrUnsigned);
  return trust;
}

SourceTrust user_trust() { return user_keyring().ask(now_ms()); }

StreamId stream_named(const std::string& id) {
  if (const auto parsed = parse_stream_id(id)) return *parsed;
  fail(Errc::Usage, "--id {}: is no stream's id (32 lower-case hexadecimal digits)", id);
}

StreamReader read_stream(const std::string& place, const std::string& id, Asked asked) {
  std::optional<StreamId> wanted;
  if (!id.empty()) wanted = stream_named(id);
  const auto carrier = open_carrier(place, Access::Read);
  const auto streams = carrier->streams();
  if (wanted && std::ranges::find(streams, *wanted) == streams.end())
    fail(Errc::Io, "{}: no stream {} here (inspect lists those there are)", place, id);
  if (!wanted && streams.size() > 1) {
    std::string known;
    for (const auto& stream : streams) known += (known.empty() ? "" : ", ") + hex(stream);
    fail(Errc::Usage, "{}: several streams here, choose one with --id: {}", place, known);
  }
  try {
    return StreamReader(*carrier, wanted, trust_for(*carrier, asked));
  } catch (const Error& problem) {
    const std::string what = problem.what();
    if (what.starts_with(place)) throw;
    throw Error(problem.code(), place + ": " + what);
  }
}

bool is_carrier(const std::string& place) {
  return std::ranges::any_of(carrier_catalogue(), [&](const CarrierKind* kind) {
    return std::ranges::any_of(std::array{kind->name, kind->secure_name}, [&](std::string_view scheme) {
      return !scheme.empty() && place.starts_with(std::string(scheme) + ":");
    });
  });
}

std::filesystem::path folder_of(const std::string& place) {
  if (place.starts_with("dir:")) return place.substr(4);
  return place.find(':') == std::string::npos ? place : std::string();
}

Publishing::Publishing(std::string place)
    : place_(std::move(place)),
      made_(!folder_of(place_).empty() && !std::filesystem::exists(folder_of(place_))),
      carrier_(open_carrier(place_, Access::Write)) {
  for (const StreamId& id : carrier_->streams()) before_.emplace_back(id, carrier_->head(id));
}

Publishing::~Publishing() {
  const bool published = done_ || !carrier_->streams().empty();
  carrier_.reset();
  std::error_code ignored;
  if (made_ && !published) std::filesystem::remove_all(folder_of(place_), ignored);
}

StreamId Publishing::published() {
  done_ = true;
  for (const StreamId& id : carrier_->streams())
    if (std::ranges::find(before_, std::pair{id, carrier_->head(id)}) == before_.end()) return id;
  fail(Errc::Io, "{}: nothing new was published", place_);
}

}  // namespace assimilaate::cli
