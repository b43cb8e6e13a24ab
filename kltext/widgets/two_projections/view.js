/**
 * The picture of the two projections: P and its two fits on top; below, on the same axis of x, the landscape of one objective
 * over (μ, log σ) with the walk down it and its every local minimum; at the foot, where the best reverse fit of a symmetric P stands.
 * Everything is drawn from the state; nothing is remembered but the elements and the last landscape.
 */
import { contour, outline } from "../shared/contour.js";
import { select, ticks } from "../shared/d3.js";
import { number, spoken, spokenAmount } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axis, curve, describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { drawFamilies, drawHere } from "./branches.js";
import { RISES, forward as forwardMap, reverse as reverseMap } from "./contours.js";
import { LIMITS, zero } from "./math.js";
import { logDensity, logNormal } from "./mixture.js";

const [COLUMNS, ROWS] = [64, 32];
const SIGMAS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
const CURVES = 128;
const tenth = (pixel) => Math.round(10 * pixel) / 10;

const outwards = (value, step) => step * Math.ceil(value / step - 1e-9);

/** How far each axis must reach for this state; all extents grow. In steps, for axes that creep with the hand are laid out anew in each frame. */
export function extents(state, { law, forward, optima, end }) {
  const { means, stds } = law;
  const places = optima.map(({ mean }) => mean);
  const spreads = [...stds, state.start_std, ...optima.map(({ std }) => std)];
  const peak = Math.max(...means.map((x) => Math.exp(logDensity(law, x))), Math.exp(logNormal(0, 0, forward.std)), Math.exp(logNormal(0, 0, end.std)));
  return {
    left: outwards(-Math.min(state.start_mean - 0.6, ...means.map((mean, i) => mean - Math.max(3 * stds[i], 1.5)), ...places), 0.5),
    right: outwards(Math.max(state.start_mean + 0.6, ...means.map((mean, i) => mean + Math.max(3 * stds[i], 1.5)), ...places), 0.5),
    peak: Math.exp(outwards(Math.log(1.1 * peak), 0.1)),
    narrow: outwards(-Math.log(Math.min(...spreads) / 1.5), 0.1),
    wide: outwards(Math.log(1.5 * Math.max(forward.std, ...spreads)), 0.1),
  };
}

function layout(width, reached) {
  const narrow = width < 440;
  const [h1, h2, h3] = narrow ? [150, 220, 110] : [170, 260, 120];
  const top1 = 40;
  const top2 = top1 + h1 + 58;
  const top3 = top2 + h2 + 78;
  const [left, right] = [40, width - 8];
  return {
    narrow, width, left, right, top1, top2, top3, height: top3 + h3 + 28,
    x: linear([-reached.left, reached.right], [left, right]), y: linear([0, reached.peak], [top1 + h1, top1]),
    s: linear([-reached.narrow, reached.wide], [top2 + h2, top2]),
    m: linear([0, 4], [left, right - 8]), b: linear([-0.25, 4], [top3 + h3, top3]),
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const clips = ["curves", "plane"].map((name) => svg.append("defs").append("clipPath").attr("id", `${uid}-${name}`).append("rect"));
  const layer = layers(svg, ["axes", "contours", "bars", "marks", "branches", "titles", "words", "handles"]);
  layer.bars.attr("clip-path", `url(#${uid}-curves)`);
  layer.contours.attr("clip-path", `url(#${uid}-plane)`);
  const path = (name) => layer.bars.append("path").attr("class", name);
  const drawn = {
    fill: path("kl-curve-fill"), p: path("kl-curve kl-curve-p"),
    forward: path("kl-curve kl-curve-q kl-fit-forward"), reverse: path("kl-curve kl-curve-q kl-fit-reverse"),
  };
  let [framed, placed] = ["", ""];
  let latest = null; // what the last picture was drawn from
  let survey = {}; // the landscape of a moment ago: what it is of, its values on a grid, and its lines once they are traced

  /** @param {?object} families the branches of the symmetric case, once they have been computed */
  function draw(state, measured, { width, reached, families }) {
    const at = layout(width, reached);
    const frame = JSON.stringify([width, reached, state.landscape, families?.jump]);
    latest = { state, measured, at };
    if (frame !== framed) {
      furniture(layer, svg, clips, state, at);
      if (families) drawFamilies(layer.branches, at, families);
      if (survey.objective !== state.landscape) measureMap();
      drawMap();
    }
    framed = frame;
    curves(drawn, measured, at);
    names(layer.words, measured, at);
    marks(layer, state, measured, at);
    if (families) drawHere(layer.branches, state, measured, at);
    grips(layer, state, measured, at);
    return { x: 1 / (at.x(1) - at.x(0)), s: 1 / (at.s(1) - at.s(0)) };
  }

  // The landscape is much to compute, and looked at rather than held: it follows a hand by a moment, in three steps.
  function measureMap() {
    const { state, measured, at } = latest;
    const key = JSON.stringify([at.x.domain, at.s.domain, state.landscape, measured.law]);
    if (key !== survey.key) survey = { key, objective: state.landscape, ...landscape(state, measured, at) };
  }
  const traceMap = () => { survey.lines ??= trace(survey); };
  function drawMap() {
    const { at } = latest;
    traceMap();
    const key = JSON.stringify([survey.key, at.width, at.x.domain, at.s.domain]);
    if (key !== placed) drawLandscape(layer.contours, survey.lines, at);
    placed = key;
  }

  return { draw, later: [measureMap, traceMap, drawMap, () => describeHandles(layer.handles)] };
}

function curves(drawn, { law, forward, end }, at) {
  const [low, high] = at.x.domain;
  const around = (mean, std) => Array.from({ length: 25 }, (_, i) => mean + ((i - 12) / 4) * std);
  const even = Array.from({ length: CURVES + 1 }, (_, i) => low + ((high - low) * i) / CURVES);
  const xs = [...even, ...law.means.flatMap((mean, i) => around(mean, law.stds[i])), ...around(end.mean, end.std)].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
  const across = xs.map((x) => tenth(at.x(x)));
  const heights = (log) => xs.map((x) => at.y(Math.exp(log(x))));
  const p = curve(across, heights((x) => logDensity(law, x)));
  put(drawn.fill, { d: `${p}V${at.y(0)}H${across[0]}Z` });
  put(drawn.p, { d: p });
  put(drawn.forward, { d: curve(across, heights((x) => logNormal(x, forward.mean, forward.std))) });
  put(drawn.reverse, { d: curve(across, heights((x) => logNormal(x, end.mean, end.std))) });
}

/** What each curve is, where it can be read: P on an outer flank, the fits above their tops. */
function names(layer, { law, forward, end }, at) {
  const top = (fit) => at.y(Math.exp(logNormal(0, 0, fit.std))) - 7;
  const inside = (x) => Math.max(at.left + 34, Math.min(at.right - 34, x));
  const outer = law.means[0] - 1.7 * law.stds[0] <= law.means[1] - 1.7 * law.stds[1] ? 0 : 1;
  const flank = law.means[outer] - 1.7 * law.stds[outer];
  const data = [
    { id: "p", ink: "p", text: "P", x: Math.max(at.left + 8, at.x(flank) - 8), y: at.y(Math.exp(logDensity(law, flank))) - 4 },
    { id: "reverse", ink: "q", text: "reverse", x: inside(at.x(end.mean)), y: Math.max(at.top1 - 2, top(end)) },
    { id: "forward", ink: "q", text: "forward", x: inside(at.x(forward.mean)), y: top(forward) },
  ];
  const [reverse, second] = data.slice(1);
  if (Math.abs(reverse.x - second.x) < 60 && Math.abs(reverse.y - second.y) < 15) second.y = reverse.y + (second.y < reverse.y && reverse.y > at.top1 + 14 ? -15 : 30);
  put(each(layer, "text", "kl-fit-name", data, ({ id }) => id), { class: ({ ink }) => `kl-ink-${ink} kl-fit-name`, x: ({ x }) => x, y: ({ y }) => y, "text-anchor": "middle" }, ({ text }) => text);
}

/** The chosen objective on a grid, and its least value. */
function landscape({ landscape: objective }, { law, forward, optima }, at) {
  const reverse = objective === "reverse";
  const least = reverse ? optima[0].value : forward.value;
  const on = [at.x.domain, at.s.domain, COLUMNS, ROWS];
  return { least, on, grid: reverse ? reverseMap(law, ...on) : forwardMap(forward, ...on) };
}

/** Its lines of equal height in μ and log σ, for each of the RISES. */
function trace({ least, on: [means, logs], grid }) {
  const [mean, log] = [linear([0, COLUMNS], means), linear([0, ROWS], logs)];
  return RISES.map((rise) => ({ rise, line: contour(grid, least + rise).map((points) => points.map(([i, j]) => [mean(i), log(j)])) }));
}

function drawLandscape(layer, lines, at) {
  put(each(layer, "path", "kl-level", lines), {
    d: ({ line }) => outline(line, ([mean, log]) => `${tenth(at.x(mean))},${tenth(at.s(log))}`),
    "stroke-opacity": ({ rise }) => (rise < 0.15 ? 1 : rise < 1 ? 0.75 : rise < 10 ? 0.5 : 0.3),
  });
}

/** Of the landscape that is shown: the walk down it and its every local minimum with its value; and the fit of the other direction. */
function marks(layer, { landscape: objective }, { forward, optima: minima, end, down }, at) {
  const [optima, reached, other, name] = objective === "reverse" ? [minima, end, forward, "forward"] : [[forward], forward, end, "reverse"];
  const place = ({ mean, std }) => ({ x: at.x(mean), y: at.s(Math.log(std)) });
  const steps = down.map(place);
  const walk = curve(steps.map(({ x }) => tenth(x)), steps.map(({ y }) => y));
  put(each(layer.contours, "path", "kl-walk", [0]), { d: walk });
  put(each(layer.contours, "path", "kl-walk-step", [0]), { d: `${walk.replaceAll("L", "h0M")}h0` }); // a dot at each step
  const best = (fit) => fit.value - optima[0].value < 1e-9;
  const data = optima.map((fit) => ({ ...place(fit), id: `minimum${fit.mean.toFixed(2)}`, name: `kl-minimum${best(fit) ? " kl-minimum-best" : ""}`, text: number(fit.value) }));
  put(each(layer.marks, "path", "kl-optimum", data), {
    class: ({ name }) => `${name} kl-optimum`, d: "M0,-7L7,0L0,7L-7,0Z", transform: ({ x, y }) => `translate(${x.toFixed(1)},${y.toFixed(1)})`, "data-kl-optimum": ({ text }) => text,
  });
  const elsewhere = place(other);
  put(each(layer.marks, "path", "kl-other-mark", [elsewhere]), { class: `kl-mark-${name} kl-other-mark`, d: "M-5.5,-5.5h11v11h-11Z", transform: ({ x, y }) => `translate(${x.toFixed(1)},${y.toFixed(1)})` });
  const there = place(reached);
  put(each(layer.marks, "path", "kl-reached", [there]), { class: `kl-mark-${objective} kl-reached`, d: "M-11,0a11,11 0 1 0 22,0a11,11 0 1 0 -22,0Z", transform: ({ x, y }) => `translate(${x.toFixed(1)},${y.toFixed(1)})` });
  const bounds = (x) => Math.max(at.left + 24, Math.min(at.right - 24, x));
  const values = data.map(({ id, x, y, text }) => ({ id, text, ink: "", x: bounds(x), y: y + 25 > at.s.range[0] - 4 ? y - 16 : y + 25 }));
  values.push({ id: "other", text: name, ink: "kl-ink-q ", x: bounds(elsewhere.x), y: elsewhere.y - 12 });
  put(each(layer.words, "text", "kl-mark-name", values), { class: ({ ink }) => `${ink}kl-mark-name`, x: ({ x }) => x, y: ({ y }) => y, "text-anchor": "middle" }, ({ text }) => text);
}

/** The modes are held on the curve, their spreads on the outer flank, the start on the landscape. */
function grips(layer, state, { law, numbers, end }, at) {
  const outcome = `reverse fit at ${spoken(zero(end.mean), 2)}, D(Q‖P) ${spokenAmount(numbers.reverse_qp, "nats")}`;
  const range = (name, now) => ({ least: Math.min(LIMITS[name][0], now), most: Math.max(LIMITS[name][1], now), now });
  const height = (x) => at.y(Math.exp(logDensity(law, x)));
  const modes = [0, 1].flatMap((i) => {
    const [mean, std] = [law.means[i], law.stds[i]];
    const flank = mean + (law.means[i] <= law.means[1 - i] && (i === 0 || law.means[0] !== law.means[1]) ? -1 : 1) * std;
    const name = ["first", "second"][i];
    return [
      { id: `mean_${i + 1}`, kind: "kl-handle-p", x: at.x(mean), y: height(mean), width: 22, height: 10, orientation: "horizontal", label: `Mean of P’s ${name} mode`, ...range("mean", mean), text: `mean ${spoken(mean, 2)}, ${outcome}` },
      { id: `std_${i + 1}`, kind: "kl-handle-p", x: at.x(flank), y: height(flank), width: 12, height: 12, orientation: "horizontal", label: `Standard deviation of P’s ${name} mode`, ...range("std", std), text: `standard deviation ${spoken(std, 2)}, ${outcome}` },
    ];
  });
  const [x, y] = [at.x(state.start_mean), at.s(Math.log(state.start_std))];
  const up = y - 26 > at.top2 + 6 ? -26 : 26;
  put(each(layer.marks, "line", "kl-start-stem", [0]), { x1: x, x2: x, y1: y, y2: y + up });
  put(each(layer.words, "text", "kl-start-name", [0]), { x: x + (x < at.right - 60 ? 12 : -12), y: y + (up < 0 ? 14 : -8), "text-anchor": x < at.right - 60 ? "start" : "end" }, "start");
  handles(layer.handles, [
    ...modes,
    { id: "start_mean", kind: "kl-handle-q kl-start", x, y, width: 16, height: 16, orientation: "horizontal", label: "Start of the reverse fit: mean", ...range("start_mean", state.start_mean), text: `start at mean ${spoken(state.start_mean, 2)}, ${outcome}` },
    { id: "start_std", kind: "kl-handle-q", x, y: y + up, width: 9, height: 16, orientation: "vertical", label: "Start of the reverse fit: standard deviation", ...range("start_std", state.start_std), text: `start with standard deviation ${spoken(state.start_std, 2)}, ${outcome}` },
  ]);
}

/** What stays while something moves inside the frame: axes and titles. */
function furniture(layer, svg, clips, state, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  [at.y, at.s].forEach((scale, i) => put(clips[i], { x: at.left, width: at.right - at.left, y: scale.range[1] - 2, height: scale.range[0] - scale.range[1] + 3 }));
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "y", at.y, { ...sides, count: 3 });
  const said = (t) => String(Number(t.toPrecision(4))).replace("-", "−");
  const upright = (name, scale, [top, bottom], count) => {
    const row = each(layer.axes, "g", `kl-axis kl-axis-x kl-axis-${name}`, [0]);
    const data = ticks(...scale.domain, count);
    put(row.selectAll("line").data(data).join("line"), { x1: scale, x2: scale, y1: top, y2: bottom });
    put(row.selectAll("text").data(data).join("text"), { x: scale, y: bottom + 17, "text-anchor": "middle" }, said);
  };
  const count = at.narrow ? 5 : 9;
  upright("upper", at.x, at.y.range.slice().reverse(), count);
  upright("lower", at.x, at.s.range.slice().reverse(), count);
  upright("branch", at.m, at.b.range.slice().reverse(), 4);
  axis(layer.axes, "b", at.b, { left: at.left, right: at.m.range[1], count: 3 });
  const sigmas = SIGMAS.filter((s) => Math.log(s) > at.s.domain[0] && Math.log(s) < at.s.domain[1]);
  const row = each(layer.axes, "g", "kl-axis kl-axis-sigma", [0]);
  const y = (s) => at.s(Math.log(s));
  put(row.selectAll("line").data(sigmas).join("line"), { x1: at.left, x2: at.right, y1: y, y2: y });
  put(row.selectAll("text").data(sigmas).join("text"), { x: at.left - 8, y: (s) => y(s) + 4, "text-anchor": "end" }, said);
  const objective = state.landscape === "reverse" ? "D(Q‖P)" : "D(P‖Q)";
  titles(layer.titles, [
    [at.top1 - 26, at.narrow ? [["P", "kl-ink-p"], [" solid; "], ["Q", "kl-ink-q"], [" forward dotted, reverse dashed"]] : [["density of "], ["P", "kl-ink-p"], [" (solid); "], ["Q", "kl-ink-q"], [": forward fit (dotted), reverse fit (dashed)"]]],
    [at.top2 - 16, [[objective, "kl-note"], [at.narrow ? " over mean μ, spread σ of " : " over mean μ (across) and spread σ (up) of "], ["Q", "kl-ink-q"]]],
    [at.top3 - 26, [["reverse fit of "], [at.narrow ? "½N(±m,1)" : "½N(−m,1) + ½N(m,1)", "kl-ink-p"], [": |μ|"], [at.narrow ? "" : " of its minima"], [" over m"]]],
  ]);
}
