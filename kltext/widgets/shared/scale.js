/** A linear scale; d3-scale would bring dates, colours and locales along. */

/**
 * @param {[number, number]} domain @param {[number, number]} range
 * @returns {((value: number) => number) & {invert: (pixel: number) => number, domain: [number, number], range: [number, number]}}
 */
export function linear(domain, range) {
  const slope = (range[1] - range[0]) / (domain[1] - domain[0]);
  const scale = (value) => range[0] + (value - domain[0]) * slope;
  return Object.assign(scale, { invert: (pixel) => domain[0] + (pixel - range[0]) / slope, domain, range });
}
