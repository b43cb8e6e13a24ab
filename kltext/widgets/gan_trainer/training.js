/** The training itself, step by step from seeded random numbers, and the laws on the cells of the line: the same as training.py. Pure, no DOM. */
import { uniforms } from "../shared/random.js";
import { dGradient, forward, gGradient, plus } from "./network.js";

const BATCH = 64; // samples of each kind in a step
const [D_HIDDEN, G_HIDDEN] = [16, 8];
const [D_RATE, G_RATE] = [0.3, 0.1]; // what gradients are multiplied by
const WEIGHTS = 3 * (D_HIDDEN + G_HIDDEN);
export const LAST = 1500;
export const KEPT = 10; // every so many steps the networks are kept, so that going back is quick

export const CELL = 0.125;
const LOW = -8;
export const CELLS = Array.from({ length: 128 }, (_, i) => LOW + CELL * (i + 0.5)); // the cells' middles
const PIECES = 256;
const LATENT = Array.from({ length: PIECES + 1 }, (_, i) => (2 * i) / PIECES - 1);

/** Discriminator and generator before the first step. */
export function initial(seed) {
  const u = Array.from(uniforms(seed, 0, WEIGHTS), (x) => 2 * x - 1);
  const net = (first, units, scales) => {
    const [into, shift, out] = scales.map((scale, k) => u.slice(first + k * units, first + (k + 1) * units).map((x) => scale * x));
    return { into, shift, out, level: 0 };
  };
  return { d: net(0, D_HIDDEN, [2, 4, 1 / Math.sqrt(D_HIDDEN)]), g: net(3 * D_HIDDEN, G_HIDDEN, [2, 2, 1]) };
}

/** Step number `number`, counted from 0: the discriminator's steps, then one of the generator. */
export function step(setup, { d, g }, number) {
  const { means, std, share, loss, d_steps, seed } = setup;
  let at = WEIGHTS + number * (4 * d_steps + 1) * BATCH;
  const next = () => uniforms(seed, (at += BATCH) - BATCH, BATCH);
  const latent = () => next().map((u) => 2 * u - 1);
  for (let k = 0; k < d_steps; k++) {
    const [modes, radii, angles] = [next(), next(), next()];
    const real = modes.map((u, i) => means[u < share ? 0 : 1] + std * (Math.sqrt(-2 * Math.log(radii[i])) * Math.cos(2 * Math.PI * angles[i])));
    d = plus(d, dGradient(d, real, forward(g, latent()).y), -D_RATE);
  }
  return { d, g: plus(g, gGradient(d, g, latent(), loss), -G_RATE) };
}

/** The data on the cells: their density at the middles, made to sum to 1. */
export function dataLaw({ means, std, share }) {
  const bump = (x, mean) => Math.exp((-1 / 2) * ((x - mean) / std) ** 2);
  const mass = CELLS.map((x) => share * bump(x, means[0]) + (1 - share) * bump(x, means[1]));
  const sum = mass.reduce((a, b) => a + b, 0);
  return mass.map((value) => value / sum);
}

/** The generator's law on the cells: each piece of the latent interval spread over the cells that it is sent to. */
export function generatorLaw(g) {
  const ends = forward(g, LATENT).y.map((x) => Math.min(-LOW, Math.max(LOW, x)));
  const mass = CELLS.map(() => 0);
  const cell = (x) => Math.min(mass.length - 1, Math.floor((x - LOW) / CELL));
  for (let k = 0; k < PIECES; k++) {
    const [low, high] = ends[k] < ends[k + 1] ? [ends[k], ends[k + 1]] : [ends[k + 1], ends[k]];
    if (high - low <= 1e-9) {
      mass[cell(low)] += 1;
      continue;
    }
    for (let c = cell(low); c <= cell(high); c++) {
      mass[c] += Math.max(0, Math.min(high, LOW + CELL * (c + 1)) - Math.max(low, LOW + CELL * c)) / (high - low);
    }
  }
  return mass.map((value) => value / PIECES);
}

/** A setup's run, which remembers what it has trained. `record` measures a state of the networks; it is kept for every tenth step. */
export function createRun(setup, record, every) {
  const kept = [initial(setup.seed)];
  const records = [record(kept[0])];
  let present = { number: 0, nets: kept[0] };
  return {
    /** The networks after so many steps. */
    at(number) {
      const start = Math.min(kept.length - 1, Math.floor(number / KEPT));
      if (present.number > number || present.number < start * KEPT) present = { number: start * KEPT, nets: kept[start] };
      let { number: done, nets } = present;
      while (done < number) {
        nets = step(setup, nets, done++);
        if (done === kept.length * KEPT) kept.push(nets);
        if (done === records.length * every) records.push(record(nets));
      }
      present = { number, nets };
      return nets;
    },
    records,
  };
}
