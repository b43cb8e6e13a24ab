/** Where everything stands: the plane of (μ, ℓ) with the cost of each beside its axis, and below the laws over z. */
import { linear } from "../shared/scale.js";
import { reach } from "../shared/stage.js";
import { density, logRatio } from "./math.js";

/** At least so much; beyond, in steps, so that axes change seldom while a hand moves. */
const step = (needed, floor, factor = 2) => (needed <= floor ? floor : floor * factor ** Math.ceil(Math.log(needed / floor) / Math.log(factor) - 1e-9));
const stretched = (size, floor) => step(reach(size, floor), floor, Math.SQRT2); // or shrunk, where all is small

/** How far each axis must reach for this state. */
export function extents(state, { mean_cost, var_cost }) {
  const { mean, log_var, budget } = state;
  const std = Math.exp(log_var / 2);
  let [ratio, gain, loss] = [0, 0, 0];
  for (let z = mean - 3 * std; z <= mean + 3.01 * std; z += std / 8) {
    const r = logRatio(z, state);
    if (Math.abs(z - mean) <= 2 * std) ratio = Math.max(ratio, Math.abs(r));
    gain = Math.max(gain, density(z, mean, log_var) * r);
    loss = Math.max(loss, -density(z, mean, log_var) * r);
    if (std / 8 <= Math.abs(z) * 1e-15) break; // so narrow that z does not move
  }
  const peak = step(0.44 * Math.max(1, 1 / std), 0.44, Math.SQRT2);
  const floor = 0.27 * peak;
  return {
    half: step(Math.max(Math.abs(mean), 1.03 * Math.sqrt(2 * budget)), 4), up: step(log_var, 8), down: step(-log_var, 8),
    cost: step(1.1 * Math.max(mean_cost, var_cost), 4),
    low: step(3.4 * std - mean, 4, Math.SQRT2), high: step(3.4 * std + mean, 4, Math.SQRT2), peak,
    ratio: stretched(ratio, 1), share: stretched(Math.max(gain, 2 * loss), floor), floor,
  };
}

export function layout(given, { half, up, down, cost, low, high, peak, ratio, share }) {
  const width = Math.max(given, 260);
  const narrow = width < 440;
  const beside = narrow ? 82 : 128;
  const [left, right] = [Math.max(cost, ratio) < 1e9 ? 52 : 66, width - beside - 12];
  const [top, base] = [58, narrow ? 278 : 318];
  const [top2, base2] = [base + 34, base + (narrow ? 92 : 98)];
  const tops = [base2 + 62];
  const heights = narrow ? [58, 44, 58] : [66, 48, 66];
  heights.forEach((height, i) => tops.push(tops[i] + height + 34));
  const panel = (domain, i) => linear(domain, [tops[i] + heights[i], tops[i]]);
  const bottom = tops[2] + heights[2];
  return {
    width, narrow, left, right, top, base, top2, base2, side: right + 12, tops, bottom, height: bottom + 26,
    x: linear([-half, half], [left, right]), y: linear([-down, up], [base, top]),
    across: linear([0, cost], [right + 12, width - 8]), rise: linear([0, cost], [base2, top2]),
    z: linear([-low, high], [left, width]), density: panel([0, peak], 0), r: panel([-ratio, ratio], 1), c: panel([-share / 2, share], 2),
  };
}
