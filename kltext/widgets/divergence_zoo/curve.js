/** The panel with f: the curve, each outcome's point, all tangents and what they leave out, and two axes, t and r = log t. */
import { number } from "../shared/format.js";
import { axis, curve, each, put } from "../shared/stage.js";
import { KNOTS, corrections } from "./drawn.js";
import { tangent } from "./math.js";

const POINTS = 120;
const WIDEST = 12; // the largest ratio that the axis makes room for
const SHOWN = Array.from({ length: POINTS }, (_, k) => ((k + 1) / POINTS) ** 2); // closer together towards 0

/** The next of few numbers, so that an axis rests while little changes. */
export function stepped(x) {
  const step = 10 ** Math.floor(Math.log10(x)) / 4;
  return step * Math.ceil(x / step);
}

/** How far the axes of t and of f reach. */
export function curveExtents({ guess, generator }, { f, ratios }, chosen) {
  const seen = ratios.filter((t) => t <= WIDEST);
  const t = stepped(1.12 * Math.max(2.4, generator === "drawn" ? KNOTS.at(-1) - 0.2 : 0, ...seen, Math.min(guess[chosen], WIDEST)));
  const heights = SHOWN.map((share) => f.f(share * t));
  const start = Math.min(f.zero, heights[Math.round(0.3 * POINTS)]); // a curve that starts at infinity is cut off
  const points = seen.map((at) => (at > 0 ? f.f(at) : f.zero)).filter((y) => y < 4 * Math.max(start, heights.at(-1)));
  const high = stepped(1.1 * Math.max(0.1, start, heights.at(-1), ...points));
  return { t, high, low: stepped(Math.max(0.32 * high, -1.15 * Math.min(...heights, 0))) };
}

export function createCurve(svg, layer, uid) {
  const clip = svg.append("defs").append("clipPath").attr("id", `${uid}-f`).append("rect");
  const panel = layer.panels.append("g");
  const lines = panel.append("g").attr("clip-path", `url(#${uid}-f)`);
  const points = panel.append("g");

  /** A height of the curve, kept in its frame. */
  const inside = (at, y) => Math.max(at.top2 - 6, Math.min(at.f.range[0], at.f(y)));

  /** What stays while a point moves. */
  function furniture(state, { f }, at) {
    const [left, right, base] = [at.t(0), at.t.range[1], at.f.range[0]];
    put(clip, { x: left, width: right - left, y: at.top2 - 2, height: base - at.top2 + 2 });
    axis(layer.axes, "f", at.f, { left: at.left, right, count: 4 });
    const whole = Array.from({ length: Math.floor(at.t.domain[1]) + 1 }, (_, t) => [t, 0, t]);
    const logs = [-3, -2, -1, 0, 1, 2].map((r) => [Math.exp(r), 22, r]).filter(([t]) => at.t(t) < right - 6 && at.t(t * Math.E) - at.t(t) > 34);
    const ticks = [...whole.filter(([t]) => t % Math.ceil(26 / (at.t(1) - left)) === 0), ...logs]; // [t, how far below, what is written]
    const row = each(layer.axes, "g", "kl-axis kl-axis-t", [0]);
    const x = ([t]) => at.t(t);
    put(row.selectAll("line").data(ticks).join("line"), { x1: x, x2: x, y1: ([, dy]) => base + dy, y2: ([, dy]) => base + dy + 5 });
    put(row.selectAll("text").data([...ticks, [0, 0, "t", -17], [0, 22, "r", -17]]).join("text"), {
      x: ([t, , , aside = 0]) => at.t(t) + aside, y: ([, dy]) => base + dy + 18, "text-anchor": "middle", class: ([, dy]) => (dy ? "kl-of-r" : null),
    }, ([, , text]) => String(text).replace("-", "−"));
    const shown = SHOWN.map((share) => share * at.t.domain[1]);
    const outline = curve([left, ...shown.map((t) => Math.round(10 * at.t(t)) / 10)], [at.f(Math.min(f.zero, 1e9)), ...shown.map((t) => at.f(f.f(t)))]);
    put(each(lines, "path", "kl-curve kl-zoo-f", [0]), { d: outline });
    const moved = state.generator === "drawn" ? corrections(state.drawn) : [];
    put(each(lines, "line", "kl-zoo-corrected", moved.map((d) => ({ ...d, x: at.t(d.t) }))), { x1: (d) => d.x, x2: (d) => d.x, y1: ({ t, drawn }) => at.f(drawn - f.tilt * (t - 1)), y2: ({ t }) => at.f(f.f(t)) });
  }

  function draw({ labels, q, guess, generator }, { f, ratios }, at, chosen) {
    const [left, right, end] = [at.t(0), at.t.range[1], at.t.domain[1]];
    const straight = (t) => {
      const { slope, start } = tangent(f, t);
      return curve([left, right], [at.f(start), at.f(start + slope * end)]);
    };
    put(each(lines, "path", "kl-curve-r kl-zoo-others", [0]), { d: guess.map((t, i) => (i === chosen ? "" : straight(t))).join("") });
    put(each(lines, "path", "kl-curve kl-curve-r kl-zoo-mine", [0]), { d: straight(guess[chosen]) });
    const here = tangent(f, guess[chosen]);
    const t = ratios[chosen];
    const gap = t <= end ? [0] : [];
    put(each(lines, "line", "kl-loss kl-zoo-gap", gap), { x1: at.t(t), x2: at.t(t), y1: Math.max(-999, at.f(t > 0 ? f.f(t) : f.zero)), y2: at.f(here.start + here.slope * t) });
    const low = at.f(here.start); // −f*(T), named where there is room
    const starts = low > at.top2 && low < at.f.range[0] ? [0] : [];
    put(each(points, "circle", "kl-zoo-start", starts), { cx: left, cy: low, r: 3.5 });
    put(each(points, "text", "kl-of kl-zoo-star", generator === "drawn" || at.t(1) < 99 ? [] : starts), { x: left + 8, y: low + 14 }, "−f*(T)");

    const found = ratios.map((t, i) => ({ i, t, label: labels[i], q: q[i] })).filter((d) => !Number.isNaN(d.t)).map((d) => {
      const height = d.t > 0 ? (d.t < Infinity ? f.f(d.t) : Infinity) : f.zero;
      const out = d.t > end || at.f(height) < at.top2 - 2;
      return { ...d, out, x: Math.min(at.t(d.t), right), y: d.t > end ? at.top2 + 4 : inside(at, Math.min(height, 1e9)), size: out ? 5 : Math.max(2.5, 15 * Math.sqrt(d.q)) };
    });
    put(each(points, "circle", "kl-zoo-point", found, (d) => d.i), {
      cx: (d) => d.x, cy: (d) => d.y, r: (d) => d.size, class: (d) => `${d.i === chosen ? "kl-zoo-chosen " : ""}${d.out ? "kl-zoo-out " : ""}kl-zoo-point`,
    });
    // Outcomes whose points lie together share one label.
    const heads = [];
    for (const d of found) {
      const near = heads.find((other) => Math.abs(other.x - d.x) < 26 && Math.abs(other.y - d.y) < 16);
      if (near) Object.assign(near, { text: `${near.text}, ${d.label}`, size: Math.max(near.size, d.size) });
      else heads.push({ ...d, text: d.out ? `${d.label} ${d.t > end ? `t = ${number(d.t, 1)} →` : "↑"}` : d.label });
    }
    // Each label stands by its point, in the frame, and on no other label.
    heads.forEach((d, i) => {
      d.half = 3.4 * d.text.length; // roughly
      d.middle = Math.max(left + d.half, Math.min(d.x, right - d.half));
      d.at = d.out ? d.y + 18 : Math.max(at.top2 + 8, d.y - d.size - 5);
      while (heads.some((other, j) => j < i && Math.abs(d.middle - other.middle) < d.half + other.half && Math.abs(d.at - other.at) < 14)) d.at += d.y > at.top2 + 50 ? -14 : 14;
    });
    put(each(points, "text", "kl-of kl-zoo-name", heads, (d) => d.i), { x: (d) => d.middle, y: (d) => d.at, "text-anchor": "middle" }, (d) => d.text);
  }

  return { furniture, draw, inside };
}
