/// A linear map teaches two chips what it does; neither ever sees a weight.

#include <random>

#include "assimilaate/assimilation/session.hpp"

using namespace assimilaate;

int main() {
  constexpr std::size_t inputs = 64, outputs = 32, rank = 8, examples = 400, held_out = 100;
  // begin teacher
  std::mt19937 chance(1);
  std::normal_distribution<float> normal;
  Matrix<float> x(examples + held_out, inputs), down(rank, inputs), up(outputs, rank), y(x.rows(), outputs);
  for (Matrix<float>* matrix : {&x, &down, &up})
    for (float& value : matrix->values()) value = normal(chance);
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t r = 0; r < rank; ++r) {
      float middle = 0;
      for (std::size_t j = 0; j < inputs; ++j) middle += down(r, j) * x(i, j);
      for (std::size_t k = 0; k < outputs; ++k) y(i, k) += up(k, r) * middle;
    }
  // end teacher

  // begin teach
  const CodecPtr input = fit_codec("grid", x.slice(0, examples), {{"bits", 4}}, 1);
  const CodecPtr output = fit_codec("grid", y.slice(0, examples), {{"bits", 6}}, 1);
  const auto encode = [&](std::size_t first, std::size_t count) {
    ExampleBlock block{AatBlock(input->shape(), count), AatBlock(output->shape(), count)};
    input->encode(x.slice(first, count), block.input.entries.view());
    output->encode(y.slice(first, count), block.output.entries.view());
    return block;
  };
  const HeldOut unseen(encode(examples, held_out));
  // end teach

  // begin targets
  Profile mss, damaged;  // metastable switches, graded lines, rule nlms
  damaged.name = "damaged";
  damaged.organisation = "graded:2";  // two synapses for each line
  damaged.imperfections = {.step_variation = 0.3, .bound_variation = 0.3, .cycle_variation = 0.3, .stuck = 0.05};
  damaged.noise = ReadNoise::parse("relative:0.02");
  damaged.target = 1;  // another chip of the same seed
  // end targets

  // begin assimilate
  for (const Profile& profile : {mss, damaged}) {
    LaneBank bank({.name = "map", .input = input, .output = output, .glue = {}}, profile);
    StoredExamples source(encode(0, examples));
    const Convergence report = assimilate(bank, source, unseen);
    fmt::print("{:8} agreement {:.3f}, NMSE {:.4f}, {:.1f} pulses per memristor, {} of {} synapses masked\n",
               profile.name, report.agreement, report.nmse, report.pulses_per_memristor, report.masked,
               report.synapses);
    if (!(report.nmse < 0.1)) return 1;
  }
  // end assimilate
}
