/**
 * The life of a widget, the same in a live notebook and on the static page: one plain state object, one draw(state).
 *
 * @typedef {object} Spec
 * @property {import("./address.js").Fields} fields the parts of the state, and how the address writes them
 * @property {(state: object) => ?object} sane the state made whole, or null if it makes no sense
 * @property {string[]} [data] what the host gives beside the state: read with app.data(name), never changed here
 * @property {(app: App) => {stage: HTMLElement, draw: Show, tell: Show | Show[]}} build make the elements;
 *   draw makes the picture and its numbers, and tell, a moment later, what is read rather than watched, in several parts where it is much
 *
 * @typedef {(state: object, width: number) => void} Show
 *
 * @typedef {object} App
 * @property {HTMLElement} root where the widget's elements go
 * @property {string} uid prefix for the ids of this instance
 * @property {AbortSignal} signal aborted when the widget goes away
 * @property {object} state the present state; never changed in place
 * @property {(name: string) => any} data what the host has given beside the state
 * @property {(patch: object) => void} set the only way to change it
 * @property {() => void} reset back to the state the page came with
 * @property {?() => string} link the address of this state, where the host has addresses
 */
import { decode, encode } from "./address.js";
import { h } from "./dom.js";

const USUAL_WIDTH = 560; // pixels, until the host has put the widget on the page
const LEAST = 100; // pixels: a stage that is narrower is being laid out
const READABLE = 100; // milliseconds between two writings of a text while a hand moves
const SELDOM = 1000; // the same where the picture alone takes time
const BRISK = 3; // milliseconds in which a picture is drawn where there is time for words as well
const ALONE = 12; // milliseconds since the last picture after which a move is drawn at once
const REST = 60; // milliseconds without a new picture after which the hand is taken to rest
let instances = 0;

/** Whether two values of plain data are equal. */
function same(a, b) {
  if (a === b || typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => same(a[name], b[name]));
}

/** An anywidget module made from a Spec. `address` is given by the static page alone (anywidget has a `host` of its own). */
export const widget = (spec) => ({ render: (context) => run(spec, context) });

function run({ fields, data = [], sane, build }, { model, el, address = null }) {
  const names = Object.keys(fields);
  const controller = new AbortController();
  const { signal } = controller;
  const root = h("div", { class: "kl-app" });
  const read = () => sane(Object.fromEntries(names.map((name) => [name, model.get(name)])));

  const initial = read();
  if (initial === null) throw new Error("the widget's state makes no sense");
  let state = initial;
  let frame = 0;
  let saving = 0;
  let width = 0;
  let writing = false; // while the model is given several values, it is of two minds
  let drawn = null; // the state in the picture
  let stale = false; // the picture is older than the state
  let due = []; // texts older than the picture, to be written with the next ones
  let told = 0; // when all of them were last due, or the movement began
  let begun = 0; // when the last picture was begun
  let took = 2 * BRISK; // milliseconds to draw one, of the last few; slow, as long as nothing is known
  let resting = 0; // the timer that ends a movement

  const request = () => { frame ||= requestAnimationFrame(paint); };
  const schedule = () => {
    stale = true;
    request();
  };
  // The picture first, for the hand must not wait for words. While it moves, each picture brings one text along (a frame
  // of its own would cost as much again), each text ten times a second at most, or once where drawing is slow; once it
  // rests, all are written.
  function paint() {
    frame = 0;
    if (!stale) {
      due = [];
      resting = 0;
      return show(...texts);
    }
    const now = performance.now();
    const first = !resting; // a single change, or the first of a movement
    if (first) told = now;
    begun = now;
    stale = false;
    drawn = state;
    show(draw);
    took += (performance.now() - now - took) / 4;
    show(...due.splice(0, 1));
    if (due.length === 0 && now - told > (took < BRISK ? READABLE : SELDOM)) [due, told] = [[...texts], now];
    clearTimeout(resting);
    resting = setTimeout(request, first && took < BRISK ? 0 : REST);
  }
  // A move that comes alone is drawn at once: its frame has then only to be laid out and painted.
  root.addEventListener("kl-moved", () => {
    if (!stale || performance.now() - begun < ALONE) return;
    cancelAnimationFrame(frame);
    paint();
  }, { signal });
  const show = (...parts) => parts.forEach((part) => part(drawn, width || USUAL_WIDTH));

  /** Tell the host: the notebook's kernel at most once a frame, the page address once the reader pauses. */
  function save() {
    writing = true;
    for (const name of names) if (!same(model.get(name), state[name])) model.set(name, state[name]);
    writing = false;
    if (address) {
      clearTimeout(saving);
      saving = setTimeout(() => address.write(same(state, initial) ? null : changes()), 250);
    } else saving ||= requestAnimationFrame(() => { saving = 0; model.save_changes(); });
  }
  const changes = () => encode(Object.fromEntries(names.filter((name) => !same(state[name], initial[name])).map((name) => [name, state[name]])), fields);

  const app = {
    root, signal,
    uid: `kl${++instances}`,
    get state() { return state; },
    data: (name) => model.get(name),
    set(patch) {
      const next = sane({ ...state, ...patch });
      if (next === null || same(next, state)) return schedule();
      state = next;
      schedule();
      save();
    },
    reset() { app.set(initial); },
    link: address && (() => address.link(changes())),
  };

  function adopt(text) {
    const next = text === null ? null : sane({ ...initial, ...decode(text, fields) });
    if (next !== null) app.set(next);
  }

  const { stage, draw, tell } = build(app);
  const texts = [tell].flat();
  el.replaceChildren(root);
  const room = () => (stage.clientWidth < LEAST ? 0 : stage.clientWidth);
  width = room();
  if (address) {
    address.listen(adopt, signal);
    adopt(address.read());
  }
  drawn = state;
  show(draw, ...texts);

  const resize = new ResizeObserver(() => {
    if (room() === width || room() === 0) return;
    width = room();
    schedule();
  });
  resize.observe(stage);

  const changed = () => {
    if (writing) return;
    const next = read();
    if (next === null || same(next, state)) return;
    state = next;
    schedule();
  };
  names.forEach((name) => model.on(`change:${name}`, changed));
  data.forEach((name) => model.on(`change:${name}`, schedule));

  return () => {
    controller.abort();
    resize.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(resting);
    if (address) clearTimeout(saving);
    else cancelAnimationFrame(saving);
    names.forEach((name) => model.off(`change:${name}`, changed));
    data.forEach((name) => model.off(`change:${name}`, schedule));
  };
}
