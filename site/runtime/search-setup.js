// What Sphinx's searchtools.js expects to find, without the scripts that would bring it along.
const SPHINX_HIGHLIGHT_ENABLED = false;
const Documentation = { gettext: (text) => text, ngettext: (one, many, n) => (n === 1 ? one : many) };
const _ = Documentation.gettext;
const _ready = (callback) =>
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", callback) : callback();
