/**
 * The picture of two bivariate Gaussians: their ellipses in the plane above, the three terms of D(P‖Q) one after the other below.
 * Everything is drawn from the state; nothing is remembered but the elements.
 */
import { select, ticks } from "../shared/d3.js";
import { spoken, spokenAmount, total } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { describeHandles, each, handles, hatch, layers, magnified, put, reach, titles } from "../shared/stage.js";
import { LIMITS, direction, law, radius } from "./math.js";

const LEVELS = [0.1, 0.5, 1, 2];
export const HELD = 2; // standard deviations from the mean at which an axis is held
const CLOSEST = 30; // pixels from the mean that its handles keep
const SIDE = { p: 1, q: -1 }; // Q is held at the other ends, so that equal laws do not hide each other's handles
const ROW = 27;

/** How far the plane and the axis of the terms must reach for this state; all extents grow outwards. */
export function extents(state, { numbers }) {
  const [xs, ys] = [[], []];
  for (const which of ["p", "q"]) {
    const { mean, axes, angle } = law(state, which);
    const [cos, sin] = direction(angle);
    const wide = HELD * Math.hypot(axes[0] * cos, axes[1] * sin);
    const high = HELD * Math.hypot(axes[0] * sin, axes[1] * cos);
    xs.push(mean[0] - wide - 0.3, mean[0] + wide + 0.3);
    ys.push(mean[1] - high - 0.3, mean[1] + high + 0.3);
  }
  const [wide, high] = [xs, ys].map((values) => Math.max(...values) - Math.min(...values));
  const room = Math.max(wide / 10, high / 8, 0.9); // handles keep away from their mean, also those of a tiny ellipse
  for (const { mean } of [law(state, "p"), law(state, "q")]) {
    xs.push(mean[0] - room, mean[0] + room);
    ys.push(mean[1] - room, mean[1] + room);
  }
  const most = Math.max(numbers.trace, numbers.kl_pq, -numbers.trace);
  return { left: Math.max(3.6, -Math.min(...xs)), right: Math.max(3.6, ...xs), down: Math.max(2.6, -Math.min(...ys)), up: Math.max(2.6, ...ys), gain: reach(most, 1), loss: 1.05 * Math.max(0, -numbers.trace) };
}

function layout(width, reached) {
  const narrow = width < 440;
  const [left, right, top, high] = [26, width - 2, 36, narrow ? 270 : 330];
  const scale = Math.min((right - left) / (reached.left + reached.right), high / (reached.down + reached.up)); // pixels of one unit, the same both ways
  const [middleX, middleY] = [(reached.right - reached.left) / 2, (reached.up - reached.down) / 2];
  const [halfX, halfY] = [(right - left) / scale / 2, high / scale / 2];
  const terms = top + high + 70;
  return {
    narrow, width, left, right, top, bottom: top + high, scale, terms, floor: terms + 4 * ROW, height: terms + 4 * ROW + 24,
    x: linear([middleX - halfX, middleX + halfX], [left, right]), y: linear([middleY - halfY, middleY + halfY], [top + high, top]),
    c: linear([-reached.loss, reached.gain], [narrow ? 84 : 96, width - 62]),
  };
}

/** Outline of an ellipse: a mean, half axes and a tilt in the plane's own units. */
function ellipse(at, [x, y], [a, b], angle) {
  const [cos, sin] = direction(angle);
  const [cx, cy, dx, dy] = [at.x(x), at.y(y), a * cos * at.scale, -a * sin * at.scale].map((pixel) => Math.round(100 * pixel) / 100);
  const arc = `A${(a * at.scale).toFixed(2)},${(b * at.scale).toFixed(2)} ${(-angle).toFixed(2)} 0 0 `;
  return `M${cx + dx},${cy + dy}${arc}${cx - dx},${cy - dy}${arc}${cx + dx},${cy + dy}Z`;
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const clip = svg.select("defs").append("clipPath").attr("id", `${uid}-plane`).append("rect");
  const layer = layers(svg, ["axes", "contours", "bars", "terms", "titles", "words", "handles"]);
  for (const name of ["contours", "bars"]) layer[name].attr("clip-path", `url(#${uid}-plane)`);
  let framed = "";

  function draw(state, { numbers }, { width, reached }) {
    const at = layout(width, reached);
    const frame = JSON.stringify([width, state.unit, reached]);
    if (frame !== framed) furniture(layer, svg, clip, state, at, reached);
    framed = frame;

    const outlines = ["p", "q"].flatMap((which) => {
      const { mean, axes, angle } = law(state, which);
      return [1, 2].map((k) => ({ id: which + k, name: `kl-ellipse-${which}${k > 1 ? " kl-ellipse-outer" : ""} kl-ellipse`, d: ellipse(at, mean, axes.map((axis) => k * axis), angle) }));
    });
    put(each(layer.bars, "path", "kl-ellipse", outlines, ({ id }) => id), { class: ({ name }) => name, d: ({ d }) => d });
    contours(layer, state, numbers, at);
    terms(layer.terms, numbers, at, hatching);
    grips(layer, state, at, numbers);
    return 1 / at.scale;
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

/** Where Q's mean may stand for the same cost of the shift: ellipses around P's mean, all of Q's shape. */
function contours(layer, { mean_p, axes_q, angle_q, contours: shown, unit }, numbers, at) {
  const around = (cost) => ellipse(at, mean_p, axes_q.map((axis) => radius(cost, unit) * axis), angle_q);
  put(each(layer.contours, "path", "kl-contour", shown ? LEVELS : []), { d: around });
  put(each(layer.contours, "path", "kl-contour kl-contour-here", shown && numbers.mahalanobis > 0 ? [numbers.mahalanobis] : []), { d: around });
  // The names stand on Q's longer axis, at the end away from Q.
  const [cos, sin] = direction(angle_q + (axes_q[0] < axes_q[1] ? 90 : 0));
  const far = (cost) => -radius(cost, unit) * Math.max(...axes_q);
  const place = (cost) => ({ x: at.x(mean_p[0] + far(cost) * cos), y: at.y(mean_p[1] + far(cost) * sin) });
  const inside = ({ x, y }) => x > at.left + 10 && x < at.right - 10 && y > at.top + 8 && y < at.bottom - 8;
  put(each(layer.words, "text", "kl-contour-name", shown ? LEVELS.filter((cost) => inside(place(cost))) : [], (cost) => cost),
    { x: (cost) => place(cost).x, y: (cost) => place(cost).y + 4, "text-anchor": "middle" }, String);
}

/** Each term starts where the one before has ended; the last bar is what they come to. */
function terms(layer, { trace, volume, mahalanobis, kl_pq }, at, hatching) {
  const parts = [["trace", 0, trace], ["log-volume", trace, trace + volume], ["Mahalanobis", kl_pq - mahalanobis, kl_pq], ["D(P‖Q)", 0, kl_pq]];
  const data = parts.map(([name, from, to], i) => ({ name, i, from, to, y: at.terms + i * ROW, sum: i === 3, value: [trace, volume, mahalanobis, kl_pq][i] }));
  const kind = ({ sum, value }) => (sum ? "kl-term-sum" : value < 0 ? "kl-loss" : "kl-gain");
  put(each(layer, "path", "kl-term-bar", data, ({ name }) => name), {
    class: (term) => `${kind(term)} kl-term-bar`, fill: (term) => (kind(term) === "kl-loss" ? hatching : null),
    d: ({ from, to, y }) => `M${at.c(from).toFixed(2)},${y + 4}H${at.c(to).toFixed(2)}V${y + ROW - 7}H${at.c(from).toFixed(2)}Z`,
  });
  put(each(layer, "line", "kl-term-link", data.slice(0, 3), ({ name }) => name), { x1: ({ to }) => at.c(to), x2: ({ to }) => at.c(to), y1: ({ y }) => y + 1, y2: ({ y }) => y + ROW + 4 });
  const text = (name, x, anchor, words) => put(each(layer, "text", name, data, ({ i }) => i), {
    class: ({ sum }) => `${sum ? "kl-term-whole " : ""}${name}`, x, y: ({ y }) => y + 17, "text-anchor": anchor,
  }, words);
  text("kl-term-name", 0, "start", ({ name }) => name);
  text("kl-term-value", at.width, "end", ({ sum, value }) => `${!sum && value > 0 ? "+" : ""}${total(value)}`);
}

/** A cross on each mean, a round handle at the end of each axis, and halfway along the first a knob that turns. */
function grips(layer, state, at, numbers) {
  const outcome = `D(P‖Q) ${spokenAmount(numbers.kl_pq, state.unit)}`;
  const range = (part, now) => ({ least: Math.min(LIMITS[part][0], now), most: Math.max(LIMITS[part][1], now), now });
  const data = ["p", "q"].flatMap((which) => {
    const { mean, axes, angle } = law(state, which);
    const name = which.toUpperCase();
    const [x, y] = [at.x(mean[0]), at.y(mean[1])];
    const far = axes.map((axis) => Math.max(CLOSEST, HELD * axis * at.scale));
    const place = (i, distance) => {
      const [cos, sin] = direction(angle + 90 * i);
      return { x: x + SIDE[which] * distance * cos, y: y - SIDE[which] * distance * sin, orientation: Math.abs(cos) > 0.7 ? "horizontal" : "vertical" };
    };
    const centre = (id, i, width, height, orientation) => ({
      id: `${which}:${id}`, kind: `kl-handle-${which} kl-cross`, x, y, width, height, orientation, label: `Mean of ${name}, ${i ? "vertical" : "horizontal"}`,
      ...range("mean", mean[i]), text: `${spoken(mean[i], 2)}, ${outcome}`,
    });
    const end = (i) => ({
      id: `${which}:${i + 1}`, kind: `kl-handle-${which}`, ...place(i, far[i]), width: 13, height: 13, label: `Spread of ${name} along its ${i ? "second" : "first"} axis`,
      ...range("axes", axes[i]), text: `spread ${spoken(axes[i], 2)}, ${outcome}`,
    });
    return [
      centre("x", 0, 22, 7, "horizontal"), centre("y", 1, 7, 22, "vertical"), end(0), end(1),
      { id: `${which}:angle`, kind: `kl-handle-${which} kl-knob`, ...place(0, far[0] / 2), width: 10, height: 10, label: `Tilt of ${name}`,
        ...range("angle", angle), text: `${spoken(angle, 1)} degrees, ${outcome}` },
    ];
  });
  const find = (id) => data.find((handle) => handle.id === id);
  put(each(layer.bars, "path", "kl-ellipse-axes", ["p", "q"]), {
    class: (which) => `kl-ellipse-axes-${which} kl-ellipse-axes`,
    d: (which) => ["1", "2"].map((end) => [find(`${which}:x`), find(`${which}:${end}`)].map(({ x, y }) => `${x.toFixed(2)},${y.toFixed(2)}`)).map(([from, to]) => `M${from}L${to}`).join(""),
  });
  const left = (which) => (state.mean_p[0] <= state.mean_q[0]) === (which === "p");
  put(each(layer.words, "text", "kl-curve-name", ["p", "q"]), {
    class: (which) => `kl-ink-${which} kl-curve-name`, "text-anchor": (which) => (left(which) ? "end" : "start"),
    x: (which) => find(`${which}:x`).x + (left(which) ? -12 : 12), y: (which) => find(`${which}:x`).y - 12,
  }, (which) => which.toUpperCase());
  handles(layer.handles, data);
}

/** What stays while something moves: the plane's grid, the axis of the terms, the titles. */
function furniture(layer, svg, clip, state, at, reached) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  put(clip, { x: at.left, width: at.right - at.left, y: at.top, height: at.bottom - at.top });
  const said = (t) => String(Number(t.toPrecision(4))).replace("-", "−");
  const grid = (name, scale, count, line, word) => {
    const row = each(layer.axes, "g", `kl-axis kl-axis-${name}`, [0]);
    const data = ticks(...scale.domain, count);
    put(row.selectAll("line").data(data).join("line"), { class: (t) => (t === 0 && name === "term" ? "kl-zero" : null), ...line });
    put(row.selectAll("text").data(data).join("text"), word, said);
  };
  const count = at.narrow ? 5 : 9;
  grid("plane-x", at.x, count, { x1: at.x, x2: at.x, y1: at.top, y2: at.bottom }, { x: at.x, y: at.bottom + 16, "text-anchor": "middle" });
  grid("plane-y", at.y, (count * (at.bottom - at.top)) / (at.right - at.left), { x1: at.left, x2: at.right, y1: at.y, y2: at.y }, { x: at.left - 6, y: (t) => at.y(t) + 4, "text-anchor": "end" });
  grid("term", at.c, at.narrow ? 3 : 5, { x1: at.c, x2: at.c, y1: at.terms - 2, y2: at.floor }, { x: at.c, y: at.floor + 16, "text-anchor": "middle" });
  titles(layer.titles, [
    [at.top - 16, [["P", "kl-ink-p"], [" (solid) and "], ["Q", "kl-ink-q"], [" (dashed) at 1 and 2 σ"]]],
    [at.terms - 14, [["the sum, term by term"], [` (${state.unit})`], [magnified(reached.gain, 1, at.narrow), "kl-note"]]],
  ]);
}
