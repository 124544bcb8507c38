#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 6, .outputs = 2, .examples = 400, .held_out = 1, .bits_in = 3});
  return shared;
}

std::unique_ptr<Organisation> graded(std::string_view text = "graded", const Glue& glue = {}) {
  return make_organisation(text, {map().input->shape(), map().input, glue});
}

/// The drives of every example, [examples x rows].
Matrix<float> drives_of(const Organisation& o) {
  Matrix<float> drives(map().examples.size(), o.rows());
  for (std::size_t i = 0; i < drives.rows(); ++i) o.drive(map().examples.input[i], drives.row(i));
  return drives;
}

TEST(Graded, HasALineForEveryCoordinateAndOneThatIsAlwaysDriven) {
  const auto o = graded();
  EXPECT_EQ(o->rows(), 6U + 1);
  EXPECT_FALSE(o->selects());
  o->centre(map().examples.input);
  const auto drives = drives_of(*o);
  for (std::size_t i = 0; i < drives.rows(); ++i) {
    EXPECT_EQ(drives(i, 6), drives(0, 6));
    EXPECT_GT(drives(i, 6), 0);
  }
}

TEST(Graded, CentredHasAMeanDriveOfZeroOnEveryLine) {
  const auto o = graded();
  o->centre(map().examples.input);
  const auto drives = drives_of(*o);
  for (std::size_t line = 0; line < 6; ++line) {
    double mean = 0;
    for (std::size_t i = 0; i < drives.rows(); ++i) mean += drives(i, line) / static_cast<double>(drives.rows());
    EXPECT_NEAR(mean, 0, 1e-6) << line;  // what floats leave of it
  }
}

TEST(Graded, DrivesTheFarthestLevelOfTheBankAtOne) {
  const auto o = graded();
  o->centre(map().examples.input);
  float largest = 0;
  std::vector<float> drives(o->rows());
  for (Address a = 0; a < 8; ++a) {
    o->drive(std::vector<Address>(6, a), drives);
    for (const float g : drives) largest = std::max(largest, std::abs(g));
  }
  EXPECT_NEAR(largest, 1, 1e-6);
}

TEST(Graded, DrivesInProportionToWhatAnAddressStandsFor) {
  const auto o = graded();
  o->centre(map().examples.input);
  const auto levels = map().input->centroids(4);
  const auto at = [&](Address a) {
    std::vector<float> drives(o->rows());
    o->drive(std::vector<Address>(6, a), drives);
    return drives[4];
  };
  const float slope = (at(7) - at(0)) / (levels(7, 0) - levels(0, 0));
  for (Address a = 0; a < 8; ++a)
    EXPECT_NEAR(at(a), at(0) + slope * (levels(static_cast<std::size_t>(a), 0) - levels(0, 0)), 1e-6);
}

TEST(Graded, FoldsTheFunctionsBeforeItIntoItsLevels) {
  const auto o = graded("graded", {[](float v) { return std::max(v, 0.0F); }});
  const auto bare = graded();
  std::vector<float> drives(o->rows()), plain(o->rows());
  o->drive(std::vector<Address>(6, 0), drives);
  bare->drive(std::vector<Address>(6, 0), plain);
  for (std::size_t line = 0; line < 6; ++line) {
    EXPECT_LT(plain[line], 0);
    EXPECT_EQ(drives[line], 0);
  }
}

TEST(Graded, TakesSilentExamplesOutOfTheMean) {
  AatBlock half = map().examples.input;
  for (std::size_t i = 0; i < half.size(); i += 2) half.entries(i, 1) = None;
  const auto o = graded();
  o->centre(half);
  double mean = 0, count = 0;
  std::vector<float> drives(o->rows());
  for (std::size_t i = 1; i < half.size(); i += 2) {
    o->drive(half[i], drives);
    mean += drives[1];
    count += 1;
  }
  EXPECT_NEAR(mean / count, 0, 1e-6);
}

TEST(Graded, RefusesAddressesWithoutAMetric) {
  const auto codec = test::addresses(3, 4);
  try {
    static_cast<void>(make_organisation("graded", {codec->shape(), codec, {}}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    EXPECT_NE(std::string(e.what()).find("use one_hot"), std::string::npos) << e.what();
  }
}

/// Root mean squares of the lines' drives, smallest over largest.
double evenness(const Settings& settings) {
  // Pixels of unlike spread: line d varies d + 1 times as much.
  const Random random(3, 0);
  Matrix<float> x(300, 6);
  for (std::size_t i = 0; i < 300; ++i)
    for (std::size_t d = 0; d < 6; ++d)
      x(i, d) = static_cast<float>(static_cast<double>(d + 1) * random.normal(Purpose::Select, d, i));
  const auto codec = fit_codec("grid", x.view(), {{"bits", 6}}, 1);
  AatBlock block(codec->shape(), 300);
  codec->encode(x.view(), block.entries.view());
  const auto o = make_organisation("graded", {codec->shape(), codec, {}}, settings);
  o->centre(block);
  std::vector<double> energy(6);
  std::vector<float> drives(o->rows());
  for (std::size_t i = 0; i < 300; ++i) {
    o->drive(block[i], drives);
    for (std::size_t d = 0; d < 6; ++d) energy[d] += drives[d] * drives[d];
    for (const float g : drives) EXPECT_LE(std::abs(g), 1);
  }
  return std::sqrt(std::ranges::min(energy) / std::ranges::max(energy));
}

TEST(Graded, EqualisedDrivesLinesTheMoreAlikeTheMoreItIsAskedTo) {
  EXPECT_NEAR(evenness({}), 1.0 / 6, 0.03);  // 300 draws: 4 % of each spread
  EXPECT_NEAR(evenness({{"equalise", 0.5}}), std::sqrt(1.0 / 6), 0.04);
  EXPECT_NEAR(evenness({{"equalise", 1}}), 1, 1e-3);
  EXPECT_NEAR(evenness({{"equalise", 1}, {"least", 0.5}}), 1.0 / 3, 0.03);  // a sixth counts as a half
}

TEST(Graded, ClippedCutsOffWhatLiesBeyond) {
  const auto rms = [](const Settings& settings) {
    const auto o = make_organisation("graded", {map().input->shape(), map().input, {}}, settings);
    o->centre(map().examples.input);
    const auto drives = drives_of(*o);
    double energy = 0;
    for (std::size_t i = 0; i < drives.rows(); ++i)
      for (std::size_t d = 0; d < 6; ++d)
        energy += drives(i, d) * drives(i, d) / static_cast<double>(6 * drives.rows());
    return std::sqrt(energy);
  };
  EXPECT_GT(rms({{"clip", 1}}), rms({{"clip", 1.5}}));
  EXPECT_GT(rms({{"clip", 1.5}}), 1.05 * rms({}));
  EXPECT_EQ(rms({{"clip", 100}}), rms({}));
}

}  // namespace
}  // namespace assimilaate
