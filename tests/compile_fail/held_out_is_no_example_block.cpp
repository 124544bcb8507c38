// refused: ExampleBlock.*HeldOut|HeldOut.*ExampleBlock
#include "assimilaate/aat/example.hpp"

void train(const assimilaate::ExampleBlock& examples);

void validate(const assimilaate::HeldOut& held_out, const assimilaate::ExampleBlock& examples) {
#ifdef MISUSE
  train(held_out);
#endif
  train(examples);
  static_cast<void>(held_out.size());
}
