/// Instruction sequences through a kT-RAM lane, for `bench/ktram.py`. One JSON object per line in:
///   {"params": {"model": "byte", "rows": 1, "cols": 4, "spaces_per_lane": 2, …}, "init_ga": [[…]…], "init_gb": [[…]…],
///    "steps": [["FF", 0, -1], …]}
/// as the files instr_seq_* have it (conductances in the emulator's units; -1: NONE); one per line out:
///   {"y": [after each step], "ga": [space][address], "gb": …, "us_per_step": median of 11 runs}

#include <chrono>
#include <iostream>

#include "assimilaate/substrate/internal/golden_lanes.hpp"

namespace {

using namespace assimilaate;
using nlohmann::json;

struct Sequence {
  std::vector<std::vector<std::int32_t>> tuples;
  std::vector<Instruction> instructions;

  Sequence(const json& steps, std::size_t spaces) {
    for (const json& step : steps) {
      instructions.push_back(instruction_named(step[0].get<std::string>()));
      tuples.push_back(internal::tuple_of(step, 1, spaces));
    }
  }
  [[nodiscard]] std::vector<double> run(KtramLane& lane) const {
    std::vector<double> y;
    y.reserve(tuples.size());
    for (std::size_t t = 0; t < tuples.size(); ++t) y.push_back(lane.evaluate(tuples[t], instructions[t]));
    return y;
  }
};

/// Microseconds per step, the median of eleven runs from the same state.
double microseconds(const KtramLane& start, const Sequence& sequence) {
  std::vector<double> times;
  for (int i = 0; i < 11; ++i) {
    KtramLane lane = start;
    const auto before = std::chrono::steady_clock::now();
    static_cast<void>(sequence.run(lane));
    const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - before;
    times.push_back(taken.count() / static_cast<double>(sequence.tuples.size()));
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

json answer(const json& question) {
  const auto model = internal::emulated_model(question.at("params").at("model"));
  KtramLane lane = internal::emulated_lane(question["params"], model);
  internal::set_conductances(lane, model, question.at("init_ga"), question.at("init_gb"));
  const Sequence sequence(question.at("steps"), lane.spaces());
  const double time = microseconds(lane, sequence);
  json reply{{"y", sequence.run(lane)}, {"us_per_step", time}, {"ga", json::array()}, {"gb", json::array()}};
  for (std::size_t space = 0; space < lane.spaces(); ++space) {
    json a = json::array(), b = json::array();
    for (std::size_t address = 0; address < lane.addresses(); ++address) {
      a.push_back(model.conductance(lane.a(space, address)));
      b.push_back(model.conductance(lane.b(space, address)));
    }
    reply["ga"].push_back(a);
    reply["gb"].push_back(b);
  }
  return reply;
}

}  // namespace

int main() {
  std::string line;
  try {
    while (std::getline(std::cin, line)) std::cout << answer(json::parse(line)).dump() << '\n';
  } catch (const std::exception& problem) {
    std::cerr << "ktram: " << problem.what() << '\n';
    return 2;
  }
  return 0;
}
