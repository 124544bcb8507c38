#include <gtest/gtest.h>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 3, .outputs = 2, .examples = 200, .held_out = 1, .bits_in = 2});
  return shared;
}

std::unique_ptr<Organisation> thermometer(const Glue& glue = {}, CodecPtr codec = map().input) {
  return make_organisation("thermometer", {codec->shape(), codec, glue});
}

std::vector<float> drives_of(const Organisation& o, const std::vector<Address>& aat) {
  std::vector<float> drives(o.rows());
  o.drive(aat, drives);
  return drives;
}

using Drives = std::vector<float>;

TEST(Thermometer, DrivesTheLinesBetweenAnAddressAndTheMiddleOneOfItsSpace) {
  const auto o = thermometer();
  EXPECT_FALSE(o->selects());
  // Untaught, the middle of four addresses is the second.
  EXPECT_EQ(drives_of(*o, {0, 1, 2}), (Drives{-1, 0, 0, 0, 0, 0, 0, 1, 0, 1}));
  EXPECT_EQ(drives_of(*o, {3, 1, 1}), (Drives{0, 1, 1, 0, 0, 0, 0, 0, 0, 1}));
  AatBlock inputs(map().input->shape(), 3);
  for (Address i = 0; i < 3; ++i) {
    const auto row = static_cast<std::size_t>(i);
    inputs.entries(row, 0) = 3;
    inputs.entries(row, 1) = i == 0 ? 0 : None;
    inputs.entries(row, 2) = i;
  }
  o->centre(inputs);
  EXPECT_EQ(drives_of(*o, {3, 0, 1}), (Drives{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(drives_of(*o, {1, 2, 3}), (Drives{0, -1, -1, 1, 1, 0, 0, 1, 1, 1}));
}

TEST(Thermometer, TellsNeighboursApartByOneLine) {
  const auto o = thermometer();
  o->centre(map().examples.input);
  for (Address a = 0; a < 3; ++a) {
    const auto lower = drives_of(*o, {a, 0, 0}), upper = drives_of(*o, {a + 1, 0, 0});
    for (std::size_t line = 0; line < lower.size(); ++line)
      EXPECT_EQ(upper[line] - lower[line], line == static_cast<std::size_t>(a) ? 1 : 0) << line;
  }
}

TEST(Thermometer, GivesAddressesThatTheFunctionBeforeMakesAlikeTheSameLines) {
  const auto o = thermometer({[](float v) { return std::max(v, 0.0F); }});
  // Two of the four levels of a centred variable are negative: at 0, both; then two lines a space.
  EXPECT_EQ(o->rows(), 3U * 2 + 1);
  EXPECT_EQ(drives_of(*o, {0, 3, 3}), drives_of(*o, {1, 3, 3}));
  EXPECT_NE(drives_of(*o, {1, 3, 3}), drives_of(*o, {2, 3, 3}));
}

TEST(Thermometer, RefusesAddressesWithoutAnOrder) {
  const auto refuses = [](const Glue& glue, const CodecPtr& codec, std::string_view part) {
    try {
      static_cast<void>(thermometer(glue, codec));
      ADD_FAILURE() << "accepted; " << part;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Usage);
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    }
  };
  Matrix<float> vectors(50, 4);
  for (std::size_t i = 0; i < vectors.size(); ++i) vectors.values()[i] = static_cast<float>((7 * i) % 23);
  refuses({}, test::addresses(3, 4), "use one_hot");
  refuses({}, fit_codec("pq", vectors.view(), {{"sub", 2}}, 1), "addresses of 2 numbers");
  refuses({[](float v) { return -v; }}, map().input, "address 1 stands for less than address 0");
}

TEST(Thermometer, RefusesMiddlesThatAreNoLines) {
  for (const float middle : {-1.0F, 4.0F, 0.5F}) {
    const auto o = thermometer();
    EXPECT_THROW(o->set_tuning(std::vector<float>{1, middle, 1}), Error) << middle;
  }
}

}  // namespace
}  // namespace assimilaate
