/** Both kinds of data end in the same picture: the loss, its floor, and between them the gap, which is the divergence. */
import { total } from "../shared/format.js";
import { bar, each, put } from "../shared/stage.js";

/** @param {Record<string, number>} numbers @param {{cost: Function, left: number, right: number, top2: number, bottom: number, narrow: boolean}} at */
export function budget(layer, numbers, at) {
  const endless = numbers.kl_pq === Infinity;
  const floor = at.cost(numbers.entropy_p);
  const mean = endless ? at.top2 - 4 : at.cost(numbers.cross_entropy_pq);
  const column = at.right + (at.narrow ? 6 : 10);
  put(each(layer.bars, "path", "kl-gain kl-fit-gap", [0]), { d: bar(column, 12, floor, Math.min(floor, mean), endless) });
  const rows = [["kl-fit-mean", mean], ["kl-fit-floor", floor]].slice(endless ? 1 : 0);
  put(each(layer.bars, "line", "kl-fit-level", rows, ([name]) => name), { class: ([name]) => `${name} kl-fit-level`, x1: at.left, x2: column + 12, y1: ([, y]) => y, y2: ([, y]) => y });
  // Three names in a column, in the order of their levels, never over each other.
  const spread = Math.max(0, 44 - (floor - mean)) / 2;
  const high = Math.max(at.top2 + 4, mean - spread);
  const low = Math.min(at.bottom - 4, Math.max(floor + spread, high + 44));
  const names = [["mean", `loss ${total(numbers.cross_entropy_pq)}`, Math.min(high, low - 44), ""], ["gap", `D ${total(numbers.kl_pq)}`, (Math.min(high, low - 44) + low) / 2, "kl-ink-gain"], ["floor", `floor ${total(numbers.entropy_p)}`, low, "kl-ink-p"]];
  put(each(layer.words, "text", "kl-fit-name", names, ([name]) => name), { class: ([, , , ink]) => `${ink} kl-fit-name`, x: column + 16, y: ([, , y]) => y + 4 }, ([, text]) => (at.narrow ? text.replace(/^\w+ /, "") : text));
}
