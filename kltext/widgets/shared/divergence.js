/**
 * Divergences of discrete distributions, in nats: the same forms as kltext, so that both agree to the last digits.
 * Infinity is a value. Pure functions, no DOM.
 * @typedef {ArrayLike<number>} Distribution
 */

/** Nats in one unit of information. */
export const NATS = { nats: 1, bits: Math.LN2 };

const sum = (values) => {
  // Compensated (Neumaier): near-equal distributions leave terms of very different size.
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
};

/** t − log(1 + t), also where t is so small that the difference of the two would lose everything. */
export function excess(t) {
  if (Math.abs(t) > 0.1) return t - Math.log1p(t);
  // t²/2 − t³/3 + t⁴/4 − …, by Horner's rule; 18 terms reach double precision at |t| = 0.1.
  let series = 0;
  for (let k = 19; k >= 2; k--) series = 1 / k - t * series;
  return t * t * series;
}

/** r = log p − log q of one outcome; NaN where both are impossible. */
export function logRatio(p, q) {
  if (p === 0 && q === 0) return NaN;
  const t = (q - p) / p;
  if (Math.abs(t) < 0.5) return -Math.log1p(t);
  const ratio = p / q;
  return ratio > 0 && ratio < Infinity ? Math.log(ratio) : Math.log(p) - Math.log(q);
}

/** The outcome's share p·r of D(P‖Q); 0·log 0 = 0. */
export const contribution = (p, q) => (p === 0 ? 0 : p * logRatio(p, q));

/** p·log(p/q) + q − p: never negative, and exact where p and q nearly agree. */
function relative(p, q) {
  if (p === 0) return q;
  if (q === 0) return Infinity;
  const t = (q - p) / p;
  return Math.abs(t) < 0.5 ? p * excess(t) : p * logRatio(p, q) + (q - p);
}

/** D(P‖Q): the q − p added to the terms cancel in the sum. @param {Distribution} p @param {Distribution} q */
export const klDivergence = (p, q) => sum(Array.from(p, (value, i) => relative(value, q[i])));

/** H(P). @param {Distribution} p */
export const entropy = (p) => sum(Array.from(p, (value) => (value === 0 ? 0 : -value * Math.log(value))));

/** H(P,Q), the surprise paid by Q on data from P. @param {Distribution} p @param {Distribution} q */
export const crossEntropy = (p, q) => sum(Array.from(p, (value, i) => (value === 0 ? 0 : -value * Math.log(q[i]))));

/** JS(P,Q): mean divergence from the even mixture. @param {Distribution} p @param {Distribution} q */
export function jsDivergence(p, q) {
  const middle = Array.from(p, (value, i) => (value + q[i]) / 2);
  return (klDivergence(p, middle) + klDivergence(q, middle)) / 2;
}

/** TV(P,Q). @param {Distribution} p @param {Distribution} q */
export const totalVariation = (p, q) => sum(Array.from(p, (value, i) => Math.abs(value - q[i]))) / 2;
