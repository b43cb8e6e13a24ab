/**
 * Trained VAEs with two latents, for pictures of 8 × 8 pixels that are black or white: their weights unpacked, their encoders and
 * decoders, and what they say of a picture, in nats. The same sums as network.py, over the same nodes. Pure functions, no DOM.
 *
 * @typedef {object} State
 * @property {number} beta which of the models @property {string} x the picture, 16 hexadecimal digits
 * @property {[number, number]} z the place that is decoded, where @property {"mean" | "free"} at is free
 * @property {"images" | "decoder"} layer what the map shows of all latents
 *
 * @typedef {{hidden: number, weights: Float64Array[]}} Network
 */

const PIXELS = 64;
const [SPACING, STEPS] = [0.3, 18]; // of the nodes of an average over q: so many standard deviations apart, so many to each side
export const REACH = 6; // of the square of latents over which the evidence is integrated
const CELLS = 120;
const STEP = (2 * REACH) / CELLS;
/** How far the map goes, and hands with it. */
export const HALF = 4.5;
/** What a Gaussian in the plane has within one and two standard deviations. */
const MASSES = [1 - Math.exp(-0.5), 1 - Math.exp(-2)];

/** The state made whole, or null if it is none. @returns {?State} */
export function sane({ beta, x, z, at, layer }) {
  const whole = beta >= 0 && beta < Infinity && /^[0-9a-f]{16}$/.test(x) && z.length === 2 && z.every((value) => Math.abs(value) <= 100);
  return whole && ["mean", "free"].includes(at) && ["images", "decoder"].includes(layer) ? { beta, x, z: [...z], at, layer } : null;
}

/** The 64 pixels of 16 hexadecimal digits, and back. */
export const pixels = (x) => Array.from({ length: PIXELS }, (_, i) => (parseInt(x[i >> 2], 16) >> (3 - (i & 3))) & 1);
export const written = (ink) => Array.from({ length: PIXELS / 4 }, (_, i) => (ink[4 * i] * 8 + ink[4 * i + 1] * 4 + ink[4 * i + 2] * 2 + ink[4 * i + 3]).toString(16)).join("");

/** Weights of 8 bits with a scale for each array. @param {string} text @returns {Network} */
export function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const hidden = (bytes.length - 100) / 136;
  let start = 0;
  const weights = [PIXELS * hidden, hidden, hidden * 4, 4, 2 * hidden, hidden, hidden * PIXELS, PIXELS].map((size) => {
    const scale = new DataView(bytes.buffer).getFloat32(start, true);
    start += 4 + size;
    return Float64Array.from(new Int8Array(bytes.buffer, start - size, size), (weight) => weight * scale);
  });
  return { hidden, weights };
}

/** input · weights + bias. */
function affine(input, weights, bias) {
  const out = Float64Array.from(bias);
  for (let i = 0; i < input.length; i++) {
    if (input[i] === 0) continue;
    for (let j = 0; j < out.length; j++) out[j] += input[i] * weights[i * out.length + j];
  }
  return out;
}
const layers = (input, [w, b, v, c]) => affine(affine(input, w, b).map(Math.tanh), v, c);

/** Mean and log-variance of q(z|x). @param {Network} network */
export function encode({ weights }, ink) {
  const [m1, m2, l1, l2] = layers(ink, weights.slice(0, 4));
  return { mean: [m1, m2], log_var: [l1, l2] };
}

/** The logit of ink for each pixel. @param {Network} network */
export const decode = ({ weights }, z) => layers(z, weights.slice(4));

/** The decoder's probability of ink. */
export const inkAt = (network, z) => decode(network, z).map((a) => 1 / (1 + Math.exp(-a)));

const softplus = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

/** log p(x|z), from the logits at z. */
export const likelihood = (ink, logits) => logits.reduce((sum, a, i) => sum + ink[i] * a - softplus(a), 0);

/** Logits on the grid of latents, and what log p(x, z) is there for a picture without ink. @param {Network} network */
export function survey(network) {
  const count = CELLS + 1;
  const logits = new Float64Array(count * count * PIXELS);
  const blank = new Float64Array(count * count);
  for (let k = 0; k < blank.length; k++) {
    const z = [-REACH + STEP * (k % count), -REACH + STEP * Math.floor(k / count)];
    const found = decode(network, z);
    logits.set(found, k * PIXELS);
    blank[k] = likelihood(new Uint8Array(PIXELS), found) - (z[0] * z[0] + z[1] * z[1]) / 2 - Math.log(2 * Math.PI);
  }
  return { logits, blank };
}

/** log p(x, z) on the grid. */
function logJoint({ logits, blank }, ink) {
  const black = ink.flatMap((one, i) => (one ? [i] : []));
  return blank.map((value, k) => {
    let sum = value;
    for (const i of black) sum += logits[k * PIXELS + i];
    return sum;
  });
}

/** Everything about a picture. @param {Network} network @param {ReturnType<typeof survey>} surveyed of that network */
export function examine(network, surveyed, ink) {
  const { mean, log_var } = encode(network, ink);
  const std = log_var.map((value) => Math.exp(value / 2));
  let [sum, total] = [0, 0];
  for (let i = -STEPS; i <= STEPS; i++) {
    for (let j = -STEPS; j <= STEPS; j++) {
      const [s, t] = [i * SPACING, j * SPACING];
      const weight = Math.exp(-(s * s + t * t) / 2);
      sum += weight * likelihood(ink, decode(network, [mean[0] + std[0] * s, mean[1] + std[1] * t]));
      total += weight;
    }
  }
  const costs = mean.map((m, i) => (m * m + Math.expm1(log_var[i]) - log_var[i]) / 2);
  const kl = costs[0] + costs[1];
  const reconstruction = -sum / total;
  const joint = logJoint(surveyed, ink);
  const top = joint.reduce((most, value) => Math.max(most, value), -Infinity);
  const evidence = top + Math.log(joint.reduce((all, value) => all + Math.exp(value - top), 0)) + 2 * Math.log(STEP);
  return { mean, std, joint, costs, kl, reconstruction, elbo: -reconstruction - kl, evidence, gap: evidence + reconstruction + kl };
}

/** The numbers shown. @param {ReturnType<typeof examine>} found */
export const measure = ({ kl, reconstruction, elbo, evidence, gap }, beta, ink, logits) => ({ kl, reconstruction, loss: reconstruction + beta * kl, elbo, evidence, gap, at_z: -likelihood(ink, logits) });

/** The place that is decoded. */
export const placeOf = ({ at, z }, { mean }) => (at === "free" ? z : mean);

/** The model trained with this β, or the nearest. @param {{beta: number}[]} models */
export const modelFor = (models, beta) => models.reduce((best, model) => (Math.abs(model.beta - beta) < Math.abs(best.beta - beta) ? model : best));

/** All of it at once. @param {State} state @param {{beta: number, weights: string}[]} models */
export function numbersOf(state, models) {
  const model = modelFor(models, state.beta);
  const network = unpack(model.weights);
  const ink = pixels(state.x);
  const found = examine(network, survey(network), ink);
  return measure(found, model.beta, ink, decode(network, placeOf(state, found)));
}

/** Rows of the grid, from the lowest z₂ up. */
export const rows = (joint) => Array.from({ length: CELLS + 1 }, (_, j) => joint.subarray(j * (CELLS + 1), (j + 1) * (CELLS + 1)));
/** The latent at a place of the grid, in cells. */
export const fromCells = (cells) => -REACH + STEP * cells;

/** How high log p(x, z) is on the borders of the smallest regions with 39 % and 86 % of the posterior. */
export function borders(joint) {
  const heights = Float64Array.from(joint).sort().reverse();
  const whole = heights.reduce((sum, height) => sum + Math.exp(height - heights[0]), 0);
  let [k, sum] = [-1, 0];
  return MASSES.map((mass) => {
    while (k < 0 || sum < mass * whole) sum += Math.exp(heights[++k] - heights[0]);
    return heights[k];
  });
}

/** States that each show one thing. @param {{beta: number}[]} models @param {string[]} images @param {string} labels */
export function presets(models, images, labels) {
  const shown = (label) => images[Math.max(0, labels.indexOf(label))];
  const usual = modelFor(models, 1).beta;
  return [
    { name: "A zero and its Gaussian", beta: usual, x: shown("0"), at: "mean" },
    { name: "Its upper half alone", beta: usual, x: shown("0").slice(0, 8) + "0".repeat(8), at: "mean" },
    { name: "An empty page", beta: usual, x: "0".repeat(16), at: "mean" },
    { name: "No digit at all", beta: usual, x: "aa55".repeat(4), at: "mean" },
    { name: "All that the decoder draws", beta: usual, layer: "decoder" },
    { name: "The smallest β: too sure", beta: models[0].beta, x: shown("0"), at: "mean", layer: "images" },
    { name: "The largest β: collapse", beta: models.at(-1).beta, x: shown("0"), at: "mean", layer: "images" },
  ];
}
