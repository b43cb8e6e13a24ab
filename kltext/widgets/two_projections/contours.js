/** Both objectives over (μ, log σ) as landscapes: their values on a grid, and the lines of equal height. Pure functions, no DOM. */
import { logDensity, moments } from "./mixture.js";

const STEP = 0.2;
/** Under the standard normal law, finely enough for a picture; no number that is shown comes from here. */
const NODES = Array.from({ length: 41 }, (_, k) => (k - 20) * STEP).map((z) => [z, (STEP * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)]);

/** Height above the lowest point that each line stands for, in nats. */
export const RISES = [0.01, 0.03, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 25, 50];

/** D(Q‖P) up to quadrature error. @param {import("./mixture.js").Mixture} law */
export function roughReverse(law, mean, std) {
  let value = -Math.log(std) - (Math.log(2 * Math.PI) + 1) / 2;
  for (const [z, weight] of NODES) value -= weight * logDensity(law, mean + std * z);
  return value;
}

/** D(P‖Q) from its least value, that of the forward fit. @param {import("./mixture.js").Mixture} law */
export function forward(law, least, mean, std) {
  const fit = moments(law);
  return least + Math.log(std / fit.std) + ((fit.std / std) ** 2 - 1 + ((fit.mean - mean) / std) ** 2) / 2;
}

/** Values of f(mean, log σ) on a grid of rows, from the lowest log σ up. */
export function sampled(f, [left, right], [low, high], columns, rows) {
  const value = (i, j) => f(left + ((right - left) * i) / columns, low + ((high - low) * j) / rows);
  return Array.from({ length: rows + 1 }, (_, j) => Array.from({ length: columns + 1 }, (_, i) => value(i, j)));
}

/** The sides of a cell that a line crosses, for each way its corners (left low, right low, right high, left high) may lie; sides from the lower one leftwards round. */
const CROSSED = [[], [[0, 3]], [[0, 1]], [[1, 3]], [[1, 2]], [[0, 1], [2, 3]], [[0, 2]], [[2, 3]], [[2, 3]], [[0, 2]], [[0, 3], [1, 2]], [[1, 2]], [[1, 3]], [[0, 1]], [[0, 3]], []];
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** The line of that height as pieces [x1, y1, x2, y2], in units of the grid (marching squares). @param {number[][]} grid */
export function contour(grid, height) {
  const pieces = [];
  for (let j = 0; j + 1 < grid.length; j++) {
    for (let i = 0; i + 1 < grid[j].length; i++) {
      const corners = CORNERS.map(([x, y]) => grid[j + y][i + x] - height);
      const which = corners.reduce((sum, value, k) => sum + (value > 0 ? 1 << k : 0), 0);
      const at = (side) => {
        const [from, to] = [CORNERS[side], CORNERS[(side + 1) % 4]];
        const share = corners[side] / (corners[side] - corners[(side + 1) % 4]);
        return [i + from[0] + share * (to[0] - from[0]), j + from[1] + share * (to[1] - from[1])];
      };
      for (const [one, other] of CROSSED[which]) pieces.push([...at(one), ...at(other)]);
    }
  }
  return pieces;
}
