/** Both objectives over (μ, log σ) as landscapes: their values on a grid. Pure functions, no DOM. */
import { fromMixture, logDensity } from "./mixture.js";

const REACH = 4.5; // standard deviations that count; no number that is shown comes from here
const FINE = 0.5; // of the smallest spread, and of that of each mode: how far apart the nodes may be, for an average that is exact to the eye
const NODES = 10; // to each side, at least
const MOST = 64; // steps from one column to the next

/** Height above the lowest point that each line stands for, in nats. */
export const RISES = [0.01, 0.03, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 25, 50];

/**
 * D(Q‖P) on a grid of rows, from the lowest log σ up, up to quadrature error. The nodes of all averages lie on one line of
 * places, so that log p is computed once for each of them. @param {import("./mixture.js").Mixture} law
 */
export function reverse(law, [left, right], [low, high], columns, rows) {
  const stds = Array.from({ length: rows + 1 }, (_, j) => Math.exp(low + ((high - low) * j) / rows));
  const width = (right - left) / columns;
  const parts = Math.min(MOST, Math.max(1, Math.ceil(width / (FINE * stds[0]))));
  const step = width / parts;
  const beyond = Math.ceil((REACH * stds[rows]) / step);
  const log = Float64Array.from({ length: columns * parts + 2 * beyond + 1 }, (_, k) => logDensity(law, left + (k - beyond) * step));
  return stds.map((std) => {
    const stride = Math.max(1, Math.floor(Math.min((REACH * std) / NODES, FINE * Math.min(...law.stds)) / step));
    const count = Math.floor((REACH * std) / step / stride);
    const weights = Float64Array.from({ length: count + 1 }, (_, k) => Math.exp(-(((k * stride * step) / std) ** 2) / 2));
    const total = 2 * weights.reduce((sum, weight) => sum + weight, 0) - weights[0];
    const entropy = Math.log(std) + (Math.log(2 * Math.PI) + 1) / 2;
    return Float64Array.from({ length: columns + 1 }, (_, i) => {
      const place = i * parts + beyond;
      let sum = weights[0] * log[place];
      for (let k = 1; k <= count; k++) sum += weights[k] * (log[place - k * stride] + log[place + k * stride]);
      return -entropy - sum / total;
    });
  });
}

/** D(P‖Q) on such a grid, from the forward fit. @param {import("./fit.js").Point} fit */
export function forward(fit, [left, right], [low, high], columns, rows) {
  return Array.from({ length: rows + 1 }, (_, j) => {
    const std = Math.exp(low + ((high - low) * j) / rows);
    return Float64Array.from({ length: columns + 1 }, (__, i) => fromMixture(fit, left + ((right - left) * i) / columns, std));
  });
}
