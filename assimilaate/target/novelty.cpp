#include "assimilaate/target/novelty.hpp"

#include <algorithm>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 4> magic{'A', 'A', 'T', 'N'};
constexpr std::uint16_t version = 1;

}  // namespace

NoveltySieve::NoveltySieve(const StreamReader& stream) : shape_(stream.boundaries().front().shape) {
  std::size_t lines = 0;
  for (std::size_t space = 0; space < shape_.spaces(); ++space) {
    first_.push_back(lines);
    lines += shape_.addresses(space);
  }
  seen_.resize(lines);
  const AatBlock& taught = stream.boundaries().front();
  for (std::size_t i = 0; i < taught.size(); ++i)
    for (std::size_t space = 0; space < shape_.spaces(); ++space)
      if (const Address a = taught[i][space]; a != None) seen_[first_[space] + static_cast<std::size_t>(a)] = true;
  const HeldOut held_out = stream.held_out(0);
  std::vector<std::size_t> counts;
  for (std::size_t i = 0; i < held_out.size(); ++i) counts.push_back(unseen(held_out.inputs()[i]));
  if (counts.empty()) return;
  const auto at = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() * 99 / 100);
  std::ranges::nth_element(counts, at);
  threshold_ = *at;
}

std::size_t NoveltySieve::unseen(Aat input) const {
  std::size_t count = 0;
  for (std::size_t space = 0; space < shape_.spaces(); ++space)
    count += input[space] != None && !seen_[first_[space] + static_cast<std::size_t>(input[space])];
  return count;
}

AatBlock NoveltySieve::sift(const AatBlock& inputs) const {
  if (inputs.shape != shape_)
    fail(Errc::Mismatch, "inputs of shape {}, the stream's are {}", inputs.shape.text(), shape_.text());
  AatBlock novel(shape_, 0);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (unseen(inputs[i]) <= threshold_) continue;
    novel.entries.resize_rows(novel.size() + 1);
    std::ranges::copy(inputs[i], novel.entries.row(novel.size() - 1).begin());
  }
  return novel;
}

std::vector<fs::path> NoveltyStore::files() const {
  std::vector<fs::path> all;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none))
    if (entry.path().extension() == ".aatn") all.push_back(entry.path());
  std::ranges::sort(all);
  return all;
}

bool NoveltyStore::keep(std::uint64_t met, const AatBlock& inputs) const {
  std::error_code reason;
  fs::create_directories(folder_, reason);
  if (reason) fail(Errc::Io, "{}: cannot make the folder: {}", folder_.string(), reason.message());
  const auto waiting = files();
  if (waiting.size() >= most_batches) return false;
  const auto number = waiting.empty() ? 0 : std::stoull("0" + waiting.back().stem().string());
  auto name = number + 1;
  while (fs::exists(folder_ / fmt::format("{:012d}.aatn", name))) ++name;
  write(folder_ / fmt::format("{:012d}.aatn", name), met, inputs, 0);
  return true;
}

void NoveltyStore::write(const fs::path& file, std::uint64_t met, const AatBlock& inputs, std::size_t first) {
  ByteWriter out;
  out.put(magic);
  out.put(version);
  out.put(met);
  out.put_array(std::span<const Address>(inputs.entries.values().subspan(first * inputs.shape.spaces())));
  out.put(xxh3(out.bytes()));
  write_file_atomic(file, out.bytes());
}

std::optional<NoveltyStore::Batch> NoveltyStore::oldest(const Shape& shape) const {
  for (const auto& file : files()) try {
      const auto bytes = read_file(file);
      ByteReader in(bytes, file.string());
      Batch batch{.file = file, .met = 0, .inputs = AatBlock(shape, 0), .sum = 0};
      if (in.get<std::array<char, 4>>() != magic || in.get<std::uint16_t>() != version)
        fail(Errc::Format, "{}: keeps no inputs of this version", file.string());
      batch.met = in.get<std::uint64_t>();
      const auto entries = in.get_array<Address>();
      batch.sum = in.get<std::uint64_t>();
      in.expect_end();
      if (batch.sum != xxh3(std::span(bytes).first(bytes.size() - sizeof batch.sum)) ||
          entries.size() % shape.spaces() != 0)
        fail(Errc::Integrity, "{}: checksum or shape does not hold", file.string());
      batch.inputs.entries.resize_rows(entries.size() / shape.spaces());
      std::ranges::copy(entries, batch.inputs.entries.values().begin());
      check_addresses(shape, batch.inputs.entries.view());
      return batch;
    } catch (const Error& problem) {
      if (problem.code() == Errc::Io) throw;
      fs::remove(file);
    }
  return std::nullopt;
}

void NoveltyStore::drop(const Batch& batch, std::size_t count) const {
  if (count < batch.inputs.size())
    write(batch.file, 0, batch.inputs, count);
  else if (std::error_code reason; !fs::remove(batch.file, reason) && reason)
    fail(Errc::Io, "{}: cannot be removed: {}", batch.file.string(), reason.message());
}

}  // namespace assimilaate
