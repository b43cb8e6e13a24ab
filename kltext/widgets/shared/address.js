/**
 * A widget's state in the page address: #microscope=p:0.5,0.5;q:0.9,0.1;unit:bits, several widgets joined by &.
 * `fields` says how each part of a state is written: "number", "numbers", "texts", "flag" or "word".
 * @typedef {Record<string, "number" | "numbers" | "texts" | "flag" | "word">} Fields
 */

const finite = (text) => {
  if (text.trim() === "" || !Number.isFinite(Number(text))) throw new RangeError(`not a number: ${text}`);
  return Number(text);
};
const list = (text, read) => (text === "" ? [] : text.split(",").map(read));

const kinds = {
  number: { write: String, read: finite },
  numbers: { write: (values) => values.join(","), read: (text) => list(text, finite) },
  texts: { write: (values) => values.map(encodeURIComponent).join(","), read: (text) => list(text, decodeURIComponent) },
  flag: { write: (value) => (value ? "on" : "off"), read: (text) => text === "on" },
  word: { write: encodeURIComponent, read: decodeURIComponent },
};

/** @param {object} state @param {Fields} fields */
export const encode = (state, fields) =>
  Object.keys(fields).filter((name) => name in state).map((name) => `${name}:${kinds[fields[name]].write(state[name])}`).join(";");

/** What the text says of the state; parts it does not know or cannot read are left out. @param {string} text @param {Fields} fields */
export function decode(text, fields) {
  const state = {};
  for (const part of text.split(";")) {
    const colon = part.indexOf(":");
    const name = part.slice(0, colon);
    if (colon < 1 || !Object.hasOwn(fields, name)) continue;
    try {
      state[name] = kinds[fields[name]].read(part.slice(colon + 1));
    } catch {
      continue;
    }
  }
  return state;
}

/** The fragment's entries, key to text, without plain anchors. @param {string} fragment */
export const entries = (fragment) =>
  new Map(fragment.replace(/^#/, "").split("&").filter((part) => part.includes("=")).map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));

/** The fragment with one entry set, or removed where text is null. @param {string} fragment @param {string} key @param {?string} text */
export function withEntry(fragment, key, text) {
  const all = entries(fragment);
  if (text === null) all.delete(key);
  else all.set(key, text);
  return [...all].map(([name, value]) => `${name}=${value}`).join("&");
}
