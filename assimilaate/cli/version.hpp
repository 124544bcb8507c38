#pragma once

namespace assimilaate::cli {

inline constexpr const char* version = ASSIMILAATE_VERSION;  // of the project, set by CMake

}  // namespace assimilaate::cli
