/** Words in the picture. */
import { each, put } from "../shared/stage.js";

/** Texts of one kind: rows of [text, x, y, anchor, further class], in the middle where no anchor is given. */
export const write = (layer, name, rows) => put(each(layer, "text", name, rows), {
  class: ([, , , , more]) => (more ? `${more} ${name}` : name), x: ([, x]) => x, y: ([, , y]) => y, "text-anchor": ([, , , anchor]) => anchor ?? "middle",
}, ([text]) => text);
