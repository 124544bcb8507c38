#pragma once
/// What a reader asks of those who wrote a stream.

#include "assimilaate/stream/trust.hpp"

namespace assimilaate {

enum class Verification {
  Each,  ///< the signature of every header
  Chain  ///< that of the head, then the hashes that lead up to its tip: for readers too slow for a signature a segment
};

struct SourceTrust {
  Trust who = Trust::anyone();
  std::uint32_t keys_version = 0;  ///< of the key set in `who`; 0: none
  bool reset_versions = false;     ///< that key set lets targets forget the versions they have seen
  Verification verification = Verification::Each;
};

}  // namespace assimilaate
