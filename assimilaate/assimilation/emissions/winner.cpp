/// The lane that leads its group, for winner lanes: ties go to the lower lane. One comparator decision per rival.

#include <algorithm>

#include "assimilaate/assimilation/emission.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

class Winner final : public Emission {
 public:
  explicit Winner(const CodecPtr& codec)
      : layout_(LaneLayout::winner(codec->shape())), groups_(codec->shape().spaces()) {}
  [[nodiscard]] const LaneLayout& layout() const override { return layout_; }
  void emit(MatrixView<const float> outputs, MatrixView<Address> aats) const override {
    parallel_for(outputs.rows(), [&](std::size_t i) {
      for (std::size_t g = 0; g < groups_; ++g)
        aats(i, g) = leader(outputs.row(i).subspan(layout_.lane(g, 0), layout_.group_size()));
    });
  }
  [[nodiscard]] std::vector<Address> ranked(std::span<const float> lanes) const override { return {leader(lanes)}; }
  [[nodiscard]] std::size_t decisions() const override { return groups_ * (layout_.group_size() - 1); }

 private:
  static Address leader(std::span<const float> lanes) {
    return static_cast<Address>(std::ranges::max_element(lanes) - lanes.begin());
  }

  LaneLayout layout_;
  std::size_t groups_;
};

std::unique_ptr<Emission> make(const CodecPtr& output, const Settings&) { return std::make_unique<Winner>(output); }

}  // namespace

extern const EmissionKind winner_emission;
const EmissionKind winner_emission{"winner", "the winner lane that leads its group", "docs/concepts.md", {}, make};

}  // namespace assimilaate
