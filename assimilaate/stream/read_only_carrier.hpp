#pragma once
/// What carriers have in common that only read.

#include "assimilaate/stream/carrier.hpp"

namespace assimilaate {

/// Refuses to write: Error{Usage}, with what to do instead.
class ReadOnlyCarrier : public Carrier {
 public:
  /// @param what    "a web server", say
  /// @param remedy  and what to do instead
  ReadOnlyCarrier(std::string what, std::string remedy) : what_(std::move(what)), remedy_(std::move(remedy)) {}

  void put_head(const StreamId&, std::span<const std::byte>) final { refuse(); }
  void put_keys(std::span<const std::byte>) final { refuse(); }
  void append(const LogName&, std::span<const std::byte>) final { refuse(); }
  void sync(const LogName&) final { refuse(); }
  void cut(const LogName&, std::uint64_t) final { refuse(); }
  Digest put_object(ObjectKind, std::span<const std::byte>) final { refuse(); }

 private:
  [[noreturn]] void refuse() const { fail(Errc::Usage, "{} is read only: {}", what_, remedy_); }

  std::string what_, remedy_;
};

}  // namespace assimilaate
