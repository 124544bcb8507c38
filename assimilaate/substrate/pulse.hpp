#pragma once
/// A rectangular pulse across one memristor; a positive voltage raises its conductance in every model.

namespace assimilaate {

struct Pulse {
  double voltage = 0;        // [V]
  double width = 0;          // [s]
  double temperature = 298;  // [K]
};

}  // namespace assimilaate
