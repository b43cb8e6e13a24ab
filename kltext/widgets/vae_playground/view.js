/** The playground drawn from its state; nothing is remembered but the elements, and for what they were last drawn. */
import { select } from "../shared/d3.js";
import { number, spoken, spokenAmount } from "../shared/format.js";
import { describeHandles, each, handles, layers, put, titles } from "../shared/stage.js";
import { layout } from "./layout.js";
import { drawGround, drawImages, drawPosterior, drawQ, drawSheet } from "./map.js";
import { HALF } from "./math.js";
import { drawPictures } from "./pictures.js";

/** @param {SVGSVGElement} element @param {string} uid */
export function createView(element, uid) {
  const svg = select(element);
  const clip = svg.append("defs").append("clipPath").attr("id", `${uid}-clip`).append("rect");
  const layer = layers(svg, ["axes", "rings", "images", "curves", "slider", "pictures", "titles", "words", "handles"]);
  ["rings", "images", "curves"].forEach((name) => layer[name].attr("clip-path", `url(#${uid}-clip)`));
  const canvas = svg.insert("g", ".kl-handles").attr("class", "kl-vae-canvas").attr("role", "group").attr("aria-label", "The picture x, 8 by 8 pixels: arrows move, Space paints");
  const kit = { layer, clip, canvas };
  let drawn = {};
  /** Draw a part only where one of the things it shows is another. */
  const where = (part, things, draw) => {
    if (drawn[part]?.every((thing, i) => thing === things[i])) return;
    drawn[part] = things;
    draw();
  };

  /** @returns {{unit: number, stops: number[]}} what a pixel of the map is worth, and where each β stands */
  function draw(state, shown, width) {
    const { models, model, network, places, labels, found, place, ink, decoded, numbers } = shown;
    const at = layout(width, models);
    where("ground", [at.width, models], () => {
      put(svg, { width: at.width, height: at.height, viewBox: `0 0 ${at.width} ${at.height}` });
      drawGround(kit, at);
      slider(at, models);
    });
    where("images", [at.width, network, state.layer, labels], () => {
      drawImages(kit, at, state.layer === "images" ? places : [], labels);
      drawSheet(kit, at, state.layer === "decoder" ? network : null);
    });
    where("posterior", [at.width, found], () => {
      drawPosterior(kit, at, found);
      drawQ(kit, at, found);
    });
    where("pictures", [at.width, ink, decoded], () => drawPictures(kit, at, ink, decoded));
    const [x, y] = [at.x, at.y].map((scale, i) => scale(Math.max(-HALF, Math.min(HALF, place[i]))));
    const cost = `−log p(x|z) ${spokenAmount(numbers.at_z, "nats")}`;
    handles(layer.handles, [
      {
        id: "beta", kind: "kl-handle-q kl-vae-price", orientation: "horizontal", x: at.stops[models.indexOf(model)], y: at.track, width: 14, height: 22,
        label: "β", least: 0, most: models.length - 1, now: models.indexOf(model), text: `β ${model.beta}, KL term ${spokenAmount(numbers.kl, "nats")}, reconstruction ${spokenAmount(numbers.reconstruction, "nats")}`,
      },
      {
        id: "z", kind: "kl-vae-z kl-point", orientation: "vertical", x, y, width: 17, height: 17, label: "z, which is decoded", least: -HALF, most: HALF, now: place[1],
        text: `z ${spoken(place[0], 2)}, ${spoken(place[1], 2)}, ${cost}`,
      },
    ]);
    return { unit: 1 / (at.x(1) - at.x(0)), stops: at.stops };
  }

  function slider(at, models) {
    put(each(layer.slider, "line", "kl-vae-track", [0]), { x1: at.first, x2: at.last, y1: at.track, y2: at.track });
    put(each(layer.slider, "line", "kl-vae-stop", at.stops), { x1: Number, x2: Number, y1: at.track - 5, y2: at.track + 5 });
    const middle = ([x]) => x;
    put(each(layer.words, "text", "kl-hint kl-vae-beta", at.stops.map((x, i) => [x, models[i].beta])), { x: middle, y: at.track + 27, "text-anchor": "middle" }, ([, beta]) => String(beta));
    const [[x, y], [left, top]] = at.spots;
    const rows = [
      [at.track - 22, at.left, [["β: a VAE trained for each"]]], [y - 12, x, [["x: paint here"]]], [top - 12, left, [["decoder at z", "kl-ink-p"]]],
    ];
    const lines = put(each(layer.words, "text", "kl-title kl-vae-title", rows), { x: ([, x]) => x, y: ([y]) => y });
    put(lines.selectAll("tspan").data(([, , parts]) => parts).join("tspan"), { class: ([, name]) => name ?? null }, ([text]) => text);
  }

  return { draw, canvas: canvas.node(), describe: () => describeHandles(layer.handles) };
}
