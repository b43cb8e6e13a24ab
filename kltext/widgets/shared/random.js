/** Random numbers that are the same everywhere: those of a seed, from 32-bit integers alone (as in kltext/widgets/_random.py). */

const GOLDEN = 0x9e3779b9; // 2³² over the golden ratio: steps of it fill the integers evenly

/** A 32-bit integer with its bits stirred (the last lines of MurmurHash3). */
function stirred(x) {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** The numbers `first`, `first` + 1, … of a seed, each strictly between 0 and 1. */
export function uniforms(seed, first, count) {
  const start = stirred(seed);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = ((stirred((start + Math.imul(first + i + 1, GOLDEN)) | 0) >>> 0) + 0.5) / 2 ** 32;
  return numbers;
}
