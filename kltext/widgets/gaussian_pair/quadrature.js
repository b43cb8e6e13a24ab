/** Gauss–Legendre quadrature: the nodes x and weights on [−1, 1], by Newton's method on the Legendre polynomial. Pure function, no DOM. */
export const legendre = (points) => Array.from({ length: points }, (_, i) => {
  let x = Math.cos((Math.PI * (i + 0.75)) / (points + 0.5));
  let slope = 0;
  for (let step = 0; step < 8; step++) {
    let [before, value] = [1, x];
    for (let n = 2; n <= points; n++) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
    slope = (points * (x * value - before)) / (x * x - 1);
    x -= value / slope;
  }
  return { x, weight: 2 / ((1 - x * x) * slope * slope) };
});
