/** Rényi's divergences of every order from 0 to ∞, in nats, in the forms of kltext/renyi.py. Pure functions, no DOM. */
import { alphaExcess, chi2Excess, hellingerExcess, klDivergence, logRatio, total } from "../shared/divergence.js";

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
  const surplus = order * (order - 1) * total((a, b) => alphaExcess(a, b, order), p, q);
  const value = (Math.abs(surplus) < 0.5 ? Math.log1p(surplus) : logSum(p, q, order)) / (order - 1);
  return Math.max(0, value);
}

/** H²(P,Q) = ½ Σ (√p − √q)². */
export const squaredHellinger = (p, q) => total(hellingerExcess, p, q);

/** χ²(P‖Q) = Σ (p − q)²/q. */
export const chi2Divergence = (p, q) => total(chi2Excess, p, q);

/** How much of Σ pᵅq¹⁻ᵅ comes from outcome i, for a finite order; NaN where that sum is nothing or infinite. */
export function weight(p, q, order, i) {
  const logs = p.map((a, j) => (a > 0 && q[j] > 0 ? Math.log(q[j]) + order * logRatio(a, q[j]) : -Infinity));
  const top = Math.max(...logs);
  if (!Number.isFinite(top) || (order >= 1 && p.some((a, j) => a > 0 && q[j] === 0))) return NaN;
  return Math.exp(logs[i] - top) / logs.reduce((sum, log) => sum + Math.exp(log - top), 0);
}
