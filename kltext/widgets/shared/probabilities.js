/** Laws under the hand: moving one outcome, the others sharing what is left. Pure functions, no DOM. */

/** Six significant digits: addresses and Python code stay readable, proportions hold to a millionth. */
export const tidy = (x) => Number(x.toPrecision(6));
const tidyRest = (x) => Math.max(0, Number(x.toFixed(12)));

/** The largest value that outcome i can take: all that the locked outcomes leave. */
export function most(values, i, locked = []) {
  if (values.every((_, j) => j === i || locked.includes(j))) return values[i];
  return tidyRest(1 - values.reduce((total, value, j) => (j !== i && locked.includes(j) ? total + value : total), 0));
}

/**
 * Give outcome i the probability `value`; the other unlocked outcomes share what is left in their old proportions
 * (evenly if they had none). What rounding leaves over goes to the largest of them, in equal parts where several are.
 */
export function withProbability(values, i, value, locked = []) {
  const others = values.map((_, j) => j).filter((j) => j !== i && !locked.includes(j));
  if (others.length === 0) return values;
  const next = [...values];
  next[i] = Math.min(Math.max(value, 0), most(values, i, locked));
  const held = values.reduce((total, v, j) => (j !== i && locked.includes(j) ? total + v : total), 0);
  const rest = tidyRest(1 - held - next[i]);
  const before = others.reduce((total, j) => total + values[j], 0);
  for (const j of others) next[j] = tidy(before > 0 ? (rest * values[j]) / before : rest / others.length);
  const height = Math.max(...others.map((j) => next[j]));
  const largest = others.filter((j) => next[j] === height);
  const share = tidyRest((rest - others.reduce((total, j) => (next[j] === height ? total : total + next[j]), 0)) / largest.length);
  for (const j of largest) next[j] = share;
  return next;
}
