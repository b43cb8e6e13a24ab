/** Lines of equal height of what is known on a grid. Pure functions, no DOM. */

/** The corners of a cell, each followed by the side of its number: the lower one, the right one, the upper one, the left one. */
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** The line of that height as pieces [x1, y1, x2, y2], in units of the grid (marching squares). @param {ArrayLike<number>[]} grid */
export function contour(grid, height) {
  const pieces = [];
  for (let j = 0; j + 1 < grid.length; j++) {
    const [row, above] = [grid[j], grid[j + 1]];
    for (let i = 0; i + 1 < row.length; i++) {
      const high = row[i] > height;
      if (high === row[i + 1] > height && high === above[i] > height && high === above[i + 1] > height) continue;
      const corners = CORNERS.map(([x, y]) => grid[j + y][i + x] - height);
      const ends = CORNERS.flatMap(([x, y], side) => {
        const after = (side + 1) % 4;
        const [to, up] = CORNERS[after];
        const share = corners[side] / (corners[side] - corners[after]);
        return corners[side] > 0 === corners[after] > 0 ? [] : [i + x + share * (to - x), j + y + share * (up - y)];
      });
      for (let k = 0; k < ends.length; k += 4) pieces.push(ends.slice(k, k + 4));
    }
  }
  return pieces;
}
