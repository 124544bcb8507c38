#include "assimilaate/aat/example.hpp"

#include <algorithm>

namespace assimilaate {

StoredExamples::StoredExamples(ExampleBlock block) : block_(std::move(block)) {
  if (block_.input.size() != block_.output.size())
    fail(Errc::Mismatch, "{} inputs beside {} outputs; an example is one of each", block_.input.size(),
         block_.output.size());
}

ExampleBlock StoredExamples::next(std::size_t limit) {
  const std::size_t count = std::min(limit, block_.size() - position_);
  ExampleBlock out{AatBlock(block_.input.shape, count), AatBlock(block_.output.shape, count)};
  if (count > 0) {
    std::copy_n(block_.input.entries.row(position_).data(), out.input.entries.size(), out.input.entries.data());
    std::copy_n(block_.output.entries.row(position_).data(), out.output.entries.size(), out.output.entries.data());
  }
  position_ += count;
  return out;
}

}  // namespace assimilaate
