#include "assimilaate/cli/memristor_fit_picture.hpp"

#include <fmt/format.h>

#include <numeric>

#include "assimilaate/cli/version.hpp"
#include "assimilaate/report/chart.hpp"

namespace assimilaate::cli {
namespace {

constexpr std::size_t most_drawn = 3;  // fits beside the data

const std::vector<double>& data_of(const Measurement& measured) {
  return measured.kind == MeasurementKind::IvLoop ? measured.loop.current : measured.response.conductance;
}
bool is_loop(const Measurement& measured) { return measured.kind == MeasurementKind::IvLoop; }

std::vector<double> across(const Measurement& measured) {
  if (is_loop(measured)) return measured.loop.voltage;
  std::vector<double> count(measured.samples());
  std::iota(count.begin(), count.end(), 1.0);
  return count;
}

Figure fit_figure(const Measurement& measured, const std::vector<ModelFit>& fits) {
  Figure figure{.title = is_loop(measured) ? "Loop" : "Pulse response",
                .caption = "Points: measured. Lines: fits, best first.",
                .x = is_loop(measured) ? Axis{"voltage over memristor and resistor", "V"} : Axis{"pulse", ""},
                .y = is_loop(measured) ? Axis{"current", "A"} : Axis{"conductance", "S"}};
  figure.series.push_back(
      {.name = "measured", .x = across(measured), .y = data_of(measured), .kind = Series::Kind::Points});
  for (std::size_t i = 0; i < std::min(most_drawn, fits.size()); ++i)
    figure.series.push_back({.name = fits[i].model, .x = across(measured), .y = fits[i].curve, .dashed = i > 0});
  return figure;
}

Figure left_over(const Measurement& measured, const ModelFit& best) {
  std::vector<double> count(measured.samples()), left;
  std::iota(count.begin(), count.end(), 1.0);
  for (std::size_t i = 0; i < best.curve.size(); ++i) left.push_back(data_of(measured)[i] - best.curve[i]);
  Figure figure{.title = fmt::format("Left over by {}", best.model),
                .caption = "Measured less fit, in order of time; a pattern here is what the model does not know.",
                .x = {is_loop(measured) ? "sample" : "pulse", ""},
                .y = {"residual", is_loop(measured) ? "A" : "S"}};
  figure.series.push_back({.name = "residual", .x = count, .y = left, .kind = Series::Kind::Points});
  return figure;
}

Table ranking_of(const std::vector<ModelFit>& fits) {
  Table table{.title = "Ranking",
              .caption = "NRMSE: root mean square over the range of the data. BIC: lower is better.",
              .header = {"model", "NRMSE [%]", "BIC", "parameters"}};
  for (const ModelFit& fit : fits)
    table.rows.push_back({fit.model, fmt::format("{:.2f}", 100 * fit.nrmse), fmt::format("{:.1f}", fit.bic),
                          fmt::format("{}", fit.parameters.size())});
  return table;
}

Table parameters_of(const ModelFit& fit) {
  Table table{.title = fmt::format("Parameters of {}", fit.model),
              .caption = "With 95 % confidence; the whole range where the data do not determine one.",
              .header = {"parameter", "unit", "value", "low", "high"}};
  for (const FittedParameter& p : fit.parameters)
    table.rows.push_back(
        {p.name, p.unit, fmt::format("{:.4g}", p.value), fmt::format("{:.4g}", p.low), fmt::format("{:.4g}", p.high)});
  return table;
}

}  // namespace

std::string fit_picture(const std::string& file, const Measurement& measured, const std::vector<ModelFit>& fits,
                        const Common& common) {
  const ModelFit& best = fits.front();
  const std::string title =
      fmt::format("{}: {}", std::filesystem::path(measured.source).filename().string(), best.model);
  const std::string lead = fmt::format("{} samples, NRMSE {:.2f} %.", measured.samples(), 100 * best.nrmse);
  std::vector<Figure> figures{fit_figure(measured, fits), left_over(measured, best)};
  if (!file.ends_with(".html")) return to_svg({.title = title, .subtitle = lead, .figures = std::move(figures)});
  Page page{.title = title, .lead = lead, .tables = {ranking_of(fits), parameters_of(best)}};
  page.panels.push_back({std::move(figures)});
  for (const std::string& assumption : measured.assumptions) page.provenance.emplace_back("assumed", assumption);
  page.provenance.emplace_back("command", common.command);
  page.provenance.emplace_back("version", version);
  return to_html(page);
}

}  // namespace assimilaate::cli
