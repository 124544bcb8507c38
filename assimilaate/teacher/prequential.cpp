#include "assimilaate/teacher/prequential.hpp"

#include <algorithm>

#include "assimilaate/teacher/level_coder.hpp"
#include "assimilaate/teacher/selection.hpp"

namespace assimilaate {
namespace {

Matrix<float> decoded(const Codec& codec, const AatBlock& block) {
  Matrix<float> values(block.size(), codec.dims());
  codec.decode(block.entries.view(), values.view());
  return values;
}

Matrix<float> first_rows(const Matrix<float>& m, std::size_t first, std::size_t count) {
  Matrix<float> some(count, m.cols());
  for (std::size_t i = 0; i < count; ++i) std::ranges::copy(m.row(first + i), some.row(i).begin());
  return some;
}

/// Addresses less what was expected of them.
Matrix<std::int32_t> surprises(const AatBlock& block, const AatBlock& expected) {
  Matrix<std::int32_t> levels(block.size(), block.shape.spaces());
  for (std::size_t i = 0; i < levels.size(); ++i)
    levels.values()[i] = block.entries.values()[i] - expected.entries.values()[i];
  return levels;
}

AatBlock middle(const AatBlock& block) {
  AatBlock expected(block.shape, block.size());
  for (std::size_t i = 0; i < block.size(); ++i)
    for (std::size_t m = 0; m < block.shape.spaces(); ++m)
      expected.entries(i, m) = static_cast<Address>(block.shape.addresses(m) / 2);
  return expected;
}

}  // namespace

RecordBits record_bits(std::span<const AatBlock> records, std::span<const CodecPtr> codecs,
                       std::span<const std::vector<std::function<float(float)>>> glue) {
  if (records.size() != codecs.size() || glue.size() + 1 != records.size())
    fail(Errc::Mismatch, "{} boundaries, {} codecs, glue before {} transforms", records.size(), codecs.size(),
         glue.size());
  RecordBits bits;
  for (std::size_t b = 0; b < records.size(); ++b) {
    const std::size_t n = records[b].size();
    bits.packed.push_back(static_cast<double>(n * records[b].shape.bits()));
    bits.adaptive.push_back(level_bits(surprises(records[b], middle(records[b])).view()));
    if (b == 0) {
      bits.prequential.push_back(bits.adaptive[0]);
      continue;
    }
    Matrix<float> inputs = decoded(*codecs[b - 1], records[b - 1]);
    for (const auto& function : glue[b - 1])
      for (float& x : inputs.values()) x = function(x);
    const Matrix<float> outputs = decoded(*codecs[b], records[b]);
    AatBlock expected = middle(records[b]);
    constexpr std::size_t first_lesson = 8;
    for (std::size_t known = first_lesson; known < n; known *= 2) {
      const std::size_t count = std::min(known, n - known);
      const Matrix<float> said =
          ridge_student(first_rows(inputs, 0, known), first_rows(outputs, 0, known), first_rows(inputs, known, count));
      codecs[b]->encode(said.view(), expected.entries.slice(known, count));
    }
    bits.prequential.push_back(level_bits(surprises(records[b], expected).view()));
  }
  return bits;
}

}  // namespace assimilaate
