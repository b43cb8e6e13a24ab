/**
 * The reverse fit: D(Q‖P) over normal laws Q = N(μ, σ²), walked downhill from a start, and searched for every local minimum.
 * Moves are made in Q's own units, μ → μ + σ·a and log σ → log σ + b, as in kltext._reverse_fit. Pure functions, no DOM.
 *
 * @typedef {{mean: number, std: number, value: number}} Point a normal law and its D(Q‖P)
 */
import { averages, fromMixture, mixture, moments } from "./mixture.js";

const CONSTANT = (Math.log(2 * Math.PI) + 1) / 2;
const STRIDE = 0.15; // the longest step of the walk, so that it can be seen
const ALMOST = 1e-5; // a slope at which the walk ends and Newton's method takes over
const NOISE = 1e-10; // a slope that is rounding: on the ridge between two equal modes nothing pulls aside

/** D(Q‖P) with slope and curvature in (a, b), to rounding or roughly. @param {import("./mixture.js").Mixture} law */
export function evaluate(law, mean, std, rough = false) {
  const [log, slope, turn, bend, twist, stretch] = averages(law, mean, std, rough);
  return { mean, std, value: -log - Math.log(std) - CONSTANT, a: -slope, b: -turn - 1, aa: -bend, ab: -twist, bb: -stretch - turn };
}

const steepness = ({ a, b }) => Math.max(Math.abs(a), Math.abs(b));
const moved = ({ mean, std }, a, b) => [mean + std * a, std * Math.exp(b)];

/** The curvatures along the two axes of the Hessian, least first, each with its direction. */
function axes({ aa, ab, bb }) {
  const middle = (aa + bb) / 2;
  const radius = Math.hypot((aa - bb) / 2, ab);
  const angle = Math.atan2(2 * ab, aa - bb) / 2; // of the larger one
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [[middle - radius, -s, c], [middle + radius, c, s]];
}

/** The longest of the step and its halves that leads down enough; null if none does. */
function downhill(law, here, a, b, rough) {
  const slack = 1e-14 * (1 + Math.abs(here.value));
  for (let share = 1; share > 1e-9; share /= 2) {
    const there = evaluate(law, ...moved(here, share * a, share * b), rough);
    if (there.value <= here.value + slack + 1e-4 * share * (a * here.a + b * here.b)) return there;
  }
  return null;
}

/** Newton's method downhill, along negative curvature as well, to the bottom; null as soon as it comes near the bottom of a known basin. */
function settle(law, here, flat = 1e-13, rough = false, basins = []) {
  for (let tries = 0; tries < 60 && steepness(here) > flat; tries++) {
    if (basins.some((end) => apart(end, here) < 0.02)) return null;
    let [a, b] = [0, 0];
    for (const [size, x, y] of axes(here)) {
      const pull = (x * here.a + y * here.b) / Math.max(Math.abs(size), 1e-4);
      a -= x * pull;
      b -= y * pull;
    }
    const share = Math.min(1, 0.5 / Math.max(Math.abs(a), Math.abs(b)));
    const there = downhill(law, here, share * a, share * b, rough);
    if (there === null || (steepness(there) >= steepness(here) && Math.abs(there.value - here.value) < 1e-13)) break;
    here = there;
  }
  return here;
}

/**
 * The walk from a start: steepest descent by the natural gradient (in units of Q's own information), in short steps; from a
 * saddle it is tipped towards greater means. @returns {{path: Point[], end: Point}}
 */
export function walk(law, mean, std) {
  let here = evaluate(law, mean, std, true);
  const path = [here];
  for (let tries = 0; tries < 600; tries++) {
    const pull = Math.abs(here.a) < NOISE ? 0 : here.a;
    let next = null;
    if (Math.max(Math.abs(pull), Math.abs(here.b)) > ALMOST) {
      const share = Math.min(0.5, STRIDE / Math.max(Math.abs(pull), Math.abs(here.b) / 2));
      next = downhill(law, here, -share * pull, (-share * here.b) / 2, true);
    }
    if (next === null) {
      const [[size, x, y]] = axes(here);
      if (size > -1e-6) break;
      next = evaluate(law, ...moved(here, 0.2 * Math.abs(x), 0.2 * y * (x < 0 ? -1 : 1)), true);
    }
    here = next;
    path.push(here);
  }
  here = settle(law, evaluate(law, here.mean, here.std));
  path.push(here);
  return { path: path.map(bare), end: bare(here) };
}

/**
 * The same walk down D(P‖Q), whose slopes come from the mean and the spread of P alone: to the forward fit, from every start.
 * @param {Point} forward @returns {Point[]}
 */
export function forwardWalk(forward, mean, std) {
  const path = [];
  for (let tries = 0; tries < 600; tries++) {
    path.push({ mean, std, value: fromMixture(forward, mean, std) });
    const a = (mean - forward.mean) / std;
    const b = 1 - (forward.std / std) ** 2 - a * a;
    if (Math.max(Math.abs(a), Math.abs(b)) < ALMOST) break;
    const share = Math.min(0.5, STRIDE / Math.max(Math.abs(a), Math.abs(b) / 2));
    [mean, std] = moved({ mean, std }, -share * a, (-share * b) / 2);
  }
  return [...path, forward];
}

const bare = ({ mean, std, value }) => ({ mean, std, value: Math.max(0, value) });
const apart = (one, other) => Math.max(Math.abs(one.mean - other.mean) / one.std, Math.abs(Math.log(one.std / other.std)));

/**
 * Every local minimum that is found from many starts, the best first. Roughly at first, and only as far as what is known;
 * while a hand moves, the minima of a moment ago are the best starts. @param {Point[]} near @returns {Point[]}
 */
export function minima(law, near = []) {
  const { means, stds } = law;
  const all = moments(law);
  const middle = (means[0] + means[1]) / 2;
  const starts = [...near.map(({ mean, std }) => [mean, std]), [means[0], stds[0]], [means[1], stds[1]], [all.mean, all.std], [middle, all.std], [means[0], all.std], [means[1], all.std], [middle, Math.min(...stds)], [all.mean, 2 * all.std]];
  const [rough, basins] = [[], []];
  const roughly = (mean, std) => settle(law, evaluate(law, mean, std, true), 1e-6, true, basins);
  for (const [mean, std] of starts) {
    const end = roughly(mean, std);
    if (end === null || rough.some((other) => apart(other, end) < 1e-4)) continue;
    rough.push(end);
    const [[least, x, y]] = axes(end);
    if (least > 0.05) basins.push(end);
    if (least < -1e-7) rough.push(...[-0.2, 0.2].map((side) => roughly(...moved(end, side * x, side * y))).filter(Boolean));
  }
  const found = [];
  for (const end of rough.map(({ mean, std }) => settle(law, evaluate(law, mean, std)))) {
    if (axes(end)[0][0] > -1e-7 && steepness(end) < 1e-6 && !found.some((other) => apart(other, end) < 1e-5)) found.push(end);
  }
  found.sort((one, other) => (Math.abs(one.value - other.value) > 1e-9 ? one.value - other.value : one.mean - other.mean));
  return found.map(bare);
}

const twin = (m) => mixture([0.5, 0.5], [-m, m], [1, 1]);

/** For ½N(−m, 1) + ½N(m, 1): the minimum near a right one that is known, or null where there is none apart from the middle. */
function aside(m, near) {
  const law = twin(m);
  const end = settle(law, evaluate(law, near.mean, near.std));
  return end.mean > 1e-3 && axes(end)[0][0] > 0 ? bare(end) : null;
}

/** The minimum in the middle, where the slope along μ vanishes by symmetry; null where that is a ridge. */
function central(m, near) {
  const law = twin(m);
  let here = evaluate(law, 0, near.std);
  for (let tries = 0; tries < 60 && Math.abs(here.b) > 1e-12; tries++) here = evaluate(law, 0, here.std * Math.exp(Math.max(-0.5, Math.min(0.5, -here.b / Math.max(here.bb, 0.2)))));
  return here.aa > 0 ? bare(here) : null;
}

/** Halve until the two places where the answers differ are close. @returns {[number, number]} */
function between(low, high, isHigh, close) {
  while (high - low > close) {
    const middle = (low + high) / 2;
    if (isHigh(middle)) high = middle;
    else low = middle;
  }
  return [low, high];
}

/**
 * The two families of minima of ½N(±m, 1) over m, in the unit of the spread, each followed from where it is plain: the ones
 * on a mode (|μ|) from far apart inwards to where they cease, the ones in the middle from m = 0 outwards; and the m at which
 * the best one changes from the middle to a mode.
 */
export function branches(most = 4, count = 40) {
  const places = Array.from({ length: count + 1 }, (_, i) => (i * most) / count);
  const middle = [];
  for (const m of places) {
    const found = central(m, middle.at(-1) ?? { std: 1 });
    if (found === null) break;
    middle.push({ m, ...found });
  }
  const side = [];
  for (const m of [...places].reverse()) {
    const near = side.at(-1) ?? { mean: m, std: 1 };
    const found = aside(m, near);
    if (found === null) {
      let last = near;
      const [, fold] = between(m, near.m, (place) => {
        const each = aside(place, last);
        last = each ?? last;
        return each !== null;
      }, 1e-3);
      side.push({ m: fold, ...last });
      break;
    }
    side.push({ m, ...found });
  }
  side.reverse();
  const isBetter = (m) => {
    const nearest = (family) => family.reduce((best, one) => (Math.abs(one.m - m) < Math.abs(best.m - m) ? one : best));
    const here = aside(m, nearest(side));
    const there = central(m, nearest(middle));
    return here !== null && (there === null || here.value < there.value);
  };
  return { middle, side, fold: side[0].m, jump: between(side[0].m, most, isBetter, 1e-9)[1] };
}
