/**
 * The zoo's picture, from top to bottom: P and Q; f over the ratio t, with a point for each outcome and the chosen one's
 * tangent; what each outcome adds; the pair among all pairs. Drawn from the state; nothing is remembered but the elements.
 */
import { select } from "../shared/d3.js";
import { number, spoken, spokenAmount, total } from "../shared/format.js";
import { lawBars, lawHandles, lawNames, probabilityReach } from "../shared/laws.js";
import { linear } from "../shared/scale.js";
import { axis, axisRoom, column, describeHandles, each, handles, hatch, layers, put, runningTotal, titles } from "../shared/stage.js";
import { createCurve, curveExtents, stepped } from "./curve.js";
import { KNOTS } from "./drawn.js";
import { LIMITS, tangent } from "./math.js";
import { createRegion, regionExtent } from "./region.js";

const OVER = 13; // how far an endless bar leaves its frame

/** How far each panel's axis must reach for this state. */
export function extents(state, measured, chosen) {
  const { p, q } = state;
  const finite = measured.contributions.filter(Number.isFinite);
  const sum = (sign) => finite.reduce((all, c) => all + Math.max(0, sign * c), 0);
  return {
    probability: probabilityReach(p, q),
    share: stepped(1.12 * Math.max(sum(1), 2 * sum(-1)) || 0.1),
    ...curveExtents(state, measured, chosen), region: regionExtent(state, measured),
  };
}

function layout(room, count, reached) {
  const width = Math.max(room, 240);
  const narrow = width < 440;
  const [h1, h2, h3, h4] = [100, 206, 116, 160];
  const top1 = 42;
  const top2 = top1 + h1 + 78;
  const top3 = top2 + h2 + 94;
  const top4 = top3 + h3 + 66;
  const p = linear([0, reached.probability], [top1 + h1, top1]);
  const f = linear([-reached.low, reached.high], [top2 + h2, top2]);
  const c = linear([-reached.share / 2, reached.share], [top3 + h3, top3]);
  const y = linear([0, reached.region], [top4 + h4, top4]);
  const left = axisRoom([p, f, c, y], 4);
  const right = width - (narrow ? 75 : 112);
  const pitch = (right - left) / count;
  return {
    narrow, left, right, width, pitch, top1, top2, top3, top4, p, f, c, y, height: top4 + h4 + 40,
    t: linear([0, reached.t], [left + 8, width - 12]), v: linear([0, 1], [left, width - 12]),
    thick: Math.min(pitch * 0.34, 54), wide: Math.min(pitch * 0.62, 84), middle: (i) => left + (i + 0.5) * pitch,
  };
}

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const hatching = hatch(svg, uid);
  const layer = layers(svg, ["lens", "axes", "bars", "total", "titles", "panels", "words", "handles"]);
  const curve = createCurve(svg, layer, uid);
  const region = createRegion(svg, layer, uid);
  let framed = "";

  function draw(state, measured, { width, chosen, reached, said }) {
    const { f, numbers, ratios, contributions, proven, value } = measured;
    const at = layout(width, state.p.length, reached);
    const { p: _p, q: _q, guess: _guess, ...still } = state;
    const frame = JSON.stringify([width, still, reached]);
    if (frame !== framed) {
      furniture(layer, svg, state, at);
      curve.furniture(state, measured, at);
      region.furniture(state, at);
    }
    framed = frame;
    const outcomes = state.labels.map((label, i) => ({ i, label, p: state.p[i], q: state.q[i], t: ratios[i], c: contributions[i], b: proven[i], x: at.middle(i) }));
    const band = [[at.top1 - 18, at.p(0) + 42], [at.top3 - 8, at.c.range[0] + 8]];
    put(each(layer.lens, "rect", "kl-lens-band", band), { x: at.middle(chosen) - at.pitch / 2 + 1, width: at.pitch - 2, y: ([top]) => top, height: ([top, end]) => end - top, rx: 8 });

    lawBars(layer, outcomes, at);
    const bars = (name, outline, attributes = {}) => put(each(layer.bars, "path", name, [0]), { d: outcomes.map(outline).join(""), ...attributes });
    bars("kl-gain", (d) => column(d.x, at.wide, at.c, d.c > 0 ? d.c : NaN, OVER));
    bars("kl-loss", (d) => column(d.x, at.wide, at.c, d.c < 0 ? d.c : NaN, OVER), { fill: hatching });
    const inside = (y) => Math.max(at.top3 - OVER, Math.min(at.c.range[0] + 6, y));
    bars("kl-zoo-proven", (d) => `M${d.x - at.wide / 2 - 4},${inside(at.c(d.b)).toFixed(1)}h${at.wide + 8}`);
    runningTotal(layer.total, {
      x: at.right + (at.narrow ? 7 : 16), width: at.narrow ? 18 : 40, end: width, scale: at.c, hatching, over: OVER, total: value, parts: contributions,
      label: value < 9999.5 ? total(value) : `= ${number(value, 0)}`, // a long one stands below
    });
    beside(layer.words, outcomes, at);
    curve.draw(state, measured, at, chosen);
    region.draw(state, numbers, at);

    const here = tangent(f, state.guess[chosen]);
    const name = state.labels[chosen];
    handles(layer.handles, [
      ...lawHandles(outcomes, state, at, said),
      ...(state.generator === "drawn" ? KNOTS : []).map((t, k) => ({
        id: `knot${k}`, kind: "kl-zoo-knot", orientation: "vertical", x: at.t(t), y: at.f(state.drawn[k] - f.tilt * (t - 1)), width: 13, height: 13,
        label: `Height drawn at t = ${t}`, least: LIMITS.drawn[0], most: LIMITS.drawn[1], now: state.drawn[k],
        text: `height ${spoken(state.drawn[k])}, f there ${spoken(f.f(t))}, ${said}`,
      })),
      {
        id: "guess", kind: "kl-zoo-guess", orientation: "horizontal", x: Math.min(at.t(here.t), at.width - 12), y: curve.inside(at, here.f), width: 16, height: 16,
        label: `Where the tangent of ${name} touches`, least: LIMITS.guess[0], most: Math.max(reached.t, here.t), now: here.t,
        text: `ratio ${spoken(here.t)}, slope ${spoken(here.slope)}; tangents prove ${spokenAmount(numbers.bound, f.informs ? state.unit : "")}, ${said}`,
      },
    ]);
    return { probability: 1 / (at.p(0) - at.p(1)), t: 1 / (at.t(1) - at.t(0)), f: 1 / (at.f(0) - at.f(1)) };
  }

  return { draw, describe: () => describeHandles(layer.handles) };
}

const write = (layer, name, data, x, y, text, more = {}) => put(each(layer, "text", name, data, (d) => d.i ?? d), { x, y, "text-anchor": "middle", ...more }, text);

/** What stays while a bar moves: axes, titles, names. */
function furniture(layer, svg, state, at) {
  put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
  const sides = { left: at.left, right: at.right };
  axis(layer.axes, "p", at.p, { ...sides, count: 2 });
  axis(layer.axes, "c", at.c, { ...sides, count: 3 });
  lawNames(layer, state.labels, at);
  titles(layer.titles, [
    [at.top1 - 26, [["probability under "], ["P", "kl-ink-p"], [" (solid) and "], ["Q", "kl-ink-q"], [" (dashed)"]]],
    [at.top2 - 14, [["f(t) over "], ["t = p/q", "kl-ink-r"], [", a tangent"]]],
    [at.top3 - 22, [["each adds "], ["q·f(p/q)", "kl-ink-gain"], [", its tangent the line"]]],
  ]);
}

/** Numbers beside their bars, where they fit; what is infinite is always said. */
function beside(layer, outcomes, at) {
  write(layer, "kl-of kl-of-r", outcomes, (d) => d.x, at.p(0) + 36, (d) => (at.pitch < 62 ? "" : "t = ") + (Number.isNaN(d.t) ? "0/0" : number(d.t, d.t < 100 ? 2 : 0)));
  const endless = outcomes.filter((d) => d.c === Infinity);
  write(layer, "kl-of kl-inside", endless, (d) => d.x, at.top3 + 12, "∞");
  const digits = Math.max(2, Math.min(5, 1 + Math.ceil(-Math.log10(at.c.domain[1]))));
  const said = (d) => `${d.c > 0 ? "+" : ""}${number(d.c, digits)}`;
  const shown = outcomes.filter((d) => Number.isFinite(d.c) && said(d).length * 6.4 < at.pitch + 4);
  write(layer, "kl-of kl-of-c", shown, (d) => d.x, (d) => at.c(d.c) + (d.c < 0 ? 14 : -5), said);
}
