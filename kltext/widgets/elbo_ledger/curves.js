/** A latent on the line: prior, posterior and q, whose top and flank are held. */
import { ticks } from "../shared/d3.js";
import { spoken } from "../shared/format.js";
import { linear } from "../shared/scale.js";
import { area, axis, curve, each, put, titles } from "../shared/stage.js";
import { LIMITS, MODELS, logNormal, logPosterior } from "./line.js";
import { write } from "./words.js";

const END = 4.5;
const round = (x) => Number(x.toPrecision(3));

/** How far up the densities must reach. */
export const lineExtents = ({ std }, { peak }) => ({ peak: 1.15 * Math.max(Math.exp(peak), Math.exp(logNormal(0, 0, std))) });

/** @returns {{handles: object[], across: number, outwards: number}} the handles, what a pixel is worth, and on which side the flank is held */
export function drawLine({ layer, clip, curves }, state, at, outcome, { reached, fresh }) {
  const x = linear([-END, END], [40, at.x0 - 8]);
  const y = linear([0, reached.peak], [at.bottom, at.top1 - 16]);
  const even = Array.from({ length: 301 }, (_, i) => (2 * END * i) / 300 - END);
  const draw = (name, zs, log, outline = curve) => put(each(curves, "path", name, [0]), { d: outline(zs.map((z) => Math.round(10 * x(z)) / 10), zs.map((z) => y(Math.exp(log(z)))), y(0)) });
  if (fresh) {
    put(clip, { x: 40, width: x(END) - 40, y: y.range[1] - 2, height: at.bottom - y.range[1] + 3 });
    axis(layer.axes, "y", y, { left: 40, right: x(END), count: 4 });
    const row = each(layer.axes, "g", "kl-axis kl-axis-x", [0]);
    const data = ticks(-END, END, at.narrow ? 4 : 8);
    put(row.selectAll("line").data(data).join("line"), { x1: x, x2: x, y1: y.range[1], y2: at.bottom });
    put(row.selectAll("text").data(data).join("text"), { x, y: at.bottom + 19, "text-anchor": "middle" }, (t) => String(t).replace("-", "−"));
    draw("kl-curve kl-ledger-thin", even, (z) => logNormal(z, 0, 1));
    const posterior = (z) => logPosterior(z, state);
    draw("kl-curve-fill", even, posterior, area);
    draw("kl-curve kl-curve-p", even, posterior);
    titles(layer.titles, [
      [14, [["posterior", "kl-ink-p"], [", "], ["q", "kl-ink-q"], [" (dashed), prior (thin)"]]],
      [32, [[`z ~ N(0,1), ${MODELS[state.mode].said.replace("σ", round(state.noise))}, x = ${round(state.x)}`.replace("-", "−")]]],
    ]);
  }
  const { mean, std } = state;
  const density = (z) => logNormal(z, mean, std);
  draw("kl-curve kl-curve-q", [...even, ...Array.from({ length: 41 }, (_, i) => mean + ((i - 20) / 5) * std)].filter((z) => Math.abs(z) <= END).sort((a, b) => a - b), density);
  const outwards = mean + std < END ? 1 : -1;
  const grip = (name, z, width, height, label) => ({
    id: name, kind: "kl-handle-q", orientation: "horizontal", x: x(z), y: y(Math.exp(density(z))), width, height, label: `${label} of q`,
    least: LIMITS[name][0], most: LIMITS[name][1], now: state[name], text: `${label.toLowerCase()} ${spoken(state[name], 2)}, ${outcome}`,
  });
  const grips = [grip("mean", mean, 22, 10, "Mean"), grip("std", mean + outwards * std, 12, 12, "Standard deviation")];
  write(layer.words, "kl-curve-name kl-ink-q kl-ledger-q", [["q", x(mean) + (mean < 3 ? 23 : -23), grips[0].y + 3]]);
  return { across: 1 / (x(1) - x(0)), outwards, handles: grips };
}
