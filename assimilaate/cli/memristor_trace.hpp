#pragma once
/// `memristor trace`: what a session applied to every memristor.

#include "assimilaate/cli/verbs.hpp"

namespace assimilaate::cli {

void add_memristor_trace(CLI::App& memristor, Common& common, Action& action);

}  // namespace assimilaate::cli
