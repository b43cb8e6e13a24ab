/**
 * The Gaussian pair's picture: two densities on top, the parabola r in the middle, the integrand p·r below, on one axis of x.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { spoken, spokenAmount, total } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { area, axis, axisRoom, curve, describeHandles, each, handles, hatch, layers, magnified, power, put, reach, runningTotal, titles } from "../shared/stage.js";
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
  const [h1, h2, h3] = narrow ? [150, 84, 112] : [176, 100, 128];
  const top1 = 40;
  const top2 = top1 + h1 + 54;
  const top3 = top2 + h2 + 46;
  const top = Math.log10(reached.peak * (logScale ? 4 : 1));
  const y = logScale ? linear([top - DECADES, top], [top1 + h1, top1]) : linear([0, reached.peak], [top1 + h1, top1]);
  const r = linear([-reached.ratio, reached.ratio], [top2 + h2, top2]);
  const c = linear([-reached.share / 2, reached.share], [top3 + h3, top3]);
  const left = Math.max(40, axisRoom(logScale ? [r, c] : [y, r, c]));
  const right = width - (narrow ? 72 : 112);
  return { narrow, left, right, width, top1, top2, top3, y, r, c, bottom: top3 + h3, height: top3 + h3 + 28, x: linear([-reached.low, reached.high], [left, right]) };
}

/** Where to evaluate: evenly over the picture, finely around each mean, and at the crossings. */
function samples(state, { domain: [low, high] }) {
  const even = Array.from({ length: 91 }, (_, i) => low + ((high - low) * i) / 90);
  const fine = (mean, std) => Array.from({ length: 25 }, (_, i) => mean + ((i - 12) / 4) * std);
  return [...even, ...fine(state.mean_p, state.std_p), ...fine(state.mean_q, state.std_q), ...crossings(state)]
    .filter((value) => value >= low && value <= high).sort((a, b) => a - b);
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const clips = ["top", "middle"].map((name) => svg.select("defs").append("clipPath").attr("id", `${uid}-${name}`).append("rect"));
  const layer = layers(svg, ["axes", "bars", "total", "titles", "words", "handles"]);
  const path = (name) => layer.bars.append("path").attr("class", name);
  const drawn = {
    fill: path("kl-curve-fill").attr("clip-path", `url(#${uid}-top)`), p: path("kl-curve kl-curve-p").attr("clip-path", `url(#${uid}-top)`),
    q: path("kl-curve kl-curve-q").attr("clip-path", `url(#${uid}-top)`), r: path("kl-curve kl-curve-r").attr("clip-path", `url(#${uid}-middle)`),
    gain: path("kl-area kl-gain"), loss: path("kl-area kl-loss").attr("fill", hatching), c: path("kl-curve kl-curve-c"),
  };

  let framed = "";

  function draw(state, { parts, numbers }, { width, reached }) {
    const at = layout(width, reached, state.log_scale);
    const height = state.log_scale ? logDensity : density;
    const xs = samples(state, at.x);
    const across = xs.map((x) => Math.round(10 * at.x(x)) / 10);
    const [ps, qs] = ["p", "q"].map((which) => xs.map((x) => at.y(height(x, state[`mean_${which}`], state[`std_${which}`]))));
    const ratios = xs.map((x) => logRatio(x, state) / NATS[state.unit]);
    const shares = xs.map((x, i) => density(x, state.mean_p, state.std_p) * ratios[i]);

    const frame = JSON.stringify([width, state.std_p, state.log_scale, state.unit, reached]);
    if (frame !== framed) furniture(layer, svg, clips, state, at, reached);
    framed = frame;

    put(drawn.fill, { d: area(across, ps, at.y.range[0]) });
    put(drawn.p, { d: curve(across, ps) });
    put(drawn.q, { d: curve(across, qs) });
    put(drawn.r, { d: curve(across, ratios.map(at.r)) });
    put(drawn.gain, { d: area(across, shares.map((share) => at.c(Math.max(0, share))), at.c(0)) });
    put(drawn.loss, { d: area(across, shares.map((share) => at.c(Math.min(0, share))), at.c(0)) });
    put(drawn.c, { d: curve(across, shares.map(at.c)) });

    runningTotal(layer.total, {
      x: at.right + (at.narrow ? 7 : 16), width: at.narrow ? 18 : 40, end: width, hatching, over: 0, total: numbers.kl_pq,
      scale: linear([0, Math.max(parts.gain, 1e-300) * 1.12], [at.c(0), at.top3]),
      parts: [parts.gain, parts.loss], label: total(numbers.kl_pq),
    });
    grips(layer, state, at, height, numbers);
    return at.right - at.left;
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

const logDensity = (x, mean, std) => -0.5 * Math.LOG10E * ((x - mean) / std) ** 2 - Math.log10(std * Math.sqrt(2 * Math.PI));

function axisX(layer, at) {
  const row = each(layer, "g", "kl-axis kl-axis-x", [0]);
  const data = ticks(...at.x.domain, at.narrow ? 4 : 7);
  put(row.selectAll("line").data(data).join("line"), { x1: at.x, x2: at.x, y1: at.top1, y2: at.bottom });
  put(row.selectAll("text").data(data).join("text"), { x: at.x, y: at.bottom + 18, "text-anchor": "middle" }, (t) => String(t).replace("-", "−"));
}

/** The mean is held at the top, the spread at one standard deviation: on P's right flank, on Q's left one. */
function grips(layer, state, at, height, numbers) {
  const flank = { p: 1, q: -1 };
  const data = ["p", "q"].flatMap((which) => {
    const [mean, std] = [state[`mean_${which}`], state[`std_${which}`]];
    const name = which.toUpperCase();
    const outcome = `D(P‖Q) ${spokenAmount(numbers.kl_pq, state.unit)}`;
    const side = mean + flank[which] * std;
    const common = { kind: `kl-handle-${which}`, orientation: "horizontal", which };
    const [m, s] = [LIMITS.mean, LIMITS.std];
    return [
      { ...common, id: `${which}:mean`, x: at.x(mean), y: at.y(height(mean, mean, std)), width: 22, height: 10, label: `Mean of ${name}`,
        least: Math.min(m[0], mean), most: Math.max(m[1], mean), now: mean, text: `mean ${spoken(mean, 2)}, ${outcome}` },
      { ...common, id: `${which}:std`, x: at.x(side), y: at.y(height(side, mean, std)), width: 12, height: 12, label: `Standard deviation of ${name}`,
        least: Math.min(s[0], std), most: Math.max(s[1], std), now: std, text: `standard deviation ${spoken(std, 2)}, ${outcome}` },
    ];
  });
  const spreads = data.filter(({ id }) => id.endsWith("std"));
  put(each(layer.words, "line", "kl-spread", spreads, ({ id }) => id), {
    class: ({ which }) => `kl-spread kl-spread-${which}`, x1: ({ which }) => at.x(state[`mean_${which}`]), x2: ({ x }) => x, y1: ({ y }) => y, y2: ({ y }) => y,
  });
  const beside = (d) => ((state.mean_p <= state.mean_q) === (d.which === "p") ? -1 : 1); // the left curve is named on its left
  put(each(layer.words, "text", "kl-curve-name", data.filter(({ id }) => id.endsWith("mean")), ({ id }) => id), {
    class: ({ which }) => `kl-ink-${which} kl-curve-name`, "text-anchor": (d) => (beside(d) < 0 ? "end" : "start"), x: (d) => d.x + 16 * beside(d), y: ({ y }) => y - 7,
  }, ({ which }) => which.toUpperCase());
  handles(layer.handles, data);
}

/** What stays while a curve moves: axes and titles. */
function furniture(layer, svg, clips, state, at, reached) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  [at.y, at.r].forEach((y, i) => put(clips[i], { x: at.left, width: at.right - at.left, y: y.range[1] - 2, height: y.range[0] - y.range[1] + 3 }));
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "y", at.y, { ...sides, count: 3, ...(state.log_scale ? { format: power } : {}) });
  axis(layer.axes, "r", at.r, { ...sides, count: 3 });
  axis(layer.axes, "c", at.c, { ...sides, count: 3 });
  axisX(layer.axes, at);
  const floor = FLOOR[state.unit];
  titles(layer.titles, [
    [at.top1 - 26, [["densities of "], ["P", "kl-ink-p"], [" (solid) and "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 16, [["log-ratio "], ["r(x) = log p(x) − log q(x)", "kl-ink-r"], [magnified(reached.ratio, floor, at.narrow), "kl-note"]]],
    [at.top3 - 16, [["integrand "], ["p(x) · r(x)", "kl-ink-gain"], [magnified(reached.share, floor * 0.3 * density(0, 0, state.std_p), at.narrow), "kl-note"]]],
  ]);
  const gutter = at.right + (at.narrow ? 6 : 16);
  const hints = [[gutter, at.r(0) - 22, "likelier"], [gutter, at.r(0) - 8, "under P"], [gutter, at.r(0) + 18, "likelier"], [gutter, at.r(0) + 32, "under Q"]];
  put(each(layer.titles, "text", "kl-hint", [...hints, [at.width, at.top3 - 16, "area = D(P‖Q)", "end"]]),
    { x: ([x]) => x, y: ([, y]) => y, "text-anchor": ([, , , anchor]) => anchor ?? "start" }, ([, , text]) => text);
}
