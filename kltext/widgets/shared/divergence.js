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
export const total = (term, p, q) => {
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

/** q·[tᵅ − 1 − α(t − 1)] / (α(α − 1)) with t = p/q: a share of the alpha-divergence, never negative and without cancellation. */
export function alphaExcess(p, q, order) {
  if (p === q) return 0;
  if (order === 1 || order === 0) return order ? excess(p, q) : excess(q, p);
  if (p === 0) return order > 0 ? q / order : Infinity;
  if (q === 0) return order > 1 ? Infinity : p / (1 - order);
  const s = (p - q) / q;
  if (Math.abs(s) * Math.max(1, Math.abs(order)) <= 0.1) {
    let [part, series] = [s / 2, s / 2];
    for (let k = 2; k < 18; k++) series += part *= (s * (order - k)) / (k + 1); // the binomial series without its first two terms
    return (p - q) * series;
  }
  const r = logRatio(p, q);
  const nearest = order > 0.5 ? 1 : 0; // the limits α → 1 and α → 0, where nothing may cancel
  if ((order - nearest) * r > 700) return Math.exp(order * r + Math.log(q)) / (order * (order - 1)); // the rest is nothing beside it
  if (nearest) return ((p * Math.expm1((order - 1) * r)) / (order - 1) - (p - q)) / order;
  return ((q * Math.expm1(order * r)) / order - (p - q)) / (order - 1);
}

/** e^v − 1 − v ≥ 0, by its series where that would cancel. */
export function expExcess(v) {
  if (Math.abs(v) >= 0.5) return Math.expm1(v) - v;
  let series = 0;
  for (let k = 14; k > 2; k--) series = ((1 + series) * v) / k;
  return ((1 + series) * v * v) / 2;
}

/** ½(√p − √q)². */
export const hellingerExcess = (p, q) => (p === q ? 0 : ((p - q) / (Math.sqrt(p) + Math.sqrt(q))) ** 2 / 2);

/** (p − q)²/q. */
export const chi2Excess = (p, q) => (p === q ? 0 : ((p - q) / Math.sqrt(q)) ** 2);

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
