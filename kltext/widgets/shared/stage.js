/** What the three stacked panels of every picture are drawn with: axes, torn bars, the running total, handles. */
import { ticks } from "./d3.js";
import { setText } from "./dom.js";
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

const tidyTick = (t) => (Math.abs(t) >= 1e-3 || t === 0 ? String(Number(t.toPrecision(4))).replace("-", "−") : number(t).replace(/\.?0+·/, "·"));

/** Room that the tick values of these scales need at their left. */
export const axisRoom = (scales, count = 3, format = tidyTick) => 14 + 7 * Math.max(...scales.flatMap((scale) => ticks(...scale.domain, count).map((t) => format(t).length)));

/** The tick at 10^t of a logarithmic axis. */
export const power = (t) => (t === 0 ? "1" : `10${superscript(String(t))}`);

const known = new WeakMap();
/**
 * Write attributes (values, or functions of the datum) and text, but only where they changed: most of a picture stays as it
 * is while one bar moves, and what is written, even unchanged, is laid out again. Pixels are rounded to hundredths.
 */
export function put(selection, attributes, text = null) {
  return selection.each(function (datum) {
    let old = known.get(this);
    if (!old) known.set(this, (old = {}));
    for (const name in attributes) {
      const given = attributes[name];
      let value = typeof given === "function" ? given(datum) : given;
      if (typeof value === "number" && !name.startsWith("aria")) value = Math.round(100 * value) / 100;
      if (old[name] === value) continue;
      old[name] = value;
      if (value === null) this.removeAttribute(name);
      else this.setAttribute(name, value);
    }
    if (text === null) return;
    const words = typeof text === "function" ? text(datum) : text;
    if (old.text !== words) setText(this, (old.text = words));
  });
}

const found = new WeakMap();
/**
 * The elements of a layer that stand for the data, in their order. They are looked for anew only where there are more or
 * others than before: most pictures move what is there.
 */
function joined(layer, selector, data, key, enter) {
  const node = layer.node();
  if (!found.has(node)) found.set(node, {});
  const kept = found.get(node);
  const keys = key ? data.map(key) : data.map((_, i) => i);
  const old = kept[selector];
  if (old && old.keys.length === keys.length && keys.every((name, i) => name === old.keys[i] && old.nodes[i].parentNode === node)) {
    return old.selection.datum((_, i) => data[i]);
  }
  const selection = layer.selectAll(selector).data(data, key).join(enter);
  kept[selector] = { keys, selection, nodes: selection.nodes() };
  return selection;
}

/** Elements named tag.class for the data, made as needed. The last word of `name` tells them from others of the layer. */
export const each = (layer, tag, name, data, key) =>
  joined(layer, `${tag}.${name.split(" ").at(-1)}`, data, key, (enter) => enter.append(tag).attr("class", name));

/** Horizontal grid lines with their values at the left. */
export function axis(layer, name, scale, { left, right, count = 4, format = tidyTick }) {
  const rows = each(layer, "g", `kl-axis kl-axis-${name}`, [0]);
  const data = ticks(...scale.domain, count);
  const y = (t) => Math.round(scale(t)) + 0.5;
  put(rows.selectAll("line").data(data).join("line"), { x1: left, x2: right, y1: y, y2: y, class: (t) => (t === 0 && format === tidyTick ? "kl-zero" : null) });
  put(rows.selectAll("text").data(data).join("text"), { x: left - 8, y: (t) => scale(t) + 4, "text-anchor": "end" }, format);
}

/** Titles above the panels: rows of [y, parts], each part [text, class]. */
export function titles(layer, rows) {
  const lines = put(each(layer, "text", "kl-title", rows), { x: 0, y: ([y]) => y });
  put(lines.selectAll("tspan").data(([, parts]) => parts).join("tspan"), { class: ([, name]) => name ?? null }, ([text]) => text);
}

/** How far an axis must reach for values up to `size`: never below `floor`, unless all is so small that a magnified axis serves better. */
export function reach(size, floor) {
  const needed = 1.12 * size;
  if (size === 0 || needed > 0.2 * floor) return Math.max(floor, needed);
  const power = 10 ** Math.floor(Math.log10(floor / needed));
  return floor / (power * [5, 2, 1].find((digit) => needed <= floor / (power * digit)));
}

/** The magnification of an axis, as a note; empty where there is none. */
export const magnified = (extent, floor, narrow) => (extent < 0.99 * floor ? `  ${narrow ? "" : "magnified "}×${number(Math.round(floor / extent), 0)}` : "");

const TEETH = 4; // flanks of the torn end
const round = (pixel) => Math.round(100 * pixel) / 100;
/**
 * Outline of a bar from y0 to y1; one that goes on for ever is torn off at its far end. Both have as many points, so that
 * one can become the other. A whole series stands in one path: moving it is one change.
 */
export function bar(x, width, y0, y1, torn = false) {
  const step = round(width / TEETH);
  const depth = torn ? 5 * Math.sign(y1 - y0) : 0;
  const tooth = `l${step},${-depth}l${step},${depth}`;
  const foot = round(y0);
  return `M${round(x)},${foot}V${round(y1)}${tooth}${tooth}V${foot}Z`;
}

/** A bar about x from zero to value; an infinite one leaves its frame by so many pixels, torn off; where there is none, its points lie in one place. */
export function column(x, width, scale, value, over) {
  if (Number.isNaN(value)) return bar(x, 0, scale(0), scale(0));
  const start = x - width / 2;
  if (Number.isFinite(value)) return bar(start, width, scale(0), scale(value));
  return bar(start, width, scale(0), value > 0 ? scale.range[1] - over : scale.range[0] + over, true);
}

const tenth = (pixel) => Math.round(10 * Math.max(-2000, Math.min(2000, pixel))) / 10; // far outside the frame is far enough

/** Outline of a curve through the pixels (x[i], y[i]). d3-shape would do, at several times the cost for each frame. */
export function curve(x, y) {
  let path = "";
  for (let i = 0; i < x.length; i++) path += `${i ? "L" : "M"}${x[i]},${tenth(y[i])}`;
  return path;
}

/** Outline of the area between that curve and a level. */
export const area = (x, y, level) => (x.length ? `${curve(x, y)}V${tenth(level)}H${x[0]}Z` : "");

/**
 * The running total beside the contributions: gains stacked up, losses hatched down from their top; where they end is D(P‖Q).
 * @param {{x: number, width: number, end: number, scale: Function, parts: number[], total: number, hatching: string, over: number, label: string}} at
 */
export function runningTotal(layer, { x, width, end, scale, parts, total, hatching, over, label }) {
  const infinite = total === Infinity;
  const half = (width - 2) / 2;
  let level = 0;
  const place = (part) => ({ from: level, to: (level += part) });
  const finite = parts.filter(Number.isFinite);
  const gains = finite.filter((part) => part > 0).map(place);
  const losses = finite.filter((part) => part < 0).map(place);
  const top = scale.range[1] - over;
  const stack = (kind, steps, left, fill) =>
    put(each(layer, "path", `kl-sum kl-${kind} kl-sum-${kind}`, [0]), { fill, d: steps.map(({ from, to }) => bar(left, half, scale(from), scale(to))).join("") });
  stack("gain", gains, x, null);
  stack("loss", losses, x + half + 2, hatching);
  put(each(layer, "path", "kl-gain kl-endless", infinite ? [0] : []), { d: bar(x, half, scale(0), top, true) });
  const net = infinite ? top : scale(Math.max(0, total));
  put(each(layer, "line", "kl-net", [0]), { x1: x - 5, x2: x + width + 5, y1: net, y2: net, visibility: infinite ? "hidden" : null });
  const fits = label.length < 7; // beside the bars, or else below them
  put(each(layer, "text", "kl-net-label", [0]), {
    x: fits ? x + width + 7 : end, "text-anchor": fits ? "start" : "end", y: !fits ? scale(0) + 18 : infinite ? scale.range[1] + 12 : Math.min(net + 4, scale.range[0] - 4),
  }, label);
}

const TARGET = 44;
const sized = new WeakMap();

/** One focusable slider per datum {id, kind, x, y, width, height, orientation, label, least, most, now, text, fixed}; `kind` is its class. */
export function handles(layer, data) {
  const all = joined(layer, "g.kl-handle", data, ({ id }) => id, (enter) => {
    const handle = enter.append("g").attr("role", "slider").attr("tabindex", 0).attr("data-kl-handle", ({ id }) => id);
    handle.append("rect").attr("class", "kl-target").attr("x", -TARGET / 2).attr("y", -TARGET / 2).attr("width", TARGET).attr("height", TARGET);
    handle.append("rect").attr("class", "kl-ring");
    handle.append("rect").attr("class", "kl-grip").attr("data-kl-grip", "");
    return handle;
  });
  put(all, {
    class: ({ kind, fixed }) => `kl-handle ${kind}${fixed ? " kl-fixed" : ""}`,
    transform: ({ x, y }) => `translate(${round(x)},${round(y)})`,
  });
  const grown = all.filter(function ({ width, height }) {
    const size = `${width} ${height}`;
    return sized.get(this) !== size && sized.set(this, size);
  });
  if (grown.empty()) return;
  const pill = (grow) => ({
    x: ({ width }) => -width / 2 - grow, y: ({ height }) => -height / 2 - grow, width: ({ width }) => width + 2 * grow, height: ({ height }) => height + 2 * grow,
    rx: ({ width, height }) => Math.min(width, height) / 2 + grow,
  });
  put(grown.select(".kl-ring"), pill(4));
  put(grown.select(".kl-grip"), pill(0));
}

/** What assistive technology says of the handles, as last drawn. */
export function describeHandles(layer) {
  put(layer.selectAll("g.kl-handle"), {
    "aria-label": ({ label }) => label,
    "aria-orientation": ({ orientation }) => orientation,
    "aria-valuemin": ({ least }) => least, "aria-valuemax": ({ most }) => most, "aria-valuenow": ({ now }) => now,
    "aria-valuetext": ({ text }) => text,
    "aria-disabled": ({ fixed }) => (fixed ? "true" : null),
  });
}
