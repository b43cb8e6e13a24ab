/**
 * The life of a widget, the same in a live notebook and on the static page: one plain state object, one draw(state).
 *
 * @typedef {object} Spec
 * @property {import("./address.js").Fields} fields the parts of the state, and how the address writes them
 * @property {(state: object) => ?object} sane the state made whole, or null if it makes no sense
 * @property {(app: App) => {stage: HTMLElement, draw: (state: object, width: number) => void, tell: (state: object, width: number) => void}} build make the elements;
 *   draw makes the picture and its numbers, and tell, a moment later, what is read rather than watched
 *
 * @typedef {object} App
 * @property {HTMLElement} root where the widget's elements go
 * @property {string} uid prefix for the ids of this instance
 * @property {AbortSignal} signal aborted when the widget goes away
 * @property {object} state the present state; never changed in place
 * @property {(patch: object) => void} set the only way to change it
 * @property {() => void} reset back to the state the page came with
 * @property {?() => string} link the address of this state, where the host has addresses
 */
import { decode, encode } from "./address.js";
import { h } from "./dom.js";

const USUAL_WIDTH = 560; // pixels, until the host has put the widget on the page
const READABLE = 40; // milliseconds between two texts
let instances = 0;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** An anywidget module made from a Spec. `address` is given by the static page alone (anywidget has a `host` of its own). */
export const widget = (spec) => ({ render: (context) => run(spec, context) });

function run({ fields, sane, build }, { model, el, address = null }) {
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
  let telling = 0;
  let told = 0;

  const paint = () => {
    frame = 0;
    drawn = state;
    draw(drawn, width || USUAL_WIDTH);
    // Sentences wait until the picture is painted, and come 25 times a second at most: the hand must not wait for them.
    telling ||= setTimeout(tellNow, Math.max(0, told + READABLE - performance.now()));
  };
  const tellNow = () => {
    telling = 0;
    told = performance.now();
    tell(drawn, width || USUAL_WIDTH);
  };
  const schedule = () => { frame ||= requestAnimationFrame(paint); };

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
  el.replaceChildren(root);
  width = stage.clientWidth;
  if (address) {
    address.listen(adopt, signal);
    adopt(address.read());
  }
  drawn = state;
  draw(drawn, width || USUAL_WIDTH);
  tellNow();

  const resize = new ResizeObserver(() => {
    if (stage.clientWidth === width || stage.clientWidth === 0) return;
    width = stage.clientWidth;
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

  return () => {
    controller.abort();
    resize.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(telling);
    if (address) clearTimeout(saving);
    else cancelAnimationFrame(saving);
    names.forEach((name) => model.off(`change:${name}`, changed));
  };
}
