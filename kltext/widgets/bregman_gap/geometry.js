/** Where everything stands in the Bregman gap's picture: its two panels, how far their axes reach, the gaps and their numbers. */
import { ticks } from "../shared/d3.js";
import { total } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { axisRoom } from "../shared/stage.js";
import { FAMILIES, dualTangent, tangent } from "./math.js";

/** The distance of about `count` ticks. */
const tickStep = (low, high, count) => {
  const [first, second] = ticks(low, high, count);
  return second - first;
};

/** The two panels of a state. A law stands at x on a curve; a tangent touches at one law, and its gap is at the other. */
export function panels(state, { p, q }) {
  const { A, dual, reach } = FAMILIES[state.family];
  return [
    { kind: "natural", f: A, place: (law) => law.theta, height: (law) => law.A, line: tangent, slope: (law) => law.mean, touch: [["p", "q"], ["q", "p"]], limits: reach.natural },
    { kind: "mean", f: dual, place: (law) => law.mean, height: (law) => law.dual, line: dualTangent, slope: (law) => law.theta, touch: [["q", "p"], ["p", "q"]], limits: reach.mean },
  ].map((panel) => ({
    ...panel,
    gaps: panel.touch.slice(0, state.both ? 2 : 1).map(([touches, at], i) => {
      const [law, other] = [{ p, q }[touches], { p, q }[at]];
      return { i, touches, at, law, other, end: panel.line(law)(panel.place(other)) };
    }),
  }));
}

/** Some of an axis around these values: `least` of it at any rate, from a round number to a round number, inside where it ends. */
function around(values, [least, first, last]) {
  const [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 0];
  const margin = Math.max(0.75 * (high - low), (least - (high - low)) / 2);
  const step = tickStep(low - margin, high + margin, 12);
  return [Math.max(first, step * Math.floor((low - margin) / step + 1e-9)), Math.min(last, step * Math.ceil((high + margin) / step - 1e-9))];
}

/** How far each axis must reach for this state: lows are negated, so that all extents grow upwards. */
export function extents(state, measured) {
  const found = {};
  for (const panel of panels(state, measured)) {
    const places = [measured.p, measured.q].map(panel.place);
    const [left, right] = around(places.filter(Number.isFinite), FAMILIES[state.family].window[panel.kind]);
    const seen = (x) => panel.f(Math.min(right, Math.max(left, x)));
    const ends = panel.gaps.map(({ end }) => end);
    const heights = [...places.map(seen), ...ends].filter(Number.isFinite);
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    const shown = [0.1, 0.5, 0.9].map((u) => seen(left + u * (right - left)));
    const size = Math.max(high - low, 0.4 * (Math.max(...shown) - Math.min(...shown)));
    const middle = (low + high) / 2;
    Object.assign(found, { [`${panel.kind}Low`]: -left, [`${panel.kind}High`]: right, [`${panel.kind}Bottom`]: -(middle - 0.82 * size), [`${panel.kind}Top`]: middle + 0.7 * size });
  }
  return found;
}

/** Both panels show nats in one scale, so that a gap has one length. */
export function layout(width, reached) {
  const narrow = width < 440;
  const heights = narrow ? [210, 190] : [230, 210];
  const spans = ["natural", "mean"].map((kind) => ({ x: [-reached[`${kind}Low`], reached[`${kind}High`]], y: [-reached[`${kind}Bottom`], reached[`${kind}Top`]] }));
  const nat = Math.min(...spans.map(({ y }, i) => heights[i] / (y[1] - y[0])));
  const scales = spans.map(({ x, y }, i) => {
    const spare = (heights[i] / nat - (y[1] - y[0])) / 2;
    return { x, y: [y[0] - spare, y[1] + spare] };
  });
  const left = Math.max(40, axisRoom(scales.map(({ y }) => linear(y, [0, 1])), 4));
  const right = width - 12;
  let top = 52;
  const frames = scales.map(({ x, y }, i) => {
    const base = top + heights[i];
    const frame = { top, base, x: linear(x, [left + 8, right - 8]), y: linear(y, [base, top]) };
    top = base + 92;
    return frame;
  });
  return { narrow, width, left, right, frames, height: frames[1].base + 30 };
}

/** A pixel of x inside the frame; where θ is infinite, its end. */
export const across = ({ x }, value) => Math.min(x.range[1], Math.max(x.range[0], x(value)));

/** Where a gap stands, and its number, where neither curve nor tangent is. */
export function gapPlace(panel, frame, at, { i, touches, law, other, end }, { numbers }) {
  const value = touches === panel.touch[0][0] ? numbers.kl_pq : numbers.kl_qp;
  const left = across(frame, panel.place(other));
  const height = Number.isFinite(panel.place(other)) ? panel.height(other) : panel.f(frame.x.invert(left));
  const endless = value === Infinity;
  const from = Math.max(frame.top, frame.y(height));
  const to = endless ? frame.base - 16 : value === 0 ? from : Number.isFinite(end) ? frame.y(end) : frame.y(panel.line(law)(frame.x.invert(left)));
  const amount = total(value);
  // Under the tangent on the side on which it rises; where it falls away from the point of tangency, in the wedge above it.
  const rises = endless ? 2 * left < at.left + at.right : panel.slope(law) >= 0;
  const outward = panel.place(other) >= panel.place(law);
  const wedge = !endless && rises !== outward && to - from >= 24;
  const side = wedge ? outward : rises;
  const room = { right: at.right - left - 9, left: left - at.left - 9 };
  const need = { full: 7.8 * (amount.length + 7), short: 7.8 * amount.length };
  const full = room[side ? "right" : "left"] >= need.full && !(endless && at.narrow);
  const right = side === (full || room[side ? "right" : "left"] >= need.short);
  return {
    i, left, from, to: Number.isFinite(to) ? to : from, endless,
    text: `${full ? `D(${touches === "p" === (panel.kind === "natural") ? "P‖Q" : "Q‖P"}) ` : ""}${amount}`,
    label: { x: left + (right ? 9 : -9), y: endless ? frame.base - 12 : wedge && right === side ? to - 6 : Math.min(frame.base - 14, to + 16), anchor: right ? "start" : "end" },
  };
}
