/**
 * A convex f that the reader draws: heights above fixed ratios, and the highest convex broken line that nowhere lies above
 * them, moved up or down so that f(1) = 0. The forms of drawn.py. Pure functions, no DOM.
 */

/** The ratios at which the hand sets a height; at 1 it is 0. */
export const KNOTS = [0, 0.5, 1.5, 2.5, 4];

/** The broken line made of these heights: its corners, the slopes between them, and by how much it was raised. @param {number[]} heights */
export function convex(heights) {
  const points = [...KNOTS.map((t, k) => [t, heights[k]]), [1, 0]].sort(([a], [b]) => a - b);
  const hull = [];
  for (const [t, f] of points) {
    while (hull.length > 1 && below(hull.at(-2), hull.at(-1), [t, f])) hull.pop();
    hull.push([t, f]);
  }
  const corners = hull.map(([t]) => t);
  const values = hull.map(([, f]) => f);
  const slopes = corners.slice(1).map((t, k) => (values[k + 1] - values[k]) / (t - corners[k]));
  const line = { corners, values, slopes };
  const raised = corners.includes(1) ? 0 : -height(line, 1);
  return { corners, slopes, values: values.map((f) => f + raised), raised };
}

/** Whether b is not below the chord from a to c, and so is no corner. */
const below = ([ta, fa], [tb, fb], [tc, fc]) => (fb - fa) * (tc - ta) >= (fc - fa) * (tb - ta);

/** The piece of the line in which t lies, from its left corner on. */
const piece = ({ corners, slopes }, t) => Math.max(0, Math.min(slopes.length, corners.filter((corner) => corner <= t).length) - 1);

/** f(t). */
export function height(line, t) {
  const k = piece(line, t);
  return line.values[k] + line.slopes[k] * (t - line.corners[k]);
}

/** f′(t): at a corner, the mean of both sides. */
export function slope(line, t) {
  const k = piece(line, t);
  return line.corners[k] === t && k > 0 ? (line.slopes[k - 1] + line.slopes[k]) / 2 : line.slopes[k];
}

/** What was corrected: the knots where the line is not as high as drawn. @param {number[]} heights */
export function corrections(heights) {
  const line = convex(heights);
  return KNOTS.map((t, k) => ({ t, drawn: heights[k], f: height(line, t) })).filter(({ drawn, f }) => Math.abs(drawn - f) > 1e-9);
}
