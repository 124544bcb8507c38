#include "assimilaate/report/internal/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/report/internal/labels.hpp"
#include "assimilaate/report/internal/marks.hpp"
#include "assimilaate/report/internal/text.hpp"

namespace assimilaate::report {
namespace {

using Kind = Series::Kind;

/// As much of a name as fits, the rest in its hover title.
std::string shortened(std::string_view name, double width) {
  if (text_width(name) <= width) return std::string(name);
  std::string out;
  while (!name.empty() && text_width(out) < width - 10) append_utf8(out, take_code_point(name));
  return out + "…";
}

std::string axes_svg(const Layout& layout) {
  std::string out;
  for (const Tick& tick : layout.y.ticks) {
    const double y = layout.y.place(tick.value);
    out += fmt::format(
        "<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"/><text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" "
        "text-anchor=\"end\">{}</text>",
        layout.left, y, layout.right, layout.left - 6, y + 4, escape(tick.text));
  }
  double free_from = 0;
  for (const Tick& tick : layout.x.ticks) {
    const double x = layout.x.place(tick.value), half = text_width(tick.text) / 2;
    out += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>", x, layout.top, layout.bottom);
    if (x - half < free_from) continue;
    free_from = x + half + 6;
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", x,
                       layout.bottom + 17, escape(tick.text));
  }
  out += fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", layout.left, layout.bottom, layout.right);
  out += fmt::format("<text class=\"axis-title\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                     (layout.left + layout.right) / 2, layout.bottom + 38, escape(layout.x.title));
  out += fmt::format("<text class=\"axis-title\" x=\"4\" y=\"14\">{}</text>", escape(layout.y.title));
  return out;
}

/// Names at the right of the plot, joined to their lines by a thin leader.
std::string margin_names(const Layout& layout) {
  std::vector<const Shown*> named;
  std::vector<double> wanted;
  for (const Shown& shown : layout.shown) {
    if (!named_in_margin(layout, shown)) continue;
    named.push_back(&shown);
    wanted.push_back(std::clamp(layout.y.place(shown.marks.back().y), layout.top, layout.bottom));
  }
  const auto places = spread(wanted, 15, layout.top, layout.bottom);
  std::string out;
  for (std::size_t i = 0; i < named.size(); ++i) {
    const bool level = named[i]->series->kind == Kind::Level;
    const double from = level ? layout.right : layout.x.place(named[i]->marks.back().x) + 5;
    const std::string& name = named[i]->series->name;
    out += fmt::format(
        "<g class=\"{}\"><path class=\"leader\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/><text class=\"name\" x=\"{:.1f}\" "
        "y=\"{:.1f}\">{}<title>{}</title></text></g>",
        level ? "neutral" : fmt::format("c{}", named[i]->colour), from, wanted[i], layout.right + 13, places[i],
        layout.right + 16, places[i] + 4, escape(shortened(name, layout.width - layout.right - 18)), escape(name));
  }
  return out;
}

/// A line keeps words off along its whole length, in steps of a few pixels.
void occupy_stretch(Placer& placer, const Layout& layout, const Mark& from, const Mark& to) {
  const double x = layout.x.place(from.x), y = layout.y.place(from.y);
  const double dx = layout.x.place(to.x) - x, dy = layout.y.place(to.y) - y;
  const int steps = 1 + static_cast<int>(std::hypot(dx, dy) / 4);
  for (int i = 1; i < steps; ++i) {
    const double at_x = x + dx * i / steps, at_y = y + dy * i / steps;
    placer.occupy({at_x - 1.5, at_y - 1.5, at_x + 1.5, at_y + 1.5});
  }
}

/// Ground that words inside the plot keep off: marks, lines and levels.
Placer taken_ground(const Layout& layout) {
  Placer placer({layout.left, layout.top - 12, layout.right + 8, layout.bottom});
  for (const Shown& shown : layout.shown) {
    if (shown.series->kind == Kind::Bars || shown.marks.size() > 100) continue;
    for (std::size_t i = 0; i < shown.marks.size(); ++i) {
      const Mark& mark = shown.marks[i];
      const double x = layout.x.place(mark.x), y = layout.y.place(mark.y);
      if (shown.series->kind == Kind::Level)
        placer.occupy({layout.left, y - 1, layout.right, y + 1});
      else
        placer.occupy({x - 4, y - 4, x + 4, y + 4});
      if (shown.series->kind == Kind::Line && i > 0 && mark.follows)
        occupy_stretch(placer, layout, shown.marks[i - 1], mark);
    }
  }
  return placer;
}

/// Words beside marks: point labels, and the names of lines that end inside the plot. @param legend gets what found no
/// room
std::string names_inside(const Layout& layout, std::vector<const Shown*>& legend) {
  Placer placer = taken_ground(layout);
  std::string out;
  const auto write = [&](const Shown& shown, const Mark& mark, const std::string& words, bool must) {
    const double x = layout.x.place(mark.x), y = layout.y.place(mark.y);
    auto place = placer.place(x, y, words);
    if (!place && must) place = Placed{x, y - 8, "middle"};
    if (place)
      out += fmt::format("<text class=\"name c{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>",
                         shown.colour, place->x, place->y, place->anchor, escape(words));
    return place.has_value();
  };
  for (const Shown& shown : layout.shown) {
    if (layout.shown.size() == 1 || shown.marks.empty() || shown.series->name.empty() ||
        named_in_margin(layout, shown) || !layout.y.holds(shown.marks.back().y))
      continue;
    const bool line = shown.series->kind == Kind::Line && !layout.legend;
    const bool beside =
        line || (shown.series->kind == Kind::Points && shown.marks.size() == 1 && shown.series->labels.empty());
    if (!beside || !write(shown, shown.marks.back(), shown.series->name, false)) legend.push_back(&shown);
  }
  for (const Shown& shown : layout.shown)
    for (const Mark& mark : shown.marks)
      if (layout.holds(mark) && mark.index < shown.series->labels.size() && !shown.series->labels[mark.index].empty())
        write(shown, mark, shown.series->labels[mark.index], true);
  return out;
}

std::string legend_html(const std::vector<const Shown*>& legend) {
  if (legend.empty()) return "";
  std::string out = "<ul class=\"legend\">";
  for (const Shown* shown : legend)
    out += fmt::format("<li><svg class=\"c{}\" width=\"14\" height=\"14\" aria-hidden=\"true\">{}</svg>{}</li>",
                       shown->colour, legend_sign(*shown), escape(shown->series->name));
  return out + "</ul>";
}

std::string plot_html(const Figure& figure, const Layout& layout) {
  const Drawing drawing = draw(figure, layout);
  return legend_html(drawing.legend) +
         fmt::format("<svg class=\"plot\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">", layout.width,
                     layout.height, escape(figure.title)) +
         drawing.svg + "</svg>";
}

}  // namespace

std::string legend_sign(const Shown& shown) {
  const bool line = shown.series->kind == Kind::Line && shown.marks.size() > most_titled_marks;
  if (line) return fmt::format("<path class=\"line{}\" d=\"M0 7h14\"/>", shown.series->dashed ? " dashed" : "");
  return fmt::format("<path class=\"mark\" d=\"{}\"/>",
                     shown.series->kind == Kind::Bars ? "M1 1h12v12h-12z" : shape_path(shown.colour, 7, 7));
}

Drawing draw(const Figure& figure, const Layout& layout) {
  Drawing drawing;
  const std::string inside = names_inside(layout, drawing.legend);
  std::string marks;
  for (const bool levels : {true, false})
    for (const Shown& shown : layout.shown)
      if ((shown.series->kind == Kind::Level) == levels) marks += marks_svg(layout, shown, figure);
  if (figure.square)
    marks = fmt::format("<path class=\"diagonal\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>", layout.left, layout.bottom,
                        layout.right, layout.top) +
            marks;
  drawing.svg = axes_svg(layout) + marks + inside + margin_names(layout);
  return drawing;
}

std::string figure_html(const Figure& figure) {
  const Layout layout = lay_out(figure);
  std::string out = fmt::format("<figure{}>", figure.square ? " class=\"square\"" : "");
  if (!figure.title.empty()) out += "<h2>" + escape(figure.title) + "</h2>";
  out += layout.empty() ? "<p class=\"nothing\">Nothing to draw.</p>" : plot_html(figure, layout);
  std::string notes;
  for (const std::string& note : layout.notes) notes += (notes.empty() ? "" : " ") + note;
  if (!figure.caption.empty() || !notes.empty()) {
    out += "<figcaption>" + escape(figure.caption);
    if (!notes.empty()) out += " <span class=\"note\">" + escape(notes) + "</span>";
    out += "</figcaption>";
  }
  return out + "</figure>";
}

}  // namespace assimilaate::report
