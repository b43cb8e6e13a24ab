/** Words and numbers in the picture. */
import { number } from "../shared/format.js";
import { each, put } from "../shared/stage.js";

/** A number where eight characters fit: four decimals, fewer for large ones. */
export const brief = (x) => number(x, Math.abs(x) < 100 ? 4 : Math.abs(x) < 10000 ? 1 : 0);

/** Texts of one kind: rows of [text, x, y, anchor, further class], in the middle where no anchor is given. */
export const write = (layer, name, rows) => put(each(layer, "text", name, rows), {
  class: ([, , , , more]) => (more ? `${more} ${name}` : name), x: ([, x]) => x, y: ([, , y]) => y, "text-anchor": ([, , , anchor]) => anchor ?? "middle",
}, ([text]) => text);
