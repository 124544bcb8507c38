#pragma once
/// For tests: a kernel on every SIMD target of this machine.

#include <hwy/highway.h>

#include <string>

namespace assimilaate {

/// Call `body(name)` with each target that this machine has forced in turn.
void on_every_target(const auto& body) {
  for (std::int64_t targets = hwy::SupportedTargets(); targets != 0; targets &= targets - 1) {
    const std::int64_t target = targets & -targets;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    body(std::string(hwy::TargetName(target)));
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

}  // namespace assimilaate
