/// Rank-cut, for winner lanes: of a group those above a threshold, the highest first and equal ones in order, at most
/// `most` of them (Knowm's RankCut, `ktram/rank_cut.hpp`; there a lane at the threshold itself gets through too). A
/// tuple has room for one address per space: the first, or NONE where no lane is above the threshold. Finding each rank
/// takes one comparator decision per lane that is left and one against the threshold.

#include <algorithm>
#include <array>
#include <numeric>

#include "assimilaate/assimilation/emission.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"threshold", "1", 0, -1, 1, "Vt: y that a lane must exceed"},
    Field{"most", "1", 1, 1, 64, "n: lanes of a group that may get through"},
};

class RankCutEmission final : public Emission {
 public:
  RankCutEmission(const CodecPtr& codec, const Settings& s)
      : layout_(LaneLayout::winner(codec->shape())),
        groups_(codec->shape().spaces()),
        threshold_(static_cast<float>(field_value("rank_cut", fields, s, "threshold"))),
        most_(std::min(layout_.group_size(), static_cast<std::size_t>(field_value("rank_cut", fields, s, "most")))) {}
  [[nodiscard]] const LaneLayout& layout() const override { return layout_; }
  void emit(MatrixView<const float> outputs, MatrixView<Address> aats) const override {
    parallel_for(outputs.rows(), [&](std::size_t i) {
      for (std::size_t g = 0; g < groups_; ++g) {
        const auto lanes = outputs.row(i).subspan(layout_.lane(g, 0), layout_.group_size());
        const auto leader = std::ranges::max_element(lanes);
        aats(i, g) = *leader > threshold_ ? static_cast<Address>(leader - lanes.begin()) : None;
      }
    });
  }
  [[nodiscard]] std::vector<Address> ranked(std::span<const float> lanes) const override {
    std::vector<Address> order(lanes.size());
    std::iota(order.begin(), order.end(), 0);
    const auto y = [&](Address a) { return lanes[static_cast<std::size_t>(a)]; };
    std::ranges::stable_sort(order, std::greater{}, y);
    std::size_t count = 0;
    while (count < std::min(most_, order.size()) && y(order[count]) > threshold_) count += 1;
    order.resize(count);
    return order;
  }
  [[nodiscard]] std::size_t decisions() const override {
    std::size_t each = 0;
    for (std::size_t rank = 0; rank < most_; ++rank) each += layout_.group_size() - rank;
    return groups_ * each;
  }

 private:
  LaneLayout layout_;
  std::size_t groups_;
  float threshold_;
  std::size_t most_;
};

std::unique_ptr<Emission> make(const CodecPtr& output, const Settings& settings) {
  return std::make_unique<RankCutEmission>(output, settings);
}

}  // namespace

extern const EmissionKind rank_cut_emission;
const EmissionKind rank_cut_emission{"rank_cut", "the lanes of a group above a threshold, best first", "Knowm, kT-RAM",
                                     fields, make};

}  // namespace assimilaate
