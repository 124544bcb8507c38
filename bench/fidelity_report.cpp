#include "fidelity_report.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/report/quantity.hpp"
#include "assimilaate/report/terminal_table.hpp"

namespace assimilaate::bench {
namespace {

using nlohmann::json;

/// Mean and, of several, spread (standard deviation over seeds).
std::string mean_of(const json& runs, std::size_t examples, const json::json_pointer& key, int digits) {
  std::vector<double> values;
  for (const json& one : runs)
    if (one["examples"] == examples && one.contains(key) && one.at(key).is_number()) values.push_back(one.at(key));
  if (values.empty()) return "-";
  const double n = static_cast<double>(values.size());
  double mean = 0, square = 0;
  for (const double v : values) mean += v / n;
  for (const double v : values) square += (v - mean) * (v - mean);
  if (values.size() == 1) return fmt::format("{:.{}f}", mean, digits);
  return fmt::format("{:.{}f} ± {:.{}f}", mean, digits, std::sqrt(square / (n - 1)), digits);
}

}  // namespace

std::string table(const json& runs) {
  const auto number = [](const json& one, const char* key) { return one[key].get<double>(); };
  std::vector<std::vector<std::string>> rows, beside;
  std::vector<std::size_t> sizes;
  for (const json& one : runs)
    if (const std::size_t n = one["examples"]; std::ranges::find(sizes, n) == sizes.end()) sizes.push_back(n);
  for (const std::size_t n : sizes) {
    const auto& one = *std::ranges::find_if(runs, [&](const json& r) { return r["examples"] == n; });
    const auto mean = [&](const std::string& key, int digits) {
      return mean_of(runs, n, json::json_pointer(key), digits);
    };
    rows.push_back({fmt::format("{}", n), mean("/accuracy", 4), mean("/agreement", 4), mean("/nmse", 4),
                    fmt::format("{}", one["presentations"].get<std::size_t>()), mean("/pulses_per_memristor", 1),
                    si_text(number(one, "bits"), "bit"), si_text(number(one, "joules"), "J"),
                    si_text(number(one, "seconds"), "s"), mean("/wall_seconds", 1)});
    for (const auto& [name, ignored] : one["ceilings"].items()) {
      const std::string at = "/ceilings/" + name;
      beside.push_back(
          {fmt::format("{}", n), name, mean(at + "/accuracy", 4), mean(at + "/agreement", 4), mean(at + "/nmse", 4)});
    }
  }
  std::vector<std::string> ranks;
  for (std::size_t t = 0; t < runs[0]["effective_rank"].size(); ++t)
    ranks.push_back(fmt::format("{:.1f} ({}, {})", runs[0]["effective_rank"][t].get<double>(),
                                runs[0]["directions_95"][t].get<std::size_t>(),
                                runs[0]["directions_99"][t].get<std::size_t>()));
  return terminal_table({"examples", "accuracy", "agreement", "NMSE", "presentations", "pulses/memristor", "bits",
                         "joules", "chip time", "wall s"},
                        rows) +
         "\n" + terminal_table({"examples", "beside it", "accuracy", "agreement", "NMSE"}, beside) +
         fmt::format("\neffective rank of the inputs (directions with 95 and 99 % of their variance): {}\n",
                     fmt::join(ranks, ", "));
}

std::string csv(const json& result) {
  // Columns, and where they lie in a run.
  const std::vector<std::pair<std::string, std::string>> columns{
      {"examples", "/examples"},
      {"seed", "/seed"},
      {"accuracy", "/accuracy"},
      {"agreement", "/agreement"},
      {"nmse", "/nmse"},
      {"float_accuracy", "/ceilings/float_lanes/accuracy"},
      {"float_agreement", "/ceilings/float_lanes/agreement"},
      {"float_nmse", "/ceilings/float_lanes/nmse"},
      {"ridge_agreement", "/ceilings/ridge/agreement"},
      {"ridge_nmse", "/ceilings/ridge/nmse"},
      {"codec_agreement", "/ceilings/codec/agreement"},
      {"codec_nmse", "/ceilings/codec/nmse"},
      {"effective_rank", "/effective_rank/0"},
      {"directions_95", "/directions_95/0"},
      {"directions_99", "/directions_99/0"},
      {"pulses_per_memristor", "/pulses_per_memristor"},
      {"presentations", "/presentations"},
      {"bits", "/bits"},
      {"joules", "/joules"},
      {"seconds", "/seconds"},
  };
  std::string text = "task,questions,memristor,noise";
  for (const auto& column : columns) text += "," + column.first;
  text += ",command\n";
  for (const json& one : result["runs"]) {
    text += fmt::format("\"{}\",{},{},{}", result["task"].get<std::string>(), result["questions"].get<std::string>(),
                        result["memristor"].get<std::string>(), result["noise"].get<std::string>());
    for (const auto& column : columns) {
      const json::json_pointer at(column.second);
      text += ",";
      if (one.contains(at) && one.at(at).is_number()) text += fmt::format("{:.6g}", one.at(at).get<double>());
    }
    text += fmt::format(",\"{}\"\n", result["command"].get<std::string>());
  }
  return text;
}

}  // namespace assimilaate::bench
