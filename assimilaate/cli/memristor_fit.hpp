#pragma once
/// `assimilaate memristor fit`: a measurement as CSV in, parameters with confidence, a picture and a preset out.

#include "assimilaate/cli/verbs.hpp"

namespace assimilaate::cli {

/// @param memristor  the verb that this is a part of
void add_memristor_fit(CLI::App& memristor, Common& common, Action& action);

}  // namespace assimilaate::cli
