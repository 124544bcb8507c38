// refused: no matching function for call to .*StoredExamples.*HeldOut|no matching conversion .*HeldOut.*StoredExamples
#include "assimilaate/aat/example.hpp"

assimilaate::StoredExamples source(const assimilaate::HeldOut& held_out, const assimilaate::ExampleBlock& examples) {
  static_cast<void>(held_out.size());
#ifdef MISUSE
  return assimilaate::StoredExamples(held_out);
#else
  return assimilaate::StoredExamples(examples);
#endif
}
