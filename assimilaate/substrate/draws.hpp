#pragma once
/// Random numbers as a memristor asks for them: one after the other, within one event.

#include "assimilaate/core/random.hpp"

namespace assimilaate {

class Draws {
 public:
  virtual ~Draws() = default;
  virtual double uniform() = 0;  ///< in (0, 1)
  virtual double normal() = 0;   ///< standard
};

/// A pure function of (seed, target, purpose, place, event) and of how many were asked for before.
class HashedDraws final : public Draws {
 public:
  HashedDraws(const Random& random, Purpose purpose, std::uint64_t place, std::uint64_t event)
      : random_(random), purpose_(purpose), place_(place), event_(event) {}
  double uniform() override {
    if (left_ == 0) refill();
    const std::size_t at = 4 - left_;
    left_ -= 2;
    const std::uint64_t bits = (std::uint64_t{words_[at]} << 20) ^ (words_[at + 1] >> 12);
    return (static_cast<double>(bits) + 0.5) * 0x1p-52;
  }
  double normal() override {
    if (left_ == 0) refill();
    const std::size_t at = 4 - left_;
    left_ -= 2;
    return Random::normals_of(words_[at], words_[at + 1])[0];
  }

 private:
  void refill() {
    // Beyond the first four words the purpose's upper bits count on.
    words_ = random_.bits(purpose_, place_ ^ (block_++ << 48), event_);
    left_ = 4;
  }
  const Random& random_;
  Purpose purpose_;
  std::uint64_t place_, event_, block_ = 0;
  std::array<std::uint32_t, 4> words_{};
  std::size_t left_ = 0;
};

/// The middle of every distribution: mean-field runs, which must say so.
class MeanDraws final : public Draws {
 public:
  double uniform() override { return 0.5; }
  double normal() override { return 0; }
};

}  // namespace assimilaate
