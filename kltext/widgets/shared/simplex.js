/**
 * Laws of three outcomes as points of a triangle: outcome 0 stands left, outcome 1 above, outcome 2 right; its sides have length 1.
 * Pure functions, no DOM.
 * @typedef {[number, number, number]} Three
 */
import { tidy } from "./probabilities.js";

const HEIGHT = Math.sqrt(3) / 2;
/** Where a law stands. @param {Three} law @returns {[number, number]} */
export const place = (law) => [law[2] + law[1] / 2, HEIGHT * law[1]];

/** The law that stands there, or the nearest on the edge; in steps of 1/200. @returns {Three} */
export function lawAt([x, y]) {
  const top = y / HEIGHT;
  const raw = [1 - x - top / 2, top, x - top / 2].map((mass) => Math.max(0, mass));
  const sum = raw[0] + raw[1] + raw[2];
  const law = raw.map((mass) => tidy(Math.round((200 * mass) / sum) / 200));
  const largest = law.indexOf(Math.max(...law));
  law[largest] = tidy(1 - law.reduce((total, mass, i) => (i === largest ? total : total + mass), 0));
  return law;
}

const rest = (mass) => Number(mass.toFixed(12));

/** The law with so much moved from the left corner to the right one. @param {Three} law */
export function sideways([left, top, right], by) {
  const moved = Math.max(-right, Math.min(left, by));
  return [rest(left - moved), top, rest(right + moved)];
}

const RAYS = 96;
/**
 * The laws at which a divergence that grows away from the centre is `height`, as a line round the centre with null where it has left the
 * triangle: the distance on each ray, and where the line leaves the angle, are found by halving.
 * @param {Three} centre with no zero @param {number} height @param {(law: Three) => number} divergence @returns {(?Three)[]}
 */
export function contour(centre, height, divergence) {
  const ray = (angle) => {
    const [across, up] = [Math.cos(angle), Math.sin(angle) / HEIGHT];
    const step = [-across - up / 2, up, across - up / 2];
    const furthest = Math.min(...step.map((by, i) => (by < 0 ? -centre[i] / by : Infinity)));
    const mass = (i, r) => Math.max(0, centre[i] + r * step[i]);
    const law = (r) => [mass(0, r), mass(1, r), mass(2, r)];
    return { law, furthest };
  };
  const meets = (angle) => {
    const { law, furthest } = ray(angle);
    return divergence(law(furthest)) >= height;
  };
  const crossing = (angle) => {
    const { law, furthest } = ray(angle);
    let [low, high] = [0, furthest];
    for (let k = 0; k < 16; k++) {
      const middle = (low + high) / 2;
      if (divergence(law(middle)) < height) low = middle;
      else high = middle;
    }
    return law(low);
  };
  const points = [];
  for (let k = 0; k <= RAYS; k++) {
    let [inside, outside] = [k, k + 1].map((n) => (2 * Math.PI * n) / RAYS);
    const met = meets(inside);
    points.push(met ? crossing(inside) : null);
    if (met === meets(outside)) continue;
    if (!met) [inside, outside] = [outside, inside];
    for (let step = 0; step < 12; step++) {
      const middle = (inside + outside) / 2;
      if (meets(middle)) inside = middle;
      else outside = middle;
    }
    points.push(crossing(inside));
  }
  return points;
}

/** A line through the pixels, broken where one is null. @param {(?[number, number])[]} points */
export const outline = (points) => points.map((point, k) => point && `${points[k - 1] ? "L" : "M"}${point.map((value) => value.toFixed(1))}`).join("");
