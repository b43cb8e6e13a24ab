/**
 * Which exercises the reader has solved, kept in this browser alone: a JSON list of ids under one key of localStorage.
 * Whoever changes it says so with an event on window, which the site's navigation listens to as well (site/runtime/progress.js).
 */
const KEY = "kltext:solved";
const CHANGED = "kltext:solved";
let memory = []; // where the browser refuses to store anything, it is remembered until the page is left

export function solvedIds() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored : [];
  } catch {
    return memory;
  }
}

export function remember(id) {
  const ids = solvedIds();
  if (ids.includes(id)) return;
  memory = [...ids, id];
  try {
    localStorage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // Private browsing, or storage switched off.
  }
  dispatchEvent(new CustomEvent(CHANGED, { detail: { ids: memory } }));
}

/** Call `listener` whenever the list changes, here or in another tab. */
export function onSolvedChange(listener, signal) {
  addEventListener(CHANGED, ({ detail }) => {
    memory = detail?.ids ?? memory;
    listener();
  }, { signal });
  addEventListener("storage", ({ key }) => { if (key === KEY || key === null) listener(); }, { signal });
}
