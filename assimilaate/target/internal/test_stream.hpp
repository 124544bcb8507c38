#pragma once
/// Small streams of a perceptron for tests of targets, written without a teacher, and what is needed to stop in the
/// middle.

#include <stop_token>

#include "assimilaate/core/progress.hpp"
#include "assimilaate/graph/graph.hpp"
#include "assimilaate/stream/stream_reader.hpp"
#include "assimilaate/stream/stream_writer.hpp"
#include "assimilaate/target/target.hpp"

namespace assimilaate::internal {

/// What to write; the defaults are 8 -> 12 -> Relu -> 4 in scalar grids.
struct TestStream {
  std::vector<std::size_t> widths{8, 12, 4};
  std::string glue = "Relu";
  std::uint64_t seed = 5;  ///< of the weights
  std::string name = "small";
  std::size_t examples = 60, held_out = 40;
  Settings first{{"bits", 4}}, middle{{"bits", 4}}, last{{"bits", 8}};
  std::vector<CodecPtr> codecs{};  ///< of an earlier epoch; empty: fitted anew
  std::size_t live = 0;            ///< publish after every so many examples; 0: at the end
  EpochStart start = EpochStart::Complete;
  bool garbled = false;  ///< what is taught is not what is held out: each example has another one's outputs
  Signing signing{};

  [[nodiscard]] Graph graph() const;
  /// Boundaries lie before the glue: x, h0, ..., y.
  [[nodiscard]] std::vector<std::string> tensors() const;
  [[nodiscard]] StreamReader read() const;
  /// With another network than its own, or with none.
  void write(Carrier& carrier, std::span<const std::byte> network) const;
  void write(Carrier& carrier) const { write(carrier, graph().strip().to_bytes()); }
  [[nodiscard]] std::vector<CodecPtr> fitted() const;
};

/// `float`, `mss`, or `damaged`: unlike, partly stuck and noisy.
inline Profile test_profile(const std::string& name) {
  Profile profile;
  profile.name = name;
  profile.memristor = name == "float" ? "float" : "mss";
  if (name == "damaged") {
    profile.imperfections = {.step_variation = 0.3, .bound_variation = 0.3, .cycle_variation = 0.3, .stuck = 0.05};
    profile.noise = ReadNoise::parse("relative:0.02");
    profile.organisation = "graded:2";
  }
  return profile;
}

/// Asks to stop at the n-th sign of progress.
class StopAt final : public Progress {
 public:
  explicit StopAt(std::size_t n) : left_(n) {}
  void update(std::string_view, double, double) override {
    if (left_ > 0 && --left_ == 0) source_.request_stop();
  }
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::size_t left_;
  std::stop_source source_;
};

}  // namespace assimilaate::internal
