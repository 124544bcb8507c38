#pragma once
/// Packs: slices of a log, whole segments of together 4 MiB at most, that never change once they are listed in
/// `packs.idx` (16 B each, as in `log.idx`: u64 offset in the log, u32 length, u32 XXH32 of both).

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace assimilaate::internal {

struct Pack {
  std::uint64_t offset = 0;  ///< in the log [B]
  std::uint32_t length = 0;  ///< [B]
  [[nodiscard]] std::uint64_t end() const noexcept { return offset + length; }
};

inline constexpr std::uint32_t pack_bytes = 4U << 20;  // [B]

[[nodiscard]] std::string pack_name(std::size_t number);

/// The packs that a `packs.idx` lists, up to the first entry that does not hold.
[[nodiscard]] std::vector<Pack> parse_packs(std::span<const std::byte> index);

/// Seal what fills whole packs of the log in `folder`, which must be synced. @throws Error{Io}
void seal_packs(const std::filesystem::path& folder);

/// Forget the packs that reach beyond the first `size` bytes of the log. @throws Error{Io}
void cut_packs(const std::filesystem::path& folder, std::uint64_t size);

}  // namespace assimilaate::internal
