#include "assimilaate/report/internal/style.hpp"

namespace assimilaate::report {

std::string_view style() {
  return R"(
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2024;--soft:#5b636b;--rule:#e3e6e9;--card:#f6f7f8;
--c0:#0072b2;--c1:#c65102;--c2:#00805c;--c3:#a8528a;--c4:#8a6a00;--c5:#2b8cbe;--c6:#444c55}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--ink:#e6e9ec;--soft:#9aa4ae;--rule:#2b3137;--card:#1c2024;
--c0:#56b4e9;--c1:#ff8a3c;--c2:#2fc795;--c3:#e08fc4;--c4:#e6c229;--c5:#8fd0ff;--c6:#c3cad1}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:1240px;margin:0 auto;padding:clamp(16px,4vw,48px) clamp(14px,4vw,40px)}
h1{font-size:clamp(1.5rem,4.5vw,2.2rem);line-height:1.15;letter-spacing:-.015em;margin:0 0 .5rem;text-wrap:balance}
h2{font-size:1.06rem;line-height:1.3;margin:0 0 .5rem}
.lead{font-size:clamp(1.02rem,2.2vw,1.2rem);line-height:1.45;color:var(--soft);max-width:46em;margin:0 0 1.5rem}
.panel{display:grid;gap:2rem 3rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));padding:1.75rem 0;border-top:1px solid var(--rule)}
figure{margin:0;min-width:0}
figure.square{max-width:520px}
figcaption,.caption{color:var(--soft);font-size:.92rem;line-height:1.45;margin:.5rem 0 0;max-width:44em}
.note{display:block;font-style:italic}
.nothing{border:1px dashed var(--soft);border-radius:6px;color:var(--soft);padding:4rem 1rem;text-align:center;margin:0}
.plot{display:block;width:100%;height:auto;overflow:visible}
.plot svg{overflow:hidden}
svg text{font-size:12.5px;fill:var(--soft)}
svg .tick{font-size:12px}svg .axis-title{fill:var(--ink)}
svg .name{font-weight:600;paint-order:stroke;stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}
.grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}
.level{fill:none;stroke:var(--soft);stroke-width:1.5}.diagonal{stroke:var(--soft);stroke-dasharray:1 4;stroke-linecap:round;stroke-width:1.5}
.neutral{color:var(--soft)}.leader{fill:none;stroke:currentColor;stroke-width:1;opacity:.55}
.dashed{stroke-dasharray:6 4}
.line{fill:none;stroke:currentColor;stroke-width:2.25;stroke-linejoin:round}
.faint{stroke-width:1;opacity:.45}
.error{fill:none;stroke:currentColor;stroke-width:1.25}
.mark{fill:currentColor;stroke:var(--ground);stroke-width:1}
.cloud{fill:none;stroke:currentColor;stroke-width:3;stroke-linecap:round;opacity:.5}
.bar{fill:currentColor;fill-opacity:.55}
svg text.name{fill:currentColor}
.c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}.c4{color:var(--c4)}.c5{color:var(--c5)}.c6{color:var(--c6)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:0 0 .4rem;padding:0;font-size:.92rem}
.legend svg{vertical-align:-2px;margin-right:.4em}
.table{padding:1.5rem 0;border-top:1px solid var(--rule)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.95rem}
th,td{text-align:left;padding:.4rem 1.4rem .4rem 0;border-bottom:1px solid var(--rule);vertical-align:baseline}
th{color:var(--soft);font-weight:600;font-size:.86rem;vertical-align:bottom}
td.number,th.number{text-align:right;white-space:nowrap}
footer{border-top:1px solid var(--rule);padding:1.25rem 0 0;color:var(--soft);font-size:.86rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:0}
dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.95em}
@media (min-width:900px){.panel.single figure:not(.square){display:grid;grid-template-columns:minmax(0,680px) minmax(0,1fr);column-gap:2.5rem}
.panel.single figure>*{grid-column:1}.panel.single figure>figcaption{grid-column:2;grid-row:2/span 2;align-self:center}}
@media print{:root{--ground:#fff;--ink:#000;--soft:#444;--rule:#ccc;--c0:#0072b2;--c1:#c65102;--c2:#00805c;--c3:#a8528a;--c4:#8a6a00;--c5:#2b8cbe;--c6:#444c55}
main{max-width:none;padding:0}figure,.table,tr{break-inside:avoid}.scroll{overflow:visible}
body{-webkit-print-color-adjust:exact;print-color-adjust:exact;font-size:11pt}}
)";
}

}  // namespace assimilaate::report
