/** Where everything stands: the map with the β slider below it, and beside it, or below, the two pictures. */
import { linear } from "../shared/scale.js";
import { HALF } from "./math.js";

/** Ends of the slider. */
const INSET = 12;

export function layout(given, models) {
  const width = Math.max(given, 260);
  const narrow = width < 440;
  const picture = narrow ? Math.min(168, Math.floor((width - 20) / 16) * 8) : 160;
  const left = 26;
  const side = narrow ? width - left - 2 : Math.min(340, width - left - picture - 26);
  const top = 44;
  const base = top + side;
  const track = base + 62;
  const below = track + 72;
  const spots = narrow ? [[0, below], [width - picture, below]] : [[width - picture, top], [width - picture, top + picture + 40]];
  const height = narrow ? below + picture + 4 : Math.max(track + 34, spots[1][1] + picture + 4);
  const [first, last] = [left + INSET, left + side - INSET];
  const logs = models.map(({ beta }) => Math.log(beta || 1e-3));
  const far = logs.at(-1) - logs[0] || 1;
  return {
    width, narrow, picture, left, side, top, base, track, first, last, spots, height,
    x: linear([-HALF, HALF], [left, left + side]), y: linear([-HALF, HALF], [base, top]),
    stops: logs.map((log) => first + ((last - first) * (log - logs[0])) / far),
  };
}
