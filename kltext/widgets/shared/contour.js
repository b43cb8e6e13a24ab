/** Lines of equal height of what is known on a grid. Pure functions, no DOM. */

/**
 * The lines of that height as points [x, y], in units of the grid; a closed one ends where it starts. Marching squares, always
 * with the higher ground on the left: so each side of a cell that a line crosses leads on to one other.
 * @param {ArrayLike<number>[]} grid @returns {[number, number][][]}
 */
export function contour(grid, height) {
  const columns = grid[0].length;
  const next = new Map(); // from side to side: 2·place is the one to the right of a place, 2·place + 1 the one above it
  for (let j = 0; j + 1 < grid.length; j++) {
    const [row, above] = [grid[j], grid[j + 1]];
    for (let i = 0; i + 1 < columns; i++) {
      const high = row[i] > height;
      if (high === row[i + 1] > height && high === above[i] > height && high === above[i + 1] > height) continue;
      const corners = [high, row[i + 1] > height, above[i + 1] > height, above[i] > height, high];
      const here = 2 * (j * columns + i);
      const sides = [here, here + 3, here + 2 * columns, here + 1]; // each after its corner
      const up = (k) => (!corners[k] && corners[k + 1] ? sides[k] : up((k + 1) % 4)); // the next side on which the ground rises
      sides.forEach((side, k) => { if (corners[k] && !corners[k + 1]) next.set(side, up((k + 1) % 4)); });
    }
  }
  const inner = new Set(next.values());
  const lines = [];
  const follow = (side) => {
    const line = [];
    while (side !== undefined) {
      const [i, j] = [(side >> 1) % columns, Math.floor(side / 2 / columns)];
      const share = (other) => (height - grid[j][i]) / (other - grid[j][i]);
      line.push(side % 2 ? [i, j + share(grid[j + 1][i])] : [i + share(grid[j][i + 1]), j]);
      const to = next.get(side);
      next.delete(side);
      side = to;
    }
    lines.push(line);
  };
  [...next.keys()].filter((side) => !inner.has(side)).forEach(follow);
  for (const side of next.keys()) follow(side);
  return lines;
}

/** The outline of such lines. @param {(point: [number, number]) => string} pixels */
export const outline = (lines, pixels) => lines.map((line) => `M${line.map(pixels).join("L")}`).join("");
