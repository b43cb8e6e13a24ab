/** What the three stacked panels of every picture are drawn with: axes, torn bars, the running total, handles. */
import { ticks } from "./d3.js";
import { number, superscript } from "./format.js";

/** Named <g> layers in drawing order; all but "handles" are hidden from screen readers, which get the sliders and the sentence. */
export function layers(svg, names) {
  return Object.fromEntries(names.map((name) => [name, svg.append("g").attr("class", `kl-${name}`).attr("aria-hidden", name === "handles" ? null : "true")]));
}

/** Hatching for what counts negative. Returns the paint. */
export function hatch(svg, uid) {
  const pattern = svg.append("defs").append("pattern").attr("id", `${uid}-hatch`).attr("width", 6).attr("height", 6)
    .attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)");
  pattern.append("rect").attr("class", "kl-hatch-ground").attr("width", 6).attr("height", 6);
  pattern.append("rect").attr("class", "kl-hatch-line").attr("width", 2.5).attr("height", 6);
  return `url(#${uid}-hatch)`;
}

const tidyTick = (t) => (Math.abs(t) >= 1e-3 || t === 0 ? String(Number(t.toPrecision(4))).replace("-", "−") : number(t));

/** The tick at 10^t of a logarithmic axis. */
export const power = (t) => (t === 0 ? "1" : `10${superscript(String(t))}`);

/** Horizontal grid lines with their values at the left. */
export function axis(layer, name, scale, { left, right, count = 4, format = tidyTick }) {
  const data = ticks(...scale.domain, count);
  const rows = layer.selectAll(`g.kl-axis-${name}`).data([0]).join("g").attr("class", `kl-axis kl-axis-${name}`);
  rows.selectAll("line").data(data).join("line").attr("x1", left).attr("x2", right)
    .attr("y1", (t) => Math.round(scale(t)) + 0.5).attr("y2", (t) => Math.round(scale(t)) + 0.5).classed("kl-zero", (t) => t === 0 && format === tidyTick);
  rows.selectAll("text").data(data).join("text").attr("x", left - 8).attr("y", (t) => scale(t) + 4).attr("text-anchor", "end").text(format);
}

/** Titles above the panels: rows of [y, parts], each part [text, class]. */
export function titles(layer, rows) {
  layer.selectAll("text.kl-title").data(rows).join("text").attr("class", "kl-title").attr("x", 0).attr("y", ([y]) => y)
    .selectAll("tspan").data(([, parts]) => parts).join("tspan").attr("class", ([, name]) => name ?? null).text(([text]) => text);
}

/** How far an axis must reach for values up to `size`: never below `floor`, unless all is so small that a magnified axis serves better. */
export function reach(size, floor) {
  const needed = 1.12 * size;
  if (size === 0 || needed > 0.2 * floor) return Math.max(floor, needed);
  const power = 10 ** Math.floor(Math.log10(floor / needed));
  return floor / (power * [5, 2, 1].find((digit) => needed <= floor / (power * digit)));
}

/** The magnification of an axis, as a note; empty where there is none. */
export const magnified = (extent, floor) => (extent < 0.99 * floor ? `magnified ×${number(Math.round(floor / extent), 0)}` : "");

const TEETH = 4;
/** Outline of a bar from y0 to y1 whose far end is torn off: it goes on for ever. */
export function torn(x, width, y0, y1) {
  const depth = 5 * Math.sign(y1 - y0);
  const tear = Array.from({ length: TEETH + 1 }, (_, k) => `L${x + (width * k) / TEETH},${k % 2 ? y1 - depth : y1}`);
  return `M${x},${y0}${tear.join("")}L${x + width},${y0}Z`;
}

/** Outline of a plain bar, with as many points as a torn one so that one can become the other. */
export const bar = (x, width, y0, y1) => `M${x},${y0}${Array.from({ length: TEETH + 1 }, (_, k) => `L${x + (width * k) / TEETH},${y1}`).join("")}L${x + width},${y0}Z`;

/**
 * The running total beside the contributions: gains stacked up, losses hatched down from their top; where they end is D(P‖Q).
 * @param {{x: number, width: number, scale: Function, parts: {id: number, value: number}[], total: number, hatching: string, over: number, label: string}} at
 */
export function runningTotal(layer, { x, width, scale, parts, total, hatching, over, label }) {
  const infinite = total === Infinity;
  const half = (width - 2) / 2;
  let level = 0;
  const place = (part) => {
    const from = level;
    level += part.value;
    return { ...part, from, to: level };
  };
  const finite = parts.filter(({ value }) => Number.isFinite(value));
  const gains = finite.filter(({ value }) => value > 0).map(place);
  const losses = finite.filter(({ value }) => value < 0).map(place);
  const top = scale.range[1] - over;
  layer.selectAll("path.kl-sum").data([...gains, ...losses], ({ id }) => id).join("path")
    .attr("class", ({ value }) => `kl-sum ${value > 0 ? "kl-gain" : "kl-loss"}`)
    .attr("fill", ({ value }) => (value > 0 ? null : hatching))
    .attr("d", ({ value, from, to }) => bar(value > 0 ? x : x + half + 2, half, scale(from), scale(to)));
  layer.selectAll("path.kl-endless").data(infinite ? [0] : []).join("path").attr("class", "kl-gain kl-endless").attr("d", torn(x, half, scale(0), top));
  const at = infinite ? top : scale(Math.max(0, total));
  layer.selectAll("line.kl-net").data([0]).join("line").attr("class", "kl-net").attr("x1", x - 5).attr("x2", x + width + 5).attr("y1", at).attr("y2", at).attr("visibility", infinite ? "hidden" : null);
  const textY = infinite ? scale.range[1] + 12 : Math.min(at + 4, scale.range[0] - 4);
  layer.selectAll("text.kl-net-label").data([label]).join("text").attr("class", "kl-net-label").attr("x", x + width + 7).attr("y", textY).text((d) => d);
}

/** One focusable slider per datum {id, x, y, label, now, text, least, most, kind, width, fixed}; `kind` is its class. */
export function handles(layer, data) {
  const TARGET = 44;
  layer.selectAll("g.kl-handle").data(data, ({ id }) => id).join((enter) => {
    const handle = enter.append("g").attr("role", "slider").attr("tabindex", 0).attr("data-kl-handle", ({ id }) => id);
    handle.append("rect").attr("class", "kl-target").attr("x", -TARGET / 2).attr("y", -TARGET / 2).attr("width", TARGET).attr("height", TARGET);
    handle.append("rect").attr("class", "kl-ring");
    handle.append("rect").attr("class", "kl-grip").attr("data-kl-grip", "");
    return handle;
  })
    .attr("class", ({ kind, fixed }) => `kl-handle ${kind}${fixed ? " kl-fixed" : ""}`)
    .attr("transform", ({ x, y }) => `translate(${x},${y})`)
    .attr("aria-label", ({ label }) => label)
    .attr("aria-orientation", ({ orientation }) => orientation)
    .attr("aria-valuemin", ({ least }) => least).attr("aria-valuemax", ({ most }) => most).attr("aria-valuenow", ({ now }) => now)
    .attr("aria-valuetext", ({ text }) => text)
    .attr("aria-disabled", ({ fixed }) => (fixed ? "true" : null))
    .each(function ({ width, height }) {
      for (const [child, grow] of [[this.children[1], 4], [this.children[2], 0]]) {
        const w = width + 2 * grow;
        const tall = height + 2 * grow;
        for (const [name, value] of [["x", -w / 2], ["y", -tall / 2], ["width", w], ["height", tall], ["rx", Math.min(w, tall) / 2]]) child.setAttribute(name, value);
      }
    });
}
