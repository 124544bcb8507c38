/// What a device physicist would check first of a lane (`physics.md` 8, points 7, 8, 10, 11, 13 and 21), from outside,
/// through the catalogue.
#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/substrate/internal/nodal.hpp"
#include "assimilaate/substrate/ktram_lane.hpp"
#include "assimilaate/substrate/preset.hpp"

namespace assimilaate {
namespace {

/// y of a selection, from its conductances, without reading.
double ratio(const KtramLane& lane, std::span<const std::int32_t> tuple) {
  double top = 0, bottom = 0;
  for (std::size_t space = 0; space < tuple.size(); ++space) {
    if (tuple[space] < 0) continue;
    const auto address = static_cast<std::size_t>(tuple[space]);
    top += lane.a(space, address).conductance() - lane.b(space, address).conductance();
    bottom += lane.a(space, address).conductance() + lane.b(space, address).conductance();
  }
  return top / bottom;
}

TEST(LanePhysics, ReadsWhatKirchhoffSays) {
  const auto law = make_memristor("float", {});
  KtramSettings settings = KtramSettings::of("float", *law);
  settings.back_action = BackAction::Off;
  KtramLane lane(*law, 6, 3, settings, {}, Random(31, 0));
  const std::vector<std::int32_t> tuple{2, 0, -1, 1, 2, -1};
  Matrix<double> a(4, 1), b(4, 1);
  std::size_t m = 0;
  for (std::size_t space = 0; space < 6; ++space)
    if (tuple[space] >= 0) {
      a(m, 0) = lane.a(space, static_cast<std::size_t>(tuple[space])).conductance();
      b(m, 0) = lane.b(space, static_cast<std::size_t>(tuple[space])).conductance();
      ++m;
    }
  const auto places = nodal::places_of(4);
  const double read = lane.evaluate(tuple, Instruction::FFLV);
  EXPECT_NEAR(read, nodal::divider_y(places, a.view(), b.view(), 0, false)[0], 1e-9);
  // Leakage of what is not selected, half of it to each rail, weighs in the denominator alone.
  double top = 0, bottom = 0;
  for (std::size_t i = 0; i < 4; ++i) top += a(i, 0) - b(i, 0), bottom += a(i, 0) + b(i, 0);
  for (const double leakage : {1e-4, 1e-2, 1.0})
    EXPECT_NEAR(nodal::divider_y(places, a.view(), b.view(), 0, false, leakage / 2)[0], top / (bottom + leakage), 1e-9);
}

/// Models of the catalogue that need no more than their defaults, in the mean.
struct Model {
  std::string name;
  std::shared_ptr<const Memristor> law;
};
std::vector<Model> models() {
  std::vector<Model> found;
  for (const MemristorKind* kind : memristor_catalogue()) {
    MemristorSettings settings;
    for (const Field& field : kind->fields)
      if (field.name == "switches") settings.fields["switches"] = 0;
    try {
      found.push_back({std::string(kind->name), make_memristor(kind->name, settings)});
    } catch (const Error& e) {
      if (std::string_view(e.what()).find("table") == std::string_view::npos) throw;  // a measured model needs a table
    }
  }
  return found;
}

/// How an instruction moves y where it is `y` at first.
double moved(const Model& model, Instruction instruction, double y, std::optional<FuFa> fu_fa) {
  KtramSettings settings = KtramSettings::of(model.name, *model.law);
  settings.pulse_width = model.law->width_for(0.1);
  settings.fu_fa = fu_fa;
  settings.rails = {model.law->drive(), -model.law->drive(), 0.01 * model.law->drive(), -0.01 * model.law->drive()};
  KtramLane lane(*model.law, 2, 2, settings, {.read_disturb = 1}, Random(32, 0));
  const double middle = model.law->lowest() + 0.5 * (model.law->highest() - model.law->lowest());
  const MemristorState high = model.law->at(middle * (1 + y)), low = model.law->at(middle * (1 - y));
  for (const std::size_t address : {0UL, 1UL}) {
    lane.set(0, address, high, low);
    lane.set(1, address, high, low);
  }
  MeanDraws draws;
  const std::vector<std::int32_t> first{0, -1};
  static_cast<void>(lane.evaluate(first, Instruction::FFLV, draws));  // y is retained; moves next to nothing
  const double before = ratio(lane, first);
  static_cast<void>(lane.evaluate(first, instruction, draws));
  for (const auto& [space, address] : {std::pair{0UL, 1UL}, {1UL, 0UL}, {1UL, 1UL}}) {
    EXPECT_EQ(lane.a(space, address).state(), high) << model.name << ": not selected, and moved";
    EXPECT_EQ(lane.b(space, address).state(), low) << model.name << ": not selected, and moved";
  }
  return ratio(lane, first) - before;
}

TEST(LanePhysics, MovesYTheWayOfTheInstructionInEveryModel) {
  using enum Instruction;
  for (const Model& model : models())
    for (const double y : {0.2, 0.0, -0.2}) {
      const double away = y >= 0 ? 1 : -1;
      const auto way = [&](Instruction instruction, std::optional<FuFa> fu_fa = {}) {
        return moved(model, instruction, y, fu_fa);
      };
      const std::string where = model.name + fmt::format(" at y = {}", y);
      EXPECT_GT(way(FH), 0) << where;
      EXPECT_LT(way(FL), 0) << where;
      EXPECT_GT(way(RH), 0) << where;
      EXPECT_LT(way(RL), 0) << where;
      EXPECT_GT(way(RU) * away, 0) << where;
      EXPECT_LT(way(RA) * away, 0) << where;
      EXPECT_GT(way(FU, FuFa::Published) * away, 0) << where;
      EXPECT_LT(way(FA, FuFa::Published) * away, 0) << where;
      EXPECT_LT(way(FU, FuFa::Emulator) * away, 0) << where;
      EXPECT_GT(way(FA, FuFa::Emulator) * away, 0) << where;
      // Both devices alike: y stays where they are alike.
      if (y == 0) {
        EXPECT_NEAR(way(FZ), 0, 1e-12) << where;
        EXPECT_NEAR(way(RZ), 0, 1e-12) << where;
        EXPECT_NEAR(way(FF), 0, 1e-12) << where;
      } else {
        EXPECT_LE(way(FF) * away, 0) << where;
        EXPECT_GE(way(RF) * away, 0) << where;
      }
    }
}

TEST(LanePhysics, DisturbsNothingBelowThresholdWhereThereIsOne) {
  for (const std::string_view name : {"float", "byte", "rs", "constant_step", "soft_bounds", "exp_step"}) {
    const auto law = make_memristor(name, {});
    KtramLane lane(*law, 3, 1, KtramSettings::of(name, *law), {}, Random(33, 0));
    const std::vector<std::int32_t> tuple{0, 0, 0};
    static_cast<void>(lane.evaluate(tuple, Instruction::FFLV));  // a byte settles on a whole number
    const MemristorState before = lane.a(1, 0).state();
    for (int read = 0; read < 100; ++read) static_cast<void>(lane.evaluate(tuple, Instruction::FFLV));
    EXPECT_EQ(lane.a(1, 0).state(), before) << name;
  }
}

TEST(LanePhysics, DisturbsMetastableSwitchesByTheirRates) {
  const auto law = make_memristor("mss", {{{"published", 1}, {"switches", 0}}, {}});
  KtramSettings settings = KtramSettings::of("mss", *law);
  settings.pulse_width = 1e-3;
  KtramLane lane(*law, 1, 1, settings, {}, Random(34, 0));
  lane.set(0, 0, {.x = 0.6}, {.x = 0.4});
  const std::vector<std::int32_t> tuple{0};
  const double y = ratio(lane, tuple);
  static_cast<void>(lane.evaluate(tuple, Instruction::FFLV));
  const auto after = [&](double x, double volts) {
    const double slope = 1.380649e-23 * 298 / 1.602176634e-19;
    const double a = 1 / (1 + std::exp(-(volts - 0.27) / slope)) / 1e-5;
    const double b = 1 / (1 + std::exp((volts + 0.27) / slope)) / 1e-5;
    return a / (a + b) + (x - a / (a + b)) * std::exp(-(a + b) * 1e-3);
  };
  EXPECT_NEAR(lane.a(0, 0).state().x, after(0.6, 0.05 * (1 - y)), 1e-12);
  EXPECT_NEAR(lane.b(0, 0).state().x, after(0.4, 0.05 * (1 + y)), 1e-12);
  EXPECT_GT(std::abs(lane.a(0, 0).state().x - 0.6), 1e-4);
}

/// Sigma of y from reads of a lane, over its clean value: 20 000 reads, so .5 % of itself.
double measured_sigma(std::size_t spaces, double y, double volts, double width, const EmulatorNoise& noise) {
  const auto law = make_memristor("mss", {});
  KtramSettings settings = KtramSettings::of("mss", *law);
  settings.back_action = BackAction::Off;
  settings.noise = noise;
  settings.read_width = width;
  settings.rails.low_forward = volts;
  KtramLane lane(*law, spaces, 1, settings, {}, Random(35, 0));
  const double middle = 0.55e-3;
  for (std::size_t space = 0; space < spaces; ++space)
    lane.set(space, 0, law->at(middle * (1 + y)), law->at(middle * (1 - y)));
  const std::vector<std::int32_t> tuple(spaces, 0);
  double square = 0;
  constexpr int reads = 20'000;
  const double clean = ratio(lane, tuple);
  for (int read = 0; read < reads; ++read)
    square += std::pow(lane.evaluate(tuple, Instruction::FFLV) - clean, 2) / reads;
  return std::sqrt(square);
}

TEST(LanePhysics, HasTheSlopesOfTheNoiseLaw) {
  // Two points a factor of 16 apart, .5 % each: a slope's error is .007 / ln 16 = .0026; bound of the note: 3 %.
  const EmulatorNoise thermal{.flicker = 0, .comparator = -1}, flicker{.thermal = 0, .comparator = -1};
  const auto slope = [](double first, double second) { return std::log(second / first) / std::log(16.0); };
  const double v = 0.02, t = 1e-6;
  const double base = measured_sigma(1, 0, v, t, thermal);
  EXPECT_NEAR(slope(base, measured_sigma(1, 0, 16 * v, t, thermal)), -1, 0.03);
  EXPECT_NEAR(slope(base, measured_sigma(16, 0, v, t, thermal)), -0.5, 0.015);
  EXPECT_NEAR(slope(base, measured_sigma(1, 0, v, 16 * t, thermal)), -0.5, 0.015);
  const double pink = measured_sigma(4, 0, v, t, flicker);
  EXPECT_NEAR(slope(pink, measured_sigma(64, 0, v, t, flicker)), -0.5, 0.015);
  EXPECT_NEAR(measured_sigma(4, 0, 16 * v, t, flicker) / pink, 1, 0.03);
  for (const double y : {0.3, 0.6, 0.8})
    EXPECT_NEAR(measured_sigma(4, y, v, t, flicker) / pink, 1 - y * y, 0.03 * (1 - y * y)) << y;
}

TEST(LanePhysics, SpendsInMemristorsWhatTheRailsDeliver) {
  // Kirchhoff for every instruction: rails at +-V_app and, where node Y is forced, its driver; where it floats, nothing
  // flows out of it.
  const auto law = make_memristor("mss", {});
  KtramSettings settings = KtramSettings::of("mss", *law);
  KtramLane lane(*law, 5, 1, settings, {}, Random(36, 0));
  for (std::size_t space = 0; space < 5; ++space)
    lane.set(space, 0, law->at(1e-4 * (2 + static_cast<double>(space))), law->at(7e-4));
  const std::vector<std::int32_t> tuple(5, 0);
  const double y = ratio(lane, tuple), width = settings.pulse_width;
  for (const Instruction instruction : all_instructions) {
    const double applied = applied_voltage(instruction, settings.rails);
    const double node = node_voltage(instruction, applied, y, FuFa::Published);
    const PairVoltage volts = across(applied, node);
    double dissipated = 0, from_top = 0, into_bottom = 0, conducted = 0;
    for (std::size_t space = 0; space < 5; ++space) {
      const double ia = lane.a(space, 0).current(volts.a), ib = lane.b(space, 0).current(volts.b);
      dissipated += (ia * volts.a + ib * volts.b) * width;
      from_top += ia, into_bottom += ib;
      conducted += lane.a(space, 0).conductance() + lane.b(space, 0).conductance();
    }
    const double rails = applied * (from_top + into_bottom) * width, driver = node * (into_bottom - from_top) * width;
    EXPECT_NEAR((rails + driver) / dissipated, 1, 1e-9) << name_of(instruction);
    if (is_read(instruction)) {
      EXPECT_NEAR(from_top / into_bottom, 1, 1e-9) << name_of(instruction);
      EXPECT_NEAR(dissipated / (conducted * applied * applied * (1 - y * y) * width), 1, 1e-9) << name_of(instruction);
    }
  }
}

}  // namespace
}  // namespace assimilaate
