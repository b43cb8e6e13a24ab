/**
 * Divergences of discrete distributions, in nats: the same forms as kltext, so that both agree to the last digits.
 * Infinity is a value. Pure functions, no DOM.
 * @typedef {ArrayLike<number>} Distribution
 */

/** Nats in one unit of information. */
export const NATS = { nats: 1, bits: Math.LN2 };

/** Relative difference of p and q up to which a series takes over. */
const NEAR = 0.08;

/** Sum over the outcomes of term(pᵢ, qᵢ). */
const total = (term, p, q) => {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += term(p[i], q[i]);
  return sum;
};

/** log(p/q), also where the quotient itself would over- or underflow. */
const logQuotient = (p, q) => {
  const ratio = p / q;
  return ratio > 1e-300 && ratio < 1e300 ? Math.log(ratio) : Math.log(p) - Math.log(q);
};

/** r = log p − log q of one outcome; NaN where both are impossible. */
export function logRatio(p, q) {
  if (p === 0 && q === 0) return NaN;
  return Math.abs(q - p) <= p / 2 ? -Math.log1p((q - p) / p) : logQuotient(p, q);
}

/** The outcome's share p·r of D(P‖Q); 0·log 0 = 0. */
export const contribution = (p, q) => (p === 0 ? 0 : p * logRatio(p, q));

/** p·log(p/q) − p + q ≥ 0: summed over two distributions the added parts cancel, and nothing else does. */
export function excess(p, q) {
  if (p === 0) return q;
  if (q === 0) return Infinity;
  return Math.abs(q - p) <= NEAR * p ? excessNear(p, q - p, q + p) : q - p + p * logQuotient(p, q);
}

/** The same for q = p + difference close to p: log(q/p) = 2 artanh s, without its first order, which cancels on paper. */
export function excessNear(p, difference, sum) {
  const s = difference / sum;
  const u = s * s;
  const series = 1 / 3 + u * (1 / 5 + u * (1 / 7 + u * (1 / 9 + u / 11)));
  return s * (difference - 2 * p * u * series);
}

/** ½·p·log(p/m) + ½·q·log(q/m) with m = ½(p + q), the mixture never formed where p ≈ q. */
export function mixtureExcess(p, q) {
  if (p === 0 || q === 0) return ((p + q) * Math.LN2) / 2;
  if (4 * Math.abs(q - p) <= p + q) {
    const u = ((q - p) / (q + p)) ** 2;
    let series = 0;
    for (let k = 11; k > 0; k--) series = u * (1 / (2 * k * (2 * k - 1)) + series);
    return ((p + q) / 2) * series;
  }
  const m = (p + q) / 2;
  return (p * Math.log(p / m) + q * Math.log(q / m)) / 2;
}

const charge = (p, q) => (p === 0 || q === 1 ? 0 : -p * Math.log(q));

/** D(P‖Q). @param {Distribution} p @param {Distribution} q */
export const klDivergence = (p, q) => total(excess, p, q);

/** H(P). @param {Distribution} p */
export const entropy = (p) => total(charge, p, p);

/** H(P,Q), the surprise paid by Q on data from P. @param {Distribution} p @param {Distribution} q */
export const crossEntropy = (p, q) => total(charge, p, q);

/** JS(P,Q). @param {Distribution} p @param {Distribution} q */
export const jsDivergence = (p, q) => Math.min(total(mixtureExcess, p, q), Math.LN2);

/** TV(P,Q). @param {Distribution} p @param {Distribution} q */
export const totalVariation = (p, q) => Math.min(total((a, b) => Math.abs(a - b), p, q) / 2, 1);
