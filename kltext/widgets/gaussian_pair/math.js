/** The Gaussian pair's mathematics. Pure functions, no DOM. */
export function klGaussian(meanP, stdP, meanQ, stdQ) {
  const z = (meanP - meanQ) / stdQ;
  return Math.log(stdQ / stdP) + (stdP * stdP) / (2 * stdQ * stdQ) - 0.5 + (z * z) / 2;
}
export const sane = (state) => (state.std_p > 0 && state.std_q > 0 ? state : null);
