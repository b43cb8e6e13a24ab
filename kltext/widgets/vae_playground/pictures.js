/** The picture x, to be painted by hand, finger or keys, and beside it what the decoder draws. */
import { each, put } from "../shared/stage.js";

const CELLS = Array.from({ length: 64 }, (_, i) => i);
const AWAY = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -8, ArrowDown: 8 };

/** Whether a key leads from a cell to a neighbour, and to which. */
function neighbour(cell, key) {
  const next = cell + AWAY[key];
  const same = key === "ArrowUp" || key === "ArrowDown" || next >> 3 === cell >> 3;
  return next >= 0 && next < 64 && same ? next : cell;
}

/**
 * @param {SVGGElement} group @param {() => number[]} ink of the present picture
 * @param {(ink: number[]) => void} paint @param {AbortSignal} signal
 */
export function createCanvas(group, ink, paint, signal) {
  let stroke = null; // {pointer, value}: what the hand paints, from where it came down to where it is lifted
  let reached = 0; // the cell that the keys have reached
  const cells = () => [...group.children];
  const set = (cell, value) => {
    const now = ink();
    if (now[cell] !== value) paint(now.map((old, i) => (i === cell ? value : old)));
  };
  /** The cell below a point of the window. */
  const under = (event) => {
    const box = group.getBoundingClientRect();
    const [column, row] = [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height].map((share) => Math.floor(8 * share));
    return column >= 0 && column < 8 && row >= 0 && row < 8 ? 8 * row + column : null;
  };
  const listen = (type, listener) => group.addEventListener(type, listener, { signal });
  function reach(cell) {
    cells().forEach((rect, i) => rect.setAttribute("tabindex", i === cell ? 0 : -1));
    reached = cell;
  }
  listen("pointerdown", (event) => {
    const cell = under(event);
    if (event.button !== 0 || cell === null) return;
    event.preventDefault();
    group.setPointerCapture(event.pointerId);
    reach(cell);
    cells()[cell].focus({ preventScroll: true });
    stroke = { pointer: event.pointerId, value: 1 - ink()[cell] };
    set(cell, stroke.value);
  });
  listen("pointermove", (event) => {
    const cell = stroke?.pointer === event.pointerId ? under(event) : null;
    if (cell !== null) set(cell, stroke.value);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) listen(type, () => { stroke = null; });
  listen("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in AWAY) {
      reach(neighbour(reached, event.key));
      cells()[reached].focus();
    } else if (event.key === " " || event.key === "Enter") set(reached, 1 - ink()[reached]);
    else return;
    event.preventDefault();
  });
}

/** Both pictures. @param {ArrayLike<number>} ink of x @param {ArrayLike<number>} drawn the decoder's probabilities */
export function drawPictures({ layer, canvas }, at, ink, drawn) {
  const size = at.picture / 8;
  const [[x, y], [left, top]] = at.spots;
  const place = (left, top) => ({ x: (i) => left + (i % 8) * size, y: (i) => top + (i >> 3) * size, width: size, height: size });
  put(each(canvas, "rect", "kl-vae-cell", CELLS), {
    ...place(x, y), class: (i) => (ink[i] ? "kl-vae-black kl-vae-cell" : "kl-vae-cell"), role: "checkbox", "aria-checked": (i) => String(ink[i] === 1),
    "aria-label": (i) => `row ${(i >> 3) + 1}, column ${(i & 7) + 1}`,
  });
  put(each(layer.pictures, "rect", "kl-vae-ink kl-vae-pixel", CELLS), { ...place(left, top), "fill-opacity": (i) => drawn[i] });
  put(each(layer.pictures, "rect", "kl-vae-frame", [0]), { x: left, y: top, width: at.picture, height: at.picture });
}
