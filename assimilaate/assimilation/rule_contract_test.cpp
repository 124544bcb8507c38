/// Every rule with every organisation and every emission that fits it learns, on every memristor, and the same for any
/// number of threads.
#include <gtest/gtest.h>

#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// Each of 20 outputs says which side one of three inputs is on: linearly separable, and two tiles of lanes where every
/// address has one.
struct Sides {
  CodecPtr input, output;
  ExampleBlock examples;
  HeldOut held_out;
  Sides() {
    constexpr std::size_t taught = 64, n = taught + 40, inputs = 3, outputs = 40;
    Matrix<float> x(n, inputs), y(n, outputs);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t o = 0; o < outputs; ++o) {
        if (o < inputs) x(i, o) = static_cast<float>(Random(4, 0).uniform(Purpose::Select, i, o)) - 0.5F;
        y(i, o) = x(i, o % inputs) > 0 ? 1.0F : -1.0F;
      }
    input = fit_codec("grid", x.view(), {{"bits", 2}}, 1);
    output = fit_codec("grid", y.view(), {{"bits", 1}}, 1);
    const auto part = [&](std::size_t first, std::size_t count) {
      ExampleBlock block{AatBlock(input->shape(), count), AatBlock(output->shape(), count)};
      input->encode(x.slice(first, count), block.input.entries.view());
      output->encode(y.slice(first, count), block.output.entries.view());
      return block;
    };
    examples = part(0, taught);
    held_out = HeldOut(part(taught, n - taught));
  }
};
const Sides& sides() {
  static const Sides shared;
  return shared;
}

class EveryCombination : public testing::TestWithParam<const MemristorKind*> {
 protected:
  void TearDown() override { set_threads(0); }
  /// Profiles of all rules, organisations and emissions that go together on this memristor.
  static std::vector<Profile> profiles() {
    std::vector<Profile> all;
    for (const RuleKind* rule : rule_catalogue()) {
      const auto how = make_rule(rule->name, {});
      if (how->unsupervised()) continue;
      for (const EmissionKind* emission : emission_catalogue()) {
        if (make_emission(emission->name, {}, sides().output)->layout().regression() != how->regression()) continue;
        for (const OrganisationKind* organisation : organisation_catalogue()) {
          if (organisation->make == nullptr) continue;
          Profile profile = test::profile_of(GetParam()->name);
          profile.rule = rule->name;
          profile.organisation = organisation->name;
          profile.emission = emission->name;
          all.push_back(profile);
        }
      }
    }
    return all;
  }
  static std::pair<double, std::vector<std::byte>> learn(const Profile& profile, std::size_t passes) {
    LaneBank bank({"sides", sides().input, sides().output, {}, 0}, profile);
    StoredExamples source(sides().examples);
    const auto report = assimilate(bank, source, sides().held_out, {.passes = passes, .rounds = 1});
    return {report.agreement, test::state_of(bank)};
  }
};

TEST_P(EveryCombination, LearnsWhichSideItsInputsAreOn) {
  for (const Profile& profile : profiles())
    // As an emission rank-cut is silent where no lane of a group is above 0, and silence counts as wrong; as a rule it
    // asks for steps of one size.
    EXPECT_GT(learn(profile, 12).first, profile.emission == "rank_cut" || profile.rule == "rank_cut" ? 0.8 : 0.9)
        << profile.rule << ' ' << profile.organisation << ' ' << profile.emission;
}

TEST_P(EveryCombination, IsTheSameForAnyNumberOfThreads) {
  for (const Profile& profile : profiles()) {
    set_threads(1);
    const auto alone = learn(profile, 1);
    set_threads(2);
    EXPECT_TRUE(learn(profile, 1) == alone) << profile.rule << ' ' << profile.organisation << ' ' << profile.emission;
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryCombination,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

}  // namespace
}  // namespace assimilaate
