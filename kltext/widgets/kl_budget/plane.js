/** The plane of μ and ℓ with lines of equal KL, its downhill arrow, and the cost of each coordinate beside its axis. */
import { ticks } from "../shared/d3.js";
import { expExcess } from "../shared/divergence.js";
import { number, spoken, spokenAmount } from "../shared/format.js";
import { axis, curve, each, power, put, titles } from "../shared/stage.js";
import { FLOAT32_END, LIMITS, level } from "./math.js";

const tenth = (value) => Math.round(10 * value) / 10;
const minus = (text) => String(text).replace("-", "−");
/** Long values in short: 2000 is 2·10³. */
const thousands = (t) => {
  const [digits, exponent] = Number(t.toPrecision(3)).toExponential().split("e+");
  return minus(t === 0 ? "0" : `${digits}·${power(Number(exponent))}`).replace(/^(−?)1·/, "$1");
};
export const brief = ({ domain: [low, high] }) => (Math.max(-low, high) < 1000 ? {} : { format: thousands });
const write = (layer, name, rows) => put(each(layer, "text", name, rows), { x: ([, x]) => x, y: ([, , y]) => y, "text-anchor": ([, , , anchor]) => anchor ?? "start", class: ([, , , , more]) => (more ? `${more} ${name}` : name) }, ([text]) => text);
const line = (points, at) => curve(points.map(([mean]) => tenth(at.x(mean))), points.map(([, spread]) => at.y(spread)));
const closed = (nats, half, at) => { const { upper, lower } = level(nats, half); return `${line(upper, at)}L${line(lower.reverse(), at).slice(1)}Z`; };

/** The lines that are drawn: decades, as many as there is room for. */
function decades({ up, down, half }, budget) {
  const every = [1, 2, 4, 8, 16, 32, 64].find((n) => (2.303 * n) / (up + down) > 0.06) ?? 128;
  const top = Math.max(Math.log10(half * half + 1), up / 2.303 - 0.2);
  const powers = Array.from({ length: 12 }, (_, i) => (i - (every === 1 ? 1 : 0)) * every).filter((k) => k < Math.min(top, 300));
  return powers.filter((k) => Math.abs(Math.log10(budget) - k) > 0.12 * every);
}

/** What stays while the point moves. */
export function planeFurniture({ layer, clips, lines, inside }, { half, up, down, cost }, at, budget) {
  const { left, right, top, base, top2, base2, side } = at;
  put(clips[0], { x: left, width: right - left, y: top, height: base - top });
  put(clips[1], { x: side - 2, width: at.width - side + 2, y: top, height: base - top });
  put(clips[2], { x: left, width: right - left, y: top2 - 2, height: base2 - top2 + 4 });
  axis(layer.axes, "l", at.y, { left, right, count: 5 });
  axis(layer.axes, "m", at.rise, { left, right, count: 2, ...brief(at.rise) });
  const row = each(layer.axes, "g", "kl-axis kl-axis-x kl-axis-mean", [0]);
  const data = ticks(-half, half, at.narrow || half > 1000 ? 3 : 5);
  put(row.selectAll("line").data(data).join("line"), { x1: at.x, x2: at.x, y1: top, y2: base2 });
  put(row.selectAll("text").data(data).join("text"), { x: at.x, y: base + 19, "text-anchor": "middle" }, brief(at.x).format ?? minus);
  const costs = each(layer.axes, "g", "kl-axis kl-axis-x kl-axis-cost", [0]);
  const marks = ticks(0, cost, 2);
  put(costs.selectAll("line").data(marks).join("line"), { x1: at.across, x2: at.across, y1: top, y2: base });
  put(costs.selectAll("text").data(marks).join("text"), { x: at.across, y: base + 19, "text-anchor": (t) => (t > 0.8 * cost ? "end" : "middle") }, (t) => (t === 0 || (at.narrow && t < marks.at(-1)) ? "" : t < 1000 ? String(t) : thousands(t)));

  const powers = decades({ up, down, half }, budget);
  const crest = ({ upper }) => at.y(upper[upper.length >> 1][1]);
  const levels = powers.map((k) => ({ k, ...level(10 ** k, half) })).filter((one) => up < FLOAT32_END || Math.abs(crest(one) - at.y(FLOAT32_END)) > 18);
  put(each(inside, "path", "kl-curve kl-curve-c kl-latent-level", levels), { opacity: 0.45, d: ({ upper, lower }) => line(upper, at) + line(lower, at) });
  put(each(inside, "line", "kl-loss kl-latent-float", up > FLOAT32_END ? [at.y(FLOAT32_END)] : []), { "stroke-width": 1.5, "stroke-dasharray": "6 4", x1: left, x2: right, y1: Number, y2: Number });
  const name = (k) => (k < 4 ? String(10 ** k) : power(k));
  const tags = levels.filter((one) => at.x(one.upper.at(-1)[0]) - at.x(0) > 14 && crest(one) > top + 6).map((one) => [name(one.k), at.x(-half * 0.06), crest(one) + 4, "end"]);
  write(layer.words, "kl-hint kl-of kl-latent-tag", up > FLOAT32_END ? [...tags, ["exp ℓ = ∞ in float32", right - 4, at.y(FLOAT32_END) - 5, "end"]] : tags);

  const grid = (from, to) => Array.from({ length: 121 }, (_, i) => from + ((to - from) * i) / 120);
  const profile = (from, to) => { const all = grid(from, to); return curve(all.map((v) => tenth(Math.min(at.width + 99, at.across(expExcess(v) / 2)))), all.map(at.y)); };
  const far = Math.min(up, Math.log(2 * cost + 2) + 1.5); // all of the curve that is in the frame, finely
  put(each(lines, "path", "kl-curve kl-net kl-latent-log", [0]), { d: profile(-down, 0), "clip-path": clips.urls[1] });
  put(each(lines, "path", "kl-curve kl-loss kl-latent-exp", [0]), { d: profile(0, far), "clip-path": clips.urls[1] });
  put(each(lines, "path", "kl-curve kl-net kl-latent-square", [0]), { d: curve(grid(-half, half).map((m) => tenth(at.x(m))), grid(-half, half).map((m) => at.rise((m * m) / 2))), "clip-path": clips.urls[2] });
  write(layer.words, "kl-hint kl-of kl-latent-side", [["ℓ = log σ²", 0, top - 8], ["μ", 0, base + 19], ["½μ²", right + 4, base2 - 2], ["½(σ²−1−ℓ)", at.width, top - 8, "end"], ["½ exp ℓ", at.width, at.y(0) - 6, "end"], ["−½ℓ", side + 7, base - 5]]);
  titles(layer.titles, [[14, [["cost of "], ["q = N(μ, σ²)", "kl-ink-q"], [" against "], ["p = N(0,1)", "kl-ink-p"]]], [32, [["lines: equal KL in nats; arrow: downhill"]]]]);
}

/** The budget's line, which moves with it alone. */
export const budgetLine = (lines, { budget }, { half }, at) => put(each(lines, "path", "kl-gain kl-latent-budget", [0]), { "fill-opacity": 0.14, "stroke-width": 2.25, d: closed(budget, half, at) });

/** An arrow from the point to where gradient descent goes; its length grows with the logarithm of the slope. */
function arrow(px, py, at, log_var, { grad_mean, grad_log_var }) {
  const [dx, dy] = [-grad_mean * (at.x(1) - at.x(0)), grad_log_var * (at.y(0) - at.y(1))];
  const size = Math.hypot(dx, dy);
  const long = Math.min(16 * Math.log1p(size / 4), size, size * Math.abs(log_var / grad_log_var) || size); // not beyond the axes
  if (!(long > 3)) return "";
  const [ux, uy] = [dx / size, dy / size];
  const [ex, ey] = [px + long * ux, py + long * uy];
  const barb = (turn) => `${tenth(ex - 8 * ux + turn * 4.5 * uy)},${tenth(ey - 8 * uy - turn * 4.5 * ux)}`;
  return `M${tenth(px)},${tenth(py)}L${tenth(ex)},${tenth(ey)}M${barb(1)}L${tenth(ex)},${tenth(ey)}L${barb(-1)}`;
}

/** What moves with the point. @returns {object[]} the handles */
export function drawPlane({ layer }, state, numbers, extent, at) {
  const { mean, log_var, budget } = state;
  const { kl, mean_cost, var_cost, grad_mean, grad_log_var, left } = numbers;
  const [px, py] = [at.x(mean), at.y(log_var)];
  const [foot, flank] = [at.rise(mean_cost), at.across(var_cost)];
  put(each(layer.bars, "path", "kl-spread kl-latent-drop", [0]), { d: `M${tenth(px)},${tenth(py)}V${tenth(foot)}M${tenth(px)},${tenth(py)}H${tenth(flank)}` });
  put(each(layer.bars, "path", "kl-curve kl-net kl-latent-arrow", [0]), { d: arrow(px, py, at, log_var, numbers) });
  const short = (x) => number(x, Math.abs(x) < 100 ? 3 : 1);
  write(layer.words, "kl-of kl-latent-sum", [
    [short(mean_cost), at.width, at.top2 + 6, "end"], [`+ ${short(var_cost)}`, at.width, at.top2 + 22, "end"], [`= ${short(kl)}`, at.width, at.top2 + 38, "end", "kl-net-label"],
    [`${left < 0 ? "over" : "inside"} B`, at.width, at.top2 + 56, "end"],
  ]);
  const m = Math.sqrt(2 * budget);
  write(layer.words, "kl-ink-gain kl-of kl-latent-name", [[`B = ${Number(budget.toPrecision(3))}`, Math.max(at.x(-m) - 9, at.left + 52), at.y(0) + 20, "end"]]);

  const cost = `KL ${spokenAmount(kl, "nats")}`;
  const where = `mean ${spoken(mean, 2)}, log variance ${spoken(log_var, 2)}`;
  const slope = `gradient ${spoken(grad_mean, 2)} and ${spoken(grad_log_var, 2)}`;
  const least = (name, now) => Math.min(LIMITS[name][0], now);
  const most = (name, now) => Math.max(LIMITS[name][1], now);
  return [
    { id: "budget", kind: "kl-latent-purse", orientation: "horizontal", x: at.x(-m), y: at.y(0), width: 11, height: 18, label: "Budget", least: least("budget", budget), most: most("budget", budget), now: budget,
      text: `${spokenAmount(budget, "nats")}, ${cost} is ${left < 0 ? "over it" : "inside"}` },
    { id: "mean", kind: "kl-handle-q", orientation: "horizontal", x: px, y: foot, width: 13, height: 13, label: "Mean of q", least: -extent.half, most: extent.half, now: mean, text: `mean ${spoken(mean, 2)}, its part ${spokenAmount(mean_cost, "nats")}, ${cost}` },
    { id: "log_var", kind: "kl-handle-q", orientation: "vertical", x: flank, y: py, width: 13, height: 13, label: "Log variance of q", least: -extent.down, most: extent.up, now: log_var,
      text: `log variance ${spoken(log_var, 2)}, its part ${spokenAmount(var_cost, "nats")}, ${cost}` },
    { id: "point", kind: "kl-handle-q kl-point", orientation: "vertical", x: px, y: py, width: 17, height: 17, label: "q in the plane of mean and log variance", least: -extent.down, most: extent.up, now: log_var, text: `${where}, ${cost}, ${slope}` },
  ];
}
