#pragma once
/// What a target meets and its stream has not taught: found by its input addresses alone, kept for the teacher.

#include <filesystem>

#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {

/// Tells inputs by how many of their addresses no record of the stream has: lines that no pulse has ever met.
class NoveltySieve {
 public:
  /// @param stream  what the target has learnt. Novel is what has more such addresses than 99 of 100 held-out inputs.
  explicit NoveltySieve(const StreamReader& stream);

  /// Addresses of an input [spaces] that no record has.
  [[nodiscard]] std::size_t unseen(Aat input) const;
  [[nodiscard]] std::size_t threshold() const noexcept { return threshold_; }
  /// Those of `inputs` that are novel.
  [[nodiscard]] AatBlock sift(const AatBlock& inputs) const;

 private:
  Shape shape_;
  std::vector<std::size_t> first_;  // of each space, in `seen_`
  std::vector<bool> seen_;
  std::size_t threshold_ = 0;
};

/// Inputs that wait in a folder until they are sent, oldest first. Any process may add some.
class NoveltyStore {
 public:
  explicit NoveltyStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  struct Batch {
    std::filesystem::path file{};
    std::uint64_t met = 0;  ///< inputs among which these were found
    AatBlock inputs{};
    std::uint64_t sum = 0;  ///< of the file
  };
  /// Durably. When more than `most_batches` wait, those that come later are not kept. @return whether it was kept
  bool keep(std::uint64_t met, const AatBlock& inputs) const;
  /// The oldest, if there is one; what is damaged or of another shape is thrown away.
  [[nodiscard]] std::optional<Batch> oldest(const Shape& shape) const;
  /// Its first `count` inputs were sent.
  void drop(const Batch& batch, std::size_t count) const;

  static constexpr std::size_t most_batches = 256;

 private:
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  static void write(const std::filesystem::path& file, std::uint64_t met, const AatBlock& inputs, std::size_t first);

  std::filesystem::path folder_;
};

}  // namespace assimilaate
