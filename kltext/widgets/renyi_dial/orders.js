/** Rényi's divergences of every order from 0 to ∞, in nats, in the forms of kltext/renyi.py. Pure functions, no DOM. */
import { klDivergence, logRatio } from "../shared/divergence.js";

/** q·[tᵅ − 1 − α(t − 1)] / (α(α − 1)) with t = p/q: a share of the alpha-divergence, never negative and without cancellation. */
function share(p, q, order) {
  if (p === 0) return q / order;
  if (q === 0) return order > 1 ? Infinity : p / (1 - order);
  const s = (p - q) / q;
  if (Math.abs(s) * Math.max(1, order) <= 0.1) {
    let [part, series] = [s / 2, s / 2];
    for (let k = 2; k < 18; k++) series += part *= (s * (order - k)) / (k + 1); // the binomial series without its first two terms
    return (p - q) * series;
  }
  const r = logRatio(p, q);
  if ((order - 1) * r > 700) return Math.exp(order * r + Math.log(q)) / (order * (order - 1)); // the rest is nothing beside it
  // From the nearer of the two limits α → 1 and α → 0, where nothing may cancel.
  if (order > 0.5) return ((p * Math.expm1((order - 1) * r)) / (order - 1) - (p - q)) / order;
  return ((q * Math.expm1(order * r)) / order - (p - q)) / (order - 1);
}

/** log Σ pᵅq¹⁻ᵅ as a sum of exponentials from which the largest has been taken out. */
function logSum(p, q, order) {
  const logs = p.map((a, i) => (a > 0 && q[i] > 0 ? Math.log(a) + (order - 1) * logRatio(a, q[i]) : a > 0 && order > 1 ? Infinity : -Infinity));
  const top = Math.max(...logs);
  return Number.isFinite(top) ? top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0)) : top;
}

/** What Q gives to the outcomes that P allows. */
export function covered(p, q) {
  const mass = q.reduce((sum, b, i) => (p[i] > 0 ? sum + b : sum), 0);
  return mass > 1 - 1e-12 ? 1 : mass; // rounding of a sum of probabilities
}

/** The largest log-ratio log(p/q). */
export const maxDivergence = (p, q) => Math.max(...p.map((a, i) => (a > 0 ? logRatio(a, q[i]) : -Infinity)));

/** D_α(P‖Q). @param {number[]} p @param {number[]} q @param {number} order from 0 to Infinity */
export function renyiDivergence(p, q, order) {
  if (order === 0) return Math.abs(Math.log(covered(p, q)));
  if (order === 1) return klDivergence(p, q);
  if (order === Infinity) return maxDivergence(p, q);
  const surplus = order * (order - 1) * p.reduce((sum, a, i) => sum + share(a, q[i], order), 0);
  const value = (Math.abs(surplus) < 0.5 ? Math.log1p(surplus) : logSum(p, q, order)) / (order - 1);
  return Math.max(0, value);
}

/** H²(P,Q) = ½ Σ (√p − √q)². */
export const squaredHellinger = (p, q) => p.reduce((sum, a, i) => (a === q[i] ? sum : sum + ((a - q[i]) / (Math.sqrt(a) + Math.sqrt(q[i]))) ** 2 / 2), 0);

/** χ²(P‖Q) = Σ (p − q)²/q. */
export const chi2Divergence = (p, q) => p.reduce((sum, a, i) => (a === q[i] ? sum : sum + ((a - q[i]) / Math.sqrt(q[i])) ** 2), 0);

/** How much of Σ pᵅq¹⁻ᵅ comes from outcome i, for a finite order; NaN where that sum is nothing or infinite. */
export function weight(p, q, order, i) {
  const logs = p.map((a, j) => (a > 0 && q[j] > 0 ? Math.log(q[j]) + order * logRatio(a, q[j]) : -Infinity));
  const top = Math.max(...logs);
  if (!Number.isFinite(top) || (order >= 1 && p.some((a, j) => a > 0 && q[j] === 0))) return NaN;
  return Math.exp(logs[i] - top) / logs.reduce((sum, log) => sum + Math.exp(log - top), 0);
}
