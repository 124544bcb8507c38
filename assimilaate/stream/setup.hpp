#pragma once
/// What a stream is about: the boundaries of a chain, their codebooks by hash, and the transforms between them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/core/digest.hpp"
#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/stream_id.hpp"

namespace assimilaate {

/// The content of a stream's name: the stream's id is the BLAKE2b-128 of `write_descriptor`.
struct Descriptor {
  /// A place in the teacher where an AAT is taken.
  struct Boundary {
    std::string name;
    Shape shape;
    Digest codebook{};  ///< BLAKE2b-256 of the codec's file
    bool operator==(const Boundary&) const = default;
  };
  /// Input boundaries, whose AATs are joined in this order, and the output boundary; places in `boundaries`.
  struct Transform {
    std::string name;
    std::vector<std::uint32_t> inputs;
    std::uint32_t output = 0;
    bool operator==(const Transform&) const = default;
  };

  std::string name;
  Digest teacher{};                  ///< BLAKE2b-256 of the stripped network's file; zero when the stream carries none
  std::vector<Boundary> boundaries;  ///< 2..64, at most 65 536 spaces together
  std::vector<Transform> transforms;

  bool operator==(const Descriptor&) const = default;
  /// @throws Error{Usage} listing the names there are.
  [[nodiscard]] std::size_t transform(std::string_view transform_name) const;
  [[nodiscard]] std::vector<Shape> shapes() const;
};

/// @throws Error{Usage} when the descriptor breaks a limit: the number of boundaries or spaces, a name that is empty,
/// longer than 256 bytes or not printable, a transform without inputs or beyond the boundaries.
void check_descriptor(const Descriptor& descriptor);

/// The serialised `Descriptor` message. @throws what `check_descriptor` does.
[[nodiscard]] std::vector<std::byte> write_descriptor(const Descriptor& descriptor);
[[nodiscard]] Result<Descriptor> parse_descriptor(std::span<const std::byte> bytes);
[[nodiscard]] StreamId stream_id(const Descriptor& descriptor);
/// BLAKE2b-128 of the codebook hashes in boundary order: the field `codebook` of every header.
[[nodiscard]] ShortDigest codebooks_digest(const Descriptor& descriptor);

/// What of a setup may be another in every epoch.
struct EpochSetup {
  std::optional<InputGenerator> generator{};  ///< of boundary 0, where inputs are drawn
  std::vector<Thresholds> frequencies{};      ///< of each column over all boundaries, empty where packed; none: codec 0
  std::optional<Digest> base_tip{};           ///< the last header of the epoch that this one extends
  std::uint32_t update_old_pm = 0;            ///< old-capability examples among the records [per mille], informative
};

/// The body of segment 0 of every epoch.
struct Setup {
  StreamId stream{};  ///< of the descriptor's bytes as carried
  Descriptor descriptor;
  EpochSetup epoch{};
  /// What its bodies are read by.
  [[nodiscard]] ColumnCoding coding() const;
};
/// @throws what `check_descriptor` does; Error{Usage} for tables that are not those of the descriptor's spaces.
[[nodiscard]] std::vector<std::byte> write_setup(const Descriptor& descriptor, const EpochSetup& epoch = {});
/// Errors: Format, naming what does not hold.
[[nodiscard]] Result<Setup> parse_setup(std::span<const std::byte> body);

}  // namespace assimilaate
