/** The map of the two latents: the prior's rings, the images where the encoder puts them or what the decoder draws everywhere, q, and the posterior. */
import { contour, outline } from "../shared/contour.js";
import { axis, each, put, titles } from "../shared/stage.js";
import { HALF, borders, fromCells, inkAt, rows } from "./math.js";

const TICKS = [-4, -2, 0, 2, 4];
const TILES = 9; // pictures in each direction
const SHADES = 6;
const hundredth = (value) => Math.round(100 * value) / 100;

/** What stays while nothing but a picture or a place changes. */
export function drawGround({ layer, clip }, at) {
  put(clip, { x: at.left, y: at.top, width: at.side, height: at.side });
  axis(layer.axes, "z2", at.y, { left: at.left, right: at.left + at.side, count: 5 });
  const row = each(layer.axes, "g", "kl-axis kl-axis-x kl-axis-z1", [0]);
  put(row.selectAll("line").data(TICKS).join("line"), { x1: at.x, x2: at.x, y1: at.top, y2: at.base });
  put(row.selectAll("text").data(TICKS).join("text"), { x: at.x, y: at.base + 17, "text-anchor": "middle" }, (t) => String(t).replace("-", "−"));
  put(each(layer.rings, "circle", "kl-vae-ring", [1, 2, 3]), { cx: at.x(0), cy: at.y(0), r: (sigma) => at.x(sigma) - at.x(0) });
  titles(layer.titles, [
    [14, [["latents: "], ["q(z|x)", "kl-ink-q"], [" dashed, "], ["posterior", "kl-ink-p"], [" solid"]]],
    [32, [["rings: the prior, 1, 2 and 3 σ"]]],
  ]);
}

/** All images where the encoder puts them, each as its label. @param {number[][]} places @param {string} labels */
export function drawImages({ layer }, at, places, labels) {
  const data = places.map(([z1, z2], i) => ({ label: labels[i], x: at.x(z1), y: at.y(z2) + 4 })).filter(({ x, y }) => x > at.left + 3 && x < at.left + at.side - 3 && y > at.top + 8 && y < at.base);
  put(each(layer.images, "text", "kl-hint kl-vae-image", data), { x: ({ x }) => x, y: ({ y }) => y, "text-anchor": "middle" }, ({ label }) => label);
}

/** What the decoder draws, as a sheet of pictures: each shade of ink is one path. */
export function drawSheet({ layer }, at, network) {
  const shades = Array.from({ length: SHADES }, () => "");
  const tile = at.side / TILES;
  const dot = (0.9 * tile) / 8;
  for (let row = 0; network && row < TILES; row++) {
    for (let column = 0; column < TILES; column++) {
      const place = [column, row].map((k) => -HALF + (2 * HALF * (k + 0.5)) / TILES);
      inkAt(network, place).forEach((ink, i) => {
        const shade = Math.round(ink * SHADES) - 1;
        if (shade < 0) return;
        const [x, y] = [at.left + (column + 0.05) * tile + (i % 8) * dot, at.base - (row + 0.95) * tile + (i >> 3) * dot];
        shades[shade] += `M${hundredth(x)},${hundredth(y)}h${hundredth(dot)}v${hundredth(dot)}h${hundredth(-dot)}z`;
      });
    }
  }
  put(each(layer.images, "path", "kl-vae-sheet", network ? shades.map((path, i) => ({ path, opacity: (0.8 * (i + 1)) / SHADES })) : []), { d: ({ path }) => path, "fill-opacity": ({ opacity }) => opacity });
}

/** The lines round 39 % and 86 % of the posterior. */
export function drawPosterior({ layer }, at, { joint }) {
  const grid = rows(joint);
  const point = ([i, j]) => `${hundredth(at.x(fromCells(i)))},${hundredth(at.y(fromCells(j)))}`;
  put(each(layer.curves, "path", "kl-curve kl-curve-p kl-vae-posterior", borders(joint)), { d: (height) => outline(contour(grid, height), point) });
}

/** q(z|x): its ellipses of one and two standard deviations, and its mean. */
export function drawQ({ layer }, at, { mean: [m1, m2], std: [s1, s2] }) {
  const unit = at.x(1) - at.x(0);
  put(each(layer.curves, "ellipse", "kl-bar-q kl-vae-q", [1, 2]), { cx: at.x(m1), cy: at.y(m2), rx: (k) => k * s1 * unit, ry: (k) => k * s2 * unit });
  const [x, y] = [hundredth(at.x(m1)), hundredth(at.y(m2))];
  put(each(layer.curves, "path", "kl-vae-mean", [0]), { d: `M${x - 5},${y}H${x + 5}M${x},${y - 5}V${y + 5}` });
}
