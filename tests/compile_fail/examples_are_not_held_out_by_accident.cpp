// refused: HeldOut.*ExampleBlock|ExampleBlock.*HeldOut
#include "assimilaate/aat/example.hpp"

std::size_t validate(const assimilaate::HeldOut& held_out);

std::size_t misuse(const assimilaate::ExampleBlock& examples) {
#ifdef MISUSE
  return validate(examples);
#else
  return validate(assimilaate::HeldOut(examples));
#endif
}
