#include "assimilaate/carrier/internal/packs.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include "assimilaate/carrier/internal/posix_file.hpp"
#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate::internal {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t entry_length = 16;  // [B]

std::vector<Pack> listed(const fs::path& folder) {
  const auto index = folder / "packs.idx";
  std::error_code none;
  return fs::exists(index, none) ? parse_packs(read_file(index)) : std::vector<Pack>{};
}

void list(const fs::path& folder, const std::vector<Pack>& packs) {
  ByteWriter index;
  for (const Pack& pack : packs) {
    ByteWriter entry;
    entry.put(pack.offset);
    entry.put(pack.length);
    entry.put(xxh32(entry.bytes()));
    index.put_bytes(entry.bytes());
  }
  write_file_atomic(folder / "packs.idx", index.bytes());
}

}  // namespace

std::string pack_name(std::size_t number) { return fmt::format("pack-{:05}.aat", number); }

std::vector<Pack> parse_packs(std::span<const std::byte> index) {
  std::vector<Pack> packs;
  for (std::uint64_t end = 0; index.size() >= entry_length; index = index.subspan(entry_length)) {
    ByteReader entry(index.first(entry_length), "packs.idx");
    const auto offset = entry.get<std::uint64_t>();
    const auto length = entry.get<std::uint32_t>();
    if (entry.get<std::uint32_t>() != xxh32(index.first(12)) || offset != end || length == 0 || length > pack_bytes)
      break;
    packs.push_back({offset, length});
    end += length;
  }
  return packs;
}

void seal_packs(const fs::path& folder) {
  auto packs = listed(folder);
  const auto before = packs.size();
  const PosixFile log(folder / "log.aat", O_RDONLY), index(folder / "log.idx", O_RDONLY);
  const auto size = log.size();
  std::uint64_t start = packs.empty() ? 0 : packs.back().end(), end = start;
  if (size < start + pack_bytes) return;
  std::vector<std::byte> entries(index.size());
  entries.resize(index.read_at(0, entries));
  std::vector<std::byte> slice;
  for (std::span<const std::byte> rest = entries; rest.size() >= entry_length; rest = rest.subspan(entry_length)) {
    ByteReader entry(rest.first(entry_length), "log.idx");
    const auto offset = entry.get<std::uint64_t>();
    const auto length = entry.get<std::uint32_t>();
    if (offset < start) continue;
    if (offset != end || offset + length > size) break;
    if (end + length - start > pack_bytes && end > start) {
      slice.resize(end - start);
      if (log.read_at(start, slice) != slice.size()) break;
      write_file_atomic(folder / pack_name(packs.size()), slice);
      packs.push_back({start, static_cast<std::uint32_t>(end - start)});
      start = end;
    }
    end = offset + length;
  }
  if (packs.size() > before) list(folder, packs);
}

void cut_packs(const fs::path& folder, std::uint64_t size) {
  auto packs = listed(folder);
  const auto before = packs.size();
  while (!packs.empty() && packs.back().end() > size) packs.pop_back();
  if (packs.size() == before) return;
  list(folder, packs);
  for (auto number = packs.size(); number < before; ++number) fs::remove(folder / pack_name(number));
}

}  // namespace assimilaate::internal
