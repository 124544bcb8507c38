#pragma once
/// What a writer signs with.

#include <optional>

#include "assimilaate/core/signature.hpp"

namespace assimilaate {

struct Signing {
  std::optional<SecretKey> key{};  ///< nothing: segments and heads stay unsigned
  std::int64_t expires_ms = 0;     ///< of heads, Unix time [ms]; 0: never
  std::uint32_t keys_version = 0;  ///< of the key set that names the key; 0: there is none
  [[nodiscard]] const SecretKey* signer() const noexcept { return key ? &*key : nullptr; }
};

}  // namespace assimilaate
