/**
 * Networks with one hidden layer, x ↦ out · tanh(x·into + shift) + level, and their gradients by backpropagation: the loops of training.py.
 * Pure functions, no DOM.
 * @typedef {{into: number[], shift: number[], out: number[], level: number}} Net also a gradient in its weights
 */

/** The hidden layer, sample by sample in one row, and the outputs. @param {Net} net @param {ArrayLike<number>} x */
export function forward({ into, shift, out, level }, x) {
  const units = into.length;
  const hidden = new Float64Array(x.length * units);
  const y = new Float64Array(x.length);
  for (let i = 0, at = 0; i < x.length; i++) {
    let sum = 0;
    for (let j = 0; j < units; j++, at++) sum += (hidden[at] = Math.tanh(x[i] * into[j] + shift[j])) * out[j];
    y[i] = sum + level;
  }
  return { hidden, y };
}

/** From the slopes of a loss in the outputs, its gradients in the weights and in x. @param {Net} net @returns {{weights: Net, x: Float64Array}} */
export function backward({ into, out }, x, hidden, slopes) {
  const units = into.length;
  const weights = { into: Array(units).fill(0), shift: Array(units).fill(0), out: Array(units).fill(0), level: 0 };
  const pull = new Float64Array(x.length);
  for (let i = 0, at = 0; i < x.length; i++) {
    for (let j = 0; j < units; j++, at++) {
      const inner = slopes[i] * out[j] * (1 - hidden[at] * hidden[at]);
      weights.into[j] += inner * x[i];
      weights.shift[j] += inner;
      weights.out[j] += slopes[i] * hidden[at];
      pull[i] += inner * into[j];
    }
    weights.level += slopes[i];
  }
  return { weights, x: pull };
}

/** a + factor·b, weight by weight. @returns {Net} */
export const plus = (a, b, factor = 1) => {
  const sum = (name) => a[name].map((value, j) => value + factor * b[name][j]);
  return { into: sum("into"), shift: sum("shift"), out: sum("out"), level: a.level + factor * b.level };
};

/** D from its logit. */
export const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

/** Gradient of the discriminator's loss, −mean log D(real) − mean log(1 − D(fake)). @returns {Net} */
export function dGradient(d, real, fake) {
  const on = (x, slope) => {
    const { hidden, y } = forward(d, x);
    return backward(d, x, hidden, y.map((logit) => slope(sigmoid(logit)) / x.length)).weights;
  };
  return plus(on(real, (D) => D - 1), on(fake, (D) => D));
}

/** Gradient of the generator's loss: mean log(1 − D(G(z))), or −mean log D(G(z)), non-saturating. @returns {Net} */
export function gGradient(d, g, latent, loss) {
  const inside = forward(g, latent);
  const { hidden, y } = forward(d, inside.y);
  const slopes = y.map((logit) => (loss === "saturating" ? -sigmoid(logit) : sigmoid(logit) - 1) / latent.length);
  return backward(g, latent, inside.hidden, backward(d, inside.y, hidden, slopes).x).weights;
}
