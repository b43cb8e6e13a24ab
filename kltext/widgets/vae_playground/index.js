/** VaePlayground: trained VAEs with two latents. Paint a picture and see its Gaussian; move in the latent space and see what is decoded; change β. */
import { widget } from "../shared/app.js";
import { choice } from "../shared/dom.js";
import { number } from "../shared/format.js";
import { frame } from "../shared/frame.js";
import { operateHandles } from "../shared/handles.js";
import { python } from "./code.js";
import { createEditors } from "./editors.js";
import { HALF, decode, encode, examine, measure, modelFor, pixels, placeOf, presets, sane, survey, unpack, written } from "./math.js";
import { createCanvas } from "./pictures.js";
import { createView } from "./view.js";

const fields = { beta: "number", x: "word", z: "numbers", at: "word", layer: "word" };
const NUMBERS = [
  ["kl", "KL term", "D(q(z|x)‖p(z)), in nats"],
  ["reconstruction", "reconstruction", "−log p(x|z), averaged over q"],
  ["loss", "loss", "reconstruction + β·KL term"],
  ["elbo", "ELBO", "−reconstruction − KL term"],
  ["evidence", "log p(x)", "integrated over z"],
  ["gap", "gap", "log p(x) − ELBO: q’s KL from the posterior"],
  ["at_z", "−log p(x|z)", "at the z that is decoded"],
];
const GRID = 0.05; // what a drag of z snaps to
const SHARE = 0.35; // of the way to the next β after which a drag goes there
const SIDEWAYS = { ArrowLeft: -1, ArrowRight: 1 };

/** A function that remembers its last result, for as long as it is asked the same. */
function remembered(compute) {
  let [known, result] = [[], null];
  return (...asked) => {
    if (result === null || asked.some((one, i) => one !== known[i])) [known, result] = [asked, compute(...asked)];
    return result;
  };
}

function build(app) {
  let gesture = null; // {place, beta, worth}: where a drag started, and what a pixel was worth
  let shown = null; // what the picture shows
  let worth = null;

  const networkOf = remembered(unpack);
  const surveyOf = remembered(survey);
  const inkOf = remembered(pixels);
  const placesOf = remembered((network, images) => images.map((image) => encode(network, pixels(image)).mean));
  const foundOf = remembered((network, ink) => examine(network, surveyOf(network), ink));
  const logitsOf = remembered((network, z1, z2) => decode(network, [z1, z2]));
  const decodedOf = remembered((logits) => logits.map((a) => 1 / (1 + Math.exp(-a))));

  /** Everything that is shown of a state. */
  function look(state) {
    const [models, images, labels] = ["models", "images", "labels"].map(app.data);
    const model = modelFor(models, state.beta);
    const network = networkOf(model.weights);
    const ink = inkOf(state.x);
    const found = foundOf(network, ink);
    const place = placeOf(state, found);
    const logits = logitsOf(network, ...place);
    return { models, images, labels, model, network, places: placesOf(network, images), ink, found, place, decoded: decodedOf(logits), numbers: measure(found, model.beta, ink, logits) };
  }

  const at = choice(app.uid, "What is decoded", "at", { mean: "z = mean of q", free: "z free" }, (at) => app.set({ at, z: near(shown.place) }));
  const layer = choice(app.uid, "What the map shows", "layer", { images: "Test images", decoder: "Decoder" }, (layer) => app.set({ layer }));
  const editors = createEditors({
    turn(by) {
      const { images } = shown;
      const i = images.indexOf(app.state.x);
      app.set({ x: images[(i < 0 ? (by > 0 ? 0 : images.length - 1) : i + by + images.length) % images.length], at: "mean" });
    },
    clear: () => app.set({ x: "0".repeat(16), at: "mean" }),
    place: (i, value) => move(shown.place.map((old, k) => (k === i ? value : old))),
    notice: (...of) => parts.notice(...of),
  });
  const examples = presets(...["models", "images", "labels"].map(app.data));
  const parts = frame(app, {
    title: "VAE playground: trained autoencoders with two latents, one for each β, whose encoders and decoders run here",
    stage: "The latents, the picture x, and the decoder’s picture", presets: examples, choices: [layer.element, at.element], values: editors.element,
    python: (state) => { const { model, place, numbers } = look(state); return python(state, model, place, numbers); },
    rule: "Drag z over the map; paint x; slide β to a VAE trained for another price.", numbers: NUMBERS,
  });
  const view = createView(parts.svg, app.uid);
  createCanvas(view.canvas, () => inkOf(app.state.x), (ink) => app.set({ x: written(ink), at: "mean" }), app.signal);
  app.root.classList.add("kl-vae");

  const near = (place) => place.map((value) => Math.max(-HALF, Math.min(HALF, Number(value.toFixed(6)))));
  /** z to a place on the map, from now on free. */
  function move(place) {
    if (place.every((value) => !Number.isNaN(value))) app.set({ z: near(place), at: "free" });
  }
  const snap = (value) => Math.round(value / GRID) * GRID;
  const choose = (i) => app.set({ beta: shown.models[Math.max(0, Math.min(shown.models.length - 1, i))].beta });

  operateHandles(parts.svg, {
    begin() {
      gesture = { place: shown.place, from: shown.models.indexOf(shown.model), worth };
    },
    drag(id, dx, dy) {
      const { place, from, worth: { unit, stops } } = gesture;
      if (id === "z") return move([snap(place[0] + dx * unit), snap(place[1] - dy * unit)]);
      const passed = (k, next) => (stops[from] + dx - stops[k]) / (stops[next] - stops[k]) > SHARE;
      let to = from;
      const way = Math.sign(dx);
      while (to + way >= 0 && to + way < stops.length && way && passed(to, to + way)) to += way;
      return choose(to);
    },
    end() {
      gesture = null;
      parts.settle();
      app.set({});
    },
    step(id, { by, to }) {
      if (id === "z") return move([shown.place[0], by ? shown.place[1] + by / 10 : HALF * (to === "least" ? -1 : 1)]);
      return choose(by ? shown.models.indexOf(shown.model) + Math.sign(by) * (Math.abs(by) > 1 ? 3 : 1) : to === "least" ? 0 : shown.models.length - 1);
    },
  }, app.signal);
  // On the map the keys lead where they point.
  parts.svg.addEventListener("keydown", (event) => {
    const by = SIDEWAYS[event.key];
    if (!by || event.target.getAttribute("data-kl-handle") !== "z" || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    move([shown.place[0] + by / (event.shiftKey ? 100 : 10), shown.place[1]]);
  }, { signal: app.signal, capture: true });

  return {
    stage: parts.stage,
    draw(state, width) {
      shown = look(state);
      worth = view.draw(state, shown, width);
      parts.show(shown.numbers, "nats");
    },
    tell: [
      (state) => {
        at.show(state.at);
        layer.show(state.layer);
        const i = shown.images.indexOf(state.x);
        editors.show(i < 0 ? "your own" : `no. ${i + 1}: “${shown.labels[i]}”`, shown.place);
      },
      (state, width) => {
        const { kl, reconstruction, loss } = shown.numbers;
        const { beta } = shown.model;
        parts.formula.textContent = `loss = ${number(reconstruction, 2)} + ${beta} · ${number(kl, 2)} = ${number(loss, 2)} nats`;
        parts.tell({
          text: inWords(shown), example: examples.findIndex(({ name: _, ...preset }) => Object.keys(preset).every((name) => String(preset[name]) === String(state[name]))),
          parts: [reconstruction, beta * kl, "reconstruction + β·KL term = loss"], width, room: { pieces: [44], words: 165 },
        });
      },
      view.describe,
    ],
  };
}

/** Whether the mean of no latent moves with the image: what the chapter calls inactive. */
const silent = (places) => [0, 1].every((i) => {
  const centre = places.reduce((sum, place) => sum + place[i], 0) / places.length;
  return places.reduce((sum, place) => sum + (place[i] - centre) ** 2, 0) / places.length <= 0.01;
});

/** The result in a sentence. */
function inWords({ model: { beta }, numbers: { kl, loss, evidence, gap, at_z }, place, places }) {
  const few = (x) => number(x, x !== 0 && Math.abs(x) < 0.1 ? 3 : 1);
  const far = Math.hypot(...place);
  if (silent(places)) return `Collapsed: a KL term of ${few(kl)} nats. Neither latent moves with the image, and near the centre every z is decoded to the same grey picture.`;
  if (-evidence > 40) return `Not a digit to this decoder: log p(x) = ${few(evidence)}. The encoder answers all the same, and q misses the posterior by ${few(gap)} nats.`;
  if (far > 3.5) return `z lies ${few(far)} from the centre. The prior goes that far once in ${number(Math.exp(far ** 2 / 2), 0)} draws; where no image lies either, nothing has taught the decoder.`;
  if (-loss > evidence) return `With β = ${beta} the loss is no bound: −loss = ${few(-loss)} lies above log p(x) = ${few(evidence)}. The ELBO lies ${few(gap)} below it.`;
  return `q costs ${few(kl)} nats. The ELBO lies ${few(gap)} nats below log p(x): that is q’s KL from the posterior. At z, x costs ${few(at_z)} nats.`;
}

export default widget({ fields, data: ["models", "images", "labels"], sane, build });
