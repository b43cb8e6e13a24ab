/** The static page's host: finds the placeholders, gives each a plain-object model, and mounts it a screen ahead of the reader. */
import { entries, withEntry } from "./address.js";
import { h } from "./dom.js";

const widgets = new Map();
const delivered = new Map(); // what scripts of data have brought, by their address as the page writes it
const ordered = new Map(); // when each of them arrives
let observer = null;

/** A model as a live notebook would give it, without a kernel behind it. @param {object} state */
export function plainModel(state) {
  const values = { ...state };
  const listeners = new Map();
  const of = (type) => listeners.get(type) ?? listeners.set(type, new Set()).get(type);
  return {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      of(`change:${name}`).forEach((listener) => listener());
    },
    on: (type, listener) => void of(type).add(listener),
    off: (type, listener) => void of(type).delete(listener),
    save_changes() {},
    send() {},
  };
}

let kept = "";
/** The fragment with the widgets' states; a jump to a heading leaves them as they were. */
const fragment = () => (entries(location.hash).size > 0 ? (kept = location.hash) : kept);

/** The page address as seen by the widget named `key`; null for a widget without one. */
function addressOf(key) {
  if (!key) return null;
  const link = (text) => `${location.href.split("#")[0]}#${withEntry(fragment(), key, text || "")}`;
  return {
    link,
    read: () => entries(fragment()).get(key) ?? null,
    write(text) {
      kept = withEntry(fragment(), key, text);
      try {
        history.replaceState(history.state, "", kept ? `#${kept}` : location.pathname + location.search);
      } catch {
        // A browser may refuse this on file://; the widget works, only the address stays.
      }
    },
    listen(adopt, signal) {
      addEventListener("hashchange", () => adopt(entries(location.hash).get(key) ?? null), { signal });
    },
  };
}

/** Fetch, once, the script with what is too heavy for the page; from disk too a script may be read, where all else may not. */
function order(source) {
  if (!ordered.has(source)) ordered.set(source, new Promise((arrived) => document.head.append(h("script", { src: source, load: arrived }))));
  return ordered.get(source);
}

function mount(element) {
  const widget = widgets.get(element.dataset.klWidget);
  if (!widget || element.dataset.klMounted !== undefined) return;
  observer?.unobserve(element);
  const { klData: source } = element.dataset;
  if (source && !delivered.has(source)) return void order(source).then(() => delivered.has(source) && mount(element));
  element.dataset.klMounted = "";
  const fallback = [...element.childNodes];
  try {
    widget.render({ model: plainModel({ ...JSON.parse(element.dataset.klState), ...delivered.get(source) }), el: element, address: addressOf(element.dataset.klKey) });
  } catch (error) {
    element.replaceChildren(...fallback);
    throw error;
  }
}

function observe() {
  const named = entries(location.hash);
  for (const element of document.querySelectorAll(".kl-widget[data-kl-widget]")) {
    if (!widgets.has(element.dataset.klWidget) || element.dataset.klMounted !== undefined) continue;
    if (named.has(element.dataset.klKey)) {
      mount(element);
      element.scrollIntoView({ block: "start" }); // its beginning, below the header: it may be taller than the window
    } else observer.observe(element);
  }
}

/** Called by each widget's script, whenever it arrives. @param {string} name @param {{render: Function}} widget */
export function register(name, widget) {
  widgets.set(name, widget);
  if (observer) observe();
}

/** Called by a script of data, with the parts of the state that it brings. @param {object} parts */
export const deliver = (parts) => void delivered.set(document.currentScript.getAttribute("src"), parts);

/** Called once by the shared script. */
export function start() {
  const ready = () => {
    observer = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => isIntersecting && mount(target)), { rootMargin: "100% 0px" });
    observe();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready, { once: true });
  else ready();
}
