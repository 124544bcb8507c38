#pragma once
/// Examples and where they come from: the seam of the house. A target consumes an `ExampleSource` and knows nothing
/// else.

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

/// (input AAT, output AAT) of one transform.
struct Example {
  Aat input, output;
};

/// Rows of inputs beside rows of outputs.
struct ExampleBlock {
  AatBlock input, output;

  [[nodiscard]] std::size_t size() const noexcept { return input.size(); }
  [[nodiscard]] Example operator[](std::size_t i) const { return {input[i], output[i]}; }
};

/// Yields the examples of one transform in order. A codec over activations, a stream, a generator and a replay buffer
/// are all sources.
class ExampleSource {
 public:
  virtual ~ExampleSource() = default;
  [[nodiscard]] virtual const Shape& input_shape() const = 0;
  [[nodiscard]] virtual const Shape& output_shape() const = 0;
  /// The next examples, at most `limit`; an empty block at the end.
  [[nodiscard]] virtual ExampleBlock next(std::size_t limit) = 0;
};

/// Examples that lie in memory.
class StoredExamples final : public ExampleSource {
 public:
  /// @throws Error{Mismatch} when inputs and outputs differ in number.
  explicit StoredExamples(ExampleBlock block);
  [[nodiscard]] const Shape& input_shape() const override { return block_.input.shape; }
  [[nodiscard]] const Shape& output_shape() const override { return block_.output.shape; }
  [[nodiscard]] ExampleBlock next(std::size_t limit) override;

 private:
  ExampleBlock block_;
  std::size_t position_ = 0;
};

/// Examples kept apart for validation. It does not convert to `ExampleBlock`: a rule cannot train on it by mistake.
class HeldOut {
 public:
  HeldOut() = default;
  explicit HeldOut(ExampleBlock block) : block_(std::move(block)) {}
  [[nodiscard]] std::size_t size() const noexcept { return block_.size(); }
  [[nodiscard]] const AatBlock& inputs() const noexcept { return block_.input; }
  [[nodiscard]] const AatBlock& expected() const noexcept { return block_.output; }

 private:
  ExampleBlock block_;
};

}  // namespace assimilaate
