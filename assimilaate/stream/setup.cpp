#include "assimilaate/stream/setup.hpp"

#include <algorithm>

#include "assimilaate/stream/internal/message.hpp"
#include "assimilaate/stream/stream.pb.h"

namespace assimilaate {
namespace {

using internal::as_bytes;
using internal::as_string;
using internal::from_bytes;
using internal::to_bytes;

constexpr std::size_t least_boundaries = 2, most_boundaries = 64, most_spaces = 65'536, longest_name = 256;

/// True for UTF-8 (RFC 3629) without control characters.
bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length == 0 || length > text.size() || first < 0x20 || first == 0x7f) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((byte(i) & 0xc0) != 0x80) return false;
    if (length > 1 &&
        ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) || (first == 0xf0 && byte(1) < 0x90) ||
         (first == 0xf4 && byte(1) > 0x8f) || (first == 0xc2 && byte(1) < 0xa0)))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

void check_name(std::string_view what, std::string_view name) {
  if (name.empty() || name.size() > longest_name || !is_printable(name))
    fail(Errc::Usage, "the name of a {} has {} bytes, 1 to {} of printable UTF-8 are allowed", what, name.size(),
         longest_name);
}

Shape parse_shape(const proto::Boundary& boundary) {
  std::vector<std::uint32_t> addresses;
  for (const auto& run : boundary.spaces()) {
    if (run.n() > most_spaces - addresses.size()) fail(Errc::Format, "boundary has more than {} spaces", most_spaces);
    addresses.insert(addresses.end(), run.n(), run.k());
  }
  return Shape(std::move(addresses));
}

Descriptor descriptor_of(const proto::Descriptor& message) {
  Descriptor descriptor{.name = message.name(), .teacher = {}, .boundaries = {}, .transforms = {}};
  if (!message.teacher().empty() && !internal::take_hash(message.teacher(), descriptor.teacher))
    fail(Errc::Format, "the network's hash has {} bytes, not 32", message.teacher().size());
  if (message.boundaries_size() > static_cast<int>(most_boundaries))
    fail(Errc::Format, "{} boundaries, at most {} are allowed", message.boundaries_size(), most_boundaries);
  for (const auto& boundary : message.boundaries()) {
    Digest codebook;
    if (!internal::take_hash(boundary.codebook(), codebook))
      fail(Errc::Format, "a codebook hash has {} bytes, not 32", boundary.codebook().size());
    descriptor.boundaries.push_back({boundary.name(), parse_shape(boundary), codebook});
  }
  for (const auto& transform : message.transforms())
    descriptor.transforms.push_back(
        {transform.name(), {transform.in().begin(), transform.in().end()}, transform.out()});
  check_descriptor(descriptor);
  return descriptor;
}

}  // namespace

std::size_t Descriptor::transform(std::string_view transform_name) const {
  std::string known;
  for (std::size_t t = 0; t < transforms.size(); ++t) {
    if (transforms[t].name == transform_name) return t;
    known += (known.empty() ? "" : ", ") + transforms[t].name;
  }
  fail(Errc::Usage, "stream '{}' has no transform '{}' (there are: {})", name, transform_name, known);
}

std::vector<Shape> Descriptor::shapes() const {
  std::vector<Shape> all;
  for (const Boundary& boundary : boundaries) all.push_back(boundary.shape);
  return all;
}

void check_descriptor(const Descriptor& descriptor) {
  const auto count = descriptor.boundaries.size();
  if (count < least_boundaries || count > most_boundaries)
    fail(Errc::Usage, "{} boundaries, a stream has {} to {}", count, least_boundaries, most_boundaries);
  check_name("stream", descriptor.name);
  std::size_t spaces = 0;
  for (const auto& boundary : descriptor.boundaries) {
    check_name("boundary", boundary.name);
    if (boundary.shape.spaces() == 0) fail(Errc::Usage, "boundary '{}' has no spaces", boundary.name);
    spaces += boundary.shape.spaces();
  }
  if (spaces > most_spaces)
    fail(Errc::Usage, "{} spaces over all boundaries, at most {} are allowed", spaces, most_spaces);
  if (descriptor.transforms.empty()) fail(Errc::Usage, "stream '{}' has no transforms", descriptor.name);
  for (const auto& transform : descriptor.transforms) {
    check_name("transform", transform.name);
    const auto beyond = [&](std::uint32_t boundary) { return boundary >= count; };
    if (transform.inputs.empty() || beyond(transform.output) || std::ranges::any_of(transform.inputs, beyond))
      fail(Errc::Usage, "transform '{}' needs inputs and an output among the {} boundaries", transform.name, count);
  }
}

std::vector<std::byte> write_descriptor(const Descriptor& descriptor) {
  check_descriptor(descriptor);
  proto::Descriptor message;
  message.set_name(descriptor.name);
  if (descriptor.teacher != Digest{}) message.set_teacher(as_string(descriptor.teacher));
  for (const auto& boundary : descriptor.boundaries) {
    auto& entry = *message.add_boundaries();
    entry.set_name(boundary.name);
    entry.set_codebook(as_string(boundary.codebook));
    for (std::size_t space = 0; space < boundary.shape.spaces(); ++space) {
      const auto addresses = boundary.shape.addresses(space);
      if (space == 0 || boundary.shape.addresses(space - 1) != addresses) entry.add_spaces()->set_k(addresses);
      auto& run = *entry.mutable_spaces()->rbegin();
      run.set_n(run.n() + 1);
    }
  }
  for (const auto& transform : descriptor.transforms) {
    auto& entry = *message.add_transforms();
    entry.set_name(transform.name);
    entry.mutable_in()->Add(transform.inputs.begin(), transform.inputs.end());
    entry.set_out(transform.output);
  }
  return to_bytes(message);
}

Result<Descriptor> parse_descriptor(std::span<const std::byte> bytes) {
  proto::Descriptor message;
  if (!from_bytes(bytes, message)) return error(Errc::Format, "descriptor is not a message of its kind (damaged)");
  try {
    return descriptor_of(message);
  } catch (const Error& e) {
    return error(Errc::Format, "descriptor: {}", e.what());
  }
}

StreamId stream_id(const Descriptor& descriptor) { return blake2b_128(write_descriptor(descriptor)); }

ShortDigest codebooks_digest(const Descriptor& descriptor) {
  std::vector<std::byte> hashes;
  for (const auto& boundary : descriptor.boundaries)
    hashes.insert(hashes.end(), boundary.codebook.begin(), boundary.codebook.end());
  return blake2b_128(hashes);
}

ColumnCoding Setup::coding() const {
  return {.shapes = descriptor.shapes(), .frequencies = epoch.frequencies, .generator = epoch.generator};
}

std::vector<std::byte> write_setup(const Descriptor& descriptor, const EpochSetup& epoch) {
  proto::Setup message;
  message.set_descriptor(as_string(write_descriptor(descriptor)));
  const auto shapes = descriptor.shapes();
  if (epoch.generator) {
    const auto marginals = write_marginals(epoch.generator->marginals);
    if (!parse_marginals(marginals, shapes[0]))
      fail(Errc::Usage, "the generator's marginals are not those of boundary '{}'", descriptor.boundaries[0].name);
    message.set_seed(epoch.generator->seed);
    message.set_marginals(as_string(marginals));
  }
  if (!epoch.frequencies.empty()) {
    const auto frequencies = write_frequencies(epoch.frequencies);
    if (!parse_frequencies(frequencies, shapes)) fail(Errc::Usage, "frequency tables are not those of the boundaries");
    message.set_freq(as_string(frequencies));
  }
  if (epoch.base_tip) message.set_base_tip(as_string(*epoch.base_tip));
  message.set_update_old_pm(epoch.update_old_pm);
  return to_bytes(message);
}

Result<Setup> parse_setup(std::span<const std::byte> body) {
  proto::Setup message;
  if (!from_bytes(body, message)) return error(Errc::Format, "setup is not a message of its kind (damaged)");
  const auto bytes = as_bytes(message.descriptor());
  auto descriptor = parse_descriptor(bytes);
  if (!descriptor) return descriptor.error();
  const auto shapes = descriptor->shapes();
  Setup setup{blake2b_128(bytes), *std::move(descriptor), {}};
  if (!message.marginals().empty()) {
    auto marginals = parse_marginals(as_bytes(message.marginals()), shapes[0]);
    if (!marginals) return error(Errc::Format, "setup: its marginals are not thresholds of the first boundary");
    setup.epoch.generator = InputGenerator{message.seed(), *std::move(marginals)};
  }
  if (!message.freq().empty()) {
    auto frequencies = parse_frequencies(as_bytes(message.freq()), shapes);
    if (!frequencies) return error(Errc::Format, "setup: its frequencies are not thresholds of its columns");
    setup.epoch.frequencies = *std::move(frequencies);
  }
  if (!message.base_tip().empty() && !internal::take_hash(message.base_tip(), setup.epoch.base_tip.emplace()))
    return error(Errc::Format, "setup: the hash of its base has {} bytes, not 32", message.base_tip().size());
  setup.epoch.update_old_pm = message.update_old_pm();
  return setup;
}

}  // namespace assimilaate
