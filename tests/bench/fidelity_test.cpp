#include <gtest/gtest.h>

#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/random.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "bench/fidelity_measure.hpp"
#include "bench/fidelity_report.hpp"
#include "bench/fidelity_ridge.hpp"

namespace assimilaate::bench {
namespace {

Matrix<float> normal(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  const Random random(seed, 0);
  Matrix<float> values(rows, cols);
  for (std::size_t i = 0; i < values.size(); ++i)
    values.values()[i] = static_cast<float>(random.normals(Purpose::Select, i, 0)[0]);
  return values;
}

Matrix<float> times(const Matrix<float>& x, const Matrix<float>& w) {
  Matrix<float> y(x.rows(), w.cols());
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t o = 0; o < w.cols(); ++o)
      for (std::size_t k = 0; k < x.cols(); ++k) y(i, o) += x(i, k) * w(k, o);
  return y;
}

TEST(Ridge, FindsALowRankMapFromFewerExamplesThanInputs) {
  const auto inner = normal(230, 5, 1);
  const auto x = times(inner, normal(5, 60, 2)), y = times(inner, normal(5, 3, 3));
  const Ridge ridge = Ridge::fit(rows_of(x, 0, 30), rows_of(y, 0, 30));
  const auto said = ridge(rows_of(x, 30, 200));
  double error = 0, energy = 0;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const double meant = y.values()[30 * 3 + i];
    error += (said.values()[i] - meant) * (said.values()[i] - meant), energy += meant * meant;
  }
  // The penalty of 1e-4 mean variances shrinks five directions that have 60/5 of them each by some 1e-5.
  EXPECT_LT(error, 1e-6 * energy);
}

TEST(Ridge, PenalisesMoreWhereOutputsAreNoise) {
  const auto x = normal(60, 40, 1);
  EXPECT_GE(Ridge::fit(x, normal(60, 4, 2)).penalty, 1);
  EXPECT_LE(Ridge::fit(x, times(x, normal(40, 4, 3))).penalty, 1e-3);
}

TEST(Directions, CountThoseThatCarryTheVariance) {
  // Columns of variance 48, 1, 1 and 0, exactly uncorrelated.
  Matrix<float> rows(8, 4);
  for (std::size_t i = 0; i < 8; ++i) {
    rows(i, 0) = (i & 1U) != 0 ? std::sqrt(48.0F) : -std::sqrt(48.0F);
    rows(i, 1) = (i & 2U) != 0 ? 1 : -1;
    rows(i, 2) = (i & 4U) != 0 ? 1 : -1;
    rows(i, 3) = 7;
  }
  const Directions found = directions(rows);
  EXPECT_NEAR(found.participation_ratio, 2500.0 / 2306, 1e-6);
  EXPECT_EQ(found.carry_95, 1U);
  EXPECT_EQ(found.carry_99, 3U);
  EXPECT_EQ(directions(Matrix<float>(5, 3, 2.0F)).participation_ratio, 0);
}

class Fidelity : public testing::Test {
 protected:
  Fidelity() : task_(**std::ranges::find(task_catalogue(), "matrices", &Task::name)) {
    const auto x = normal(600, 12, 4);
    write_npy(folder_ / "x.npy", x.view());
    write_npy(folder_ / "y.npy", times(x, normal(12, 6, 5)).view());
    request_.argument = (folder_ / "x.npy").string() + "," + (folder_ / "y.npy").string();
    request_.most = 200;
  }
  TemporaryFolder folder_;
  TaskRequest request_;
  const Task& task_;
};

TEST_F(Fidelity, JudgesTheTeacherToBeRightAndSilenceToKnowNothing) {
  const Subject subject = task_.make(request_, task_.recipe);
  const auto right = judge(subject, subject.answers);
  EXPECT_EQ(right["agreement"], 1);
  EXPECT_EQ(right["nmse"], 0);
  EXPECT_FALSE(right.contains("accuracy")) << "there are no labels";
  // The mean of 90 answers strays from 0 by a ninetieth of their variance, times a chi-square of 6 over 6 (below 4).
  const auto silent = judge(subject, Matrix<float>(subject.answers.rows(), subject.answers.cols()));
  EXPECT_NEAR(silent["nmse"].get<double>(), 1, 4.0 / 90);
}

TEST_F(Fidelity, AsksOtherRowsThanItTeachesAndOthersAgainForValidation) {
  const Matrix<float> y = read_matrix(folder_ / "y.npy");
  EXPECT_EQ(task_.make(request_, task_.recipe).answers, rows_of(y, 510, 90));
  request_.validation = true;
  EXPECT_EQ(task_.make(request_, task_.recipe).answers, rows_of(y, 420, 90));
  request_.most = 421;
  EXPECT_THROW(static_cast<void>(task_.make(request_, task_.recipe)), Error);
}

TEST_F(Fidelity, MeasuresWhatATargetLearntWithItsCostsAndCeilings) {
  const Subject subject = task_.make(request_, task_.recipe);
  Profile profile;
  profile.full_scale = 4;
  const auto few = measure(subject, profile, {.examples = 8}), many = measure(subject, profile, {.examples = 200});
  EXPECT_EQ(few["examples"], 8);
  EXPECT_GT(few["nmse"], 0.3) << "eight examples of twelve directions";
  EXPECT_LT(many["nmse"], 0.1);
  EXPECT_LT(many["ceilings"]["ridge"]["nmse"], many["nmse"]);
  EXPECT_LT(many["ceilings"]["float_lanes"]["nmse"].get<double>(), 1.1 * many["nmse"].get<double>());
  EXPECT_GT(many["pulses_per_memristor"], 0);
  EXPECT_GT(many["joules"], 0);
  EXPECT_GT(many["bits"], few["bits"]);
  EXPECT_NEAR(many["effective_rank"][0].get<double>(), 12, 1.5);  // 12 / (1 + 12/90), and the code's own error

  nlohmann::json result{
      {"task", "matrices"}, {"questions", "test"}, {"memristor", "mss"}, {"noise", "off"}, {"command", "bench"}};
  result["runs"] = {many};
  result["runs"][0]["seed"] = 1;
  EXPECT_NE(table(result["runs"]).find("float_lanes"), std::string::npos);
  const std::string rows = csv(result);
  EXPECT_EQ(std::ranges::count(rows, '\n'), 2);
}

TEST_F(Fidelity, TakesAllThatIsWrongAwayFromItsIdeal) {
  Profile profile;
  profile.organisation = "masked:0.9/redundant:3/thermometer";
  EXPECT_EQ(ideal(profile).organisation, "thermometer");
  profile.organisation = "graded:2";
  profile.noise = ReadNoise::parse("relative:0.02");
  profile.imperfections.stuck = 0.05;
  const Profile best = ideal(profile);
  EXPECT_EQ(best.organisation, "graded");
  EXPECT_EQ(best.memristor, "float");
  EXPECT_EQ(best.noise.law, ReadNoise::Law::Off);
  EXPECT_EQ(best.imperfections, Imperfections{});
}

}  // namespace
}  // namespace assimilaate::bench
