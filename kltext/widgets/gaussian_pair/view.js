/**
 * The Gaussian pair's picture: two densities on top, the parabola r in the middle, the integrand p·r below, on one axis of x.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { area, line, select, ticks } from "../shared/d3.js";
import { number, spoken } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, handles, hatch, layers, magnified, power, reach, runningTotal, titles } from "../shared/stage.js";
import { NATS } from "../shared/divergence.js";
import { LIMITS, crossings, density, logRatio } from "./math.js";

const DECADES = 5; // shown of a logarithmic axis
const FLOOR = { nats: 1, bits: 1.5 };

/** How far each axis must reach for this state. */
export function extents(state) {
  const { mean_p, std_p, mean_q, std_q, unit } = state;
  const peak = Math.max(density(0, 0, std_p), density(0, 0, std_q));
  let ratio = 0;
  let gain = 0;
  let loss = 0;
  for (let z = -3; z <= 3; z += 0.125) {
    const x = mean_p + z * std_p;
    const r = logRatio(x, state) / NATS[unit];
    if (Math.abs(z) <= 2) ratio = Math.max(ratio, Math.abs(r));
    gain = Math.max(gain, density(x, mean_p, std_p) * r);
    loss = Math.max(loss, -density(x, mean_p, std_p) * r);
  }
  return {
    low: -Math.min(mean_p - 3.6 * std_p, mean_q - 3.6 * std_q), // negated, so that all extents grow upwards
    high: Math.max(mean_p + 3.6 * std_p, mean_q + 3.6 * std_q),
    peak: 1.12 * peak,
    ratio: reach(ratio, FLOOR[unit]),
    share: reach(Math.max(gain, 2 * loss), FLOOR[unit] * 0.3 * density(0, 0, std_p)),
  };
}

function layout(width, reached, logScale) {
  const narrow = width < 440;
  const left = narrow ? 34 : 44;
  const right = width - (narrow ? 72 : 112);
  const [h1, h2, h3] = narrow ? [150, 84, 112] : [176, 100, 128];
  const top1 = 40;
  const top2 = top1 + h1 + 54;
  const top3 = top2 + h2 + 46;
  const top = Math.log10(reached.peak * (logScale ? 4 : 1));
  return {
    narrow, left, right, width, top1, top2, top3, bottom: top3 + h3, height: top3 + h3 + 28,
    x: linear([-reached.low, reached.high], [left, right]),
    y: logScale ? linear([top - DECADES, top], [top1 + h1, top1]) : linear([0, reached.peak], [top1 + h1, top1]),
    r: linear([-reached.ratio, reached.ratio], [top2 + h2, top2]),
    c: linear([-reached.share / 2, reached.share], [top3 + h3, top3]),
  };
}

/** Where to evaluate: evenly over the picture, finely around each mean, and at the crossings. */
function samples(state, x) {
  const [low, high] = x.domain;
  const even = Array.from({ length: 161 }, (_, i) => low + ((high - low) * i) / 160);
  const fine = (mean, std) => Array.from({ length: 49 }, (_, i) => mean + ((i - 24) / 6) * std);
  return [...even, ...fine(state.mean_p, state.std_p), ...fine(state.mean_q, state.std_q), ...crossings(state)]
    .filter((value) => value >= low && value <= high).sort((a, b) => a - b);
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const clips = ["top", "middle"].map((name) => svg.select("defs").append("clipPath").attr("id", `${uid}-${name}`).append("rect"));
  const layer = layers(svg, ["axes", "bars", "total", "words", "handles"]);
  const path = (name) => layer.bars.append("path").attr("class", name);
  const drawn = {
    fill: path("kl-curve-fill").attr("clip-path", `url(#${uid}-top)`), p: path("kl-curve kl-curve-p").attr("clip-path", `url(#${uid}-top)`),
    q: path("kl-curve kl-curve-q").attr("clip-path", `url(#${uid}-top)`), r: path("kl-curve kl-curve-r").attr("clip-path", `url(#${uid}-middle)`),
    gain: path("kl-area kl-gain"), loss: path("kl-area kl-loss").attr("fill", hatching), c: path("kl-curve kl-curve-c"),
  };

  return function draw(state, { parts, numbers }, { width, reached }) {
    const at = layout(width, reached, state.log_scale);
    const scale = 1 / NATS[state.unit];
    const height = state.log_scale ? (mean, std) => (x) => -0.5 * Math.LOG10E * ((x - mean) / std) ** 2 - Math.log10(std * Math.sqrt(2 * Math.PI)) : (mean, std) => (x) => density(x, mean, std);
    const p = height(state.mean_p, state.std_p);
    const q = height(state.mean_q, state.std_q);
    const share = (x) => density(x, state.mean_p, state.std_p) * scale * logRatio(x, state);
    const xs = samples(state, at.x);
    const curve = (f, y) => line((x) => at.x(x), (x) => Math.max(-2e4, Math.min(2e4, y(f(x)))))(xs);
    const filled = (f, y, floor) => area((x) => at.x(x), floor, (x) => y(f(x)))(xs);

    svg.attr("width", width).attr("height", at.height).attr("viewBox", `0 0 ${width} ${at.height}`);
    [at.y, at.r].forEach((y, i) => clips[i].attr("x", at.left).attr("width", at.right - at.left).attr("y", y.range[1] - 2).attr("height", y.range[0] - y.range[1] + 3));

    const sides = { left: at.left, right: at.right };
    axis(layer.axes, "y", at.y, { ...sides, count: 3, ...(state.log_scale ? { format: power } : {}) });
    axis(layer.axes, "r", at.r, { ...sides, count: 3 });
    axis(layer.axes, "c", at.c, { ...sides, count: 3 });
    axisX(layer.axes, at);

    drawn.fill.attr("d", filled(p, at.y, at.y.range[0]));
    drawn.p.attr("d", curve(p, at.y));
    drawn.q.attr("d", curve(q, at.y));
    drawn.r.attr("d", curve((x) => scale * logRatio(x, state), at.r));
    drawn.gain.attr("d", filled((x) => Math.max(0, share(x)), at.c, at.c(0)));
    drawn.loss.attr("d", filled((x) => Math.min(0, share(x)), at.c, at.c(0)));
    drawn.c.attr("d", curve(share, at.c));

    runningTotal(layer.total, {
      x: at.right + (at.narrow ? 7 : 16), width: at.narrow ? 18 : 40, hatching, over: 0, total: numbers.kl_pq,
      scale: linear([0, Math.max(parts.gain, 1e-300) * 1.12], [at.c(0), at.top3]),
      parts: [{ id: 0, value: parts.gain }, { id: 1, value: parts.loss }], label: number(numbers.kl_pq, 3),
    });
    words(layer.words, state, at, reached);
    grips(layer, state, at, { p, q }, numbers);
    return at.right - at.left;
  };
}

function axisX(layer, at) {
  const row = layer.selectAll("g.kl-axis-x").data([0]).join("g").attr("class", "kl-axis kl-axis-x");
  const data = ticks(...at.x.domain, at.narrow ? 4 : 7);
  row.selectAll("line").data(data).join("line").attr("x1", at.x).attr("x2", at.x).attr("y1", at.top1).attr("y2", at.bottom);
  row.selectAll("text").data(data).join("text").attr("x", at.x).attr("y", at.bottom + 18).attr("text-anchor", "middle").text((t) => String(t).replace("-", "−"));
}

/** The mean is held at the top, the spread at one standard deviation: on P's right flank, on Q's left one. */
function grips(layer, state, at, curves, numbers) {
  const flank = { p: 1, q: -1 };
  const data = ["p", "q"].flatMap((which) => {
    const [mean, std] = [state[`mean_${which}`], state[`std_${which}`]];
    const name = which.toUpperCase();
    const outcome = `D(P‖Q) ${spoken(numbers.kl_pq)} ${state.unit}`;
    const side = mean + flank[which] * std;
    const common = { kind: `kl-handle-${which}`, orientation: "horizontal", which };
    const [m, s] = [LIMITS.mean, LIMITS.std];
    return [
      { ...common, id: `${which}:mean`, x: at.x(mean), y: at.y(curves[which](mean)), width: 22, height: 10, label: `Mean of ${name}`,
        least: Math.min(m[0], mean), most: Math.max(m[1], mean), now: mean, text: `mean ${spoken(mean, 2)}, ${outcome}` },
      { ...common, id: `${which}:std`, x: at.x(side), y: at.y(curves[which](side)), width: 12, height: 12, label: `Standard deviation of ${name}`,
        least: Math.min(s[0], std), most: Math.max(s[1], std), now: std, text: `standard deviation ${spoken(std, 2)}, ${outcome}` },
    ];
  });
  const spreads = data.filter(({ id }) => id.endsWith("std"));
  layer.words.selectAll("line.kl-spread").data(spreads, ({ id }) => id).join("line").attr("class", ({ which }) => `kl-spread kl-spread-${which}`)
    .attr("x1", ({ which }) => at.x(state[`mean_${which}`])).attr("x2", ({ x }) => x).attr("y1", ({ y }) => y).attr("y2", ({ y }) => y);
  const beside = (d) => (state.mean_p <= state.mean_q) === (d.which === "p") ? -1 : 1; // the left curve is named on its left
  layer.words.selectAll("text.kl-curve-name").data(data.filter(({ id }) => id.endsWith("mean")), ({ id }) => id).join("text")
    .attr("class", ({ which }) => `kl-curve-name kl-ink-${which}`).attr("text-anchor", (d) => (beside(d) < 0 ? "end" : "start"))
    .attr("x", (d) => d.x + 18 * beside(d)).attr("y", ({ y }) => y + 2).text(({ which }) => which.toUpperCase());
  handles(layer.handles, data);
}

function words(layer, state, at, reached) {
  const floor = FLOOR[state.unit];
  titles(layer, [
    [at.top1 - 26, [["densities of "], ["P", "kl-ink-p"], [" (solid) and "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 16, [["log-ratio "], ["r(x) = log p(x) − log q(x)", "kl-ink-r"], [`  ${magnified(reached.ratio, floor)}`, "kl-note"]]],
    [at.top3 - 16, [["integrand "], ["p(x) · r(x)", "kl-ink-gain"], [`  ${magnified(reached.share, floor * 0.3 * density(0, 0, state.std_p))}`, "kl-note"]]],
  ]);
  const gutter = at.right + (at.narrow ? 6 : 16);
  const hints = [[gutter, at.r(0) - 22, "likelier"], [gutter, at.r(0) - 8, "under P"], [gutter, at.r(0) + 18, "likelier"], [gutter, at.r(0) + 32, "under Q"]];
  layer.selectAll("text.kl-hint").data([...hints, [at.width, at.top3 - 16, "area = D(P‖Q)", "end"]]).join("text").attr("class", "kl-hint")
    .attr("x", ([x]) => x).attr("y", ([, y]) => y).attr("text-anchor", ([, , , anchor]) => anchor ?? "start").text(([, , text]) => text);
}
