/** Finding the exercise's hints on the page: the dropdowns (native <details>) between its statement and its box. */

/** The first hint of this exercise that is still closed, with its title; null if there is none. */
export function nextHint(element, id) {
  const statement = document.getElementById(`ex-${id}`);
  const follows = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);
  const hints = [...document.querySelectorAll("details")].filter((details) => title(details).toLowerCase().includes("hint") && follows(details, element));
  // Without the statement's id (JupyterLab may give another) the hints of this exercise are the last ones before the box.
  const own = statement ? hints.filter((details) => follows(statement, details)) : hints.slice(hints.findLastIndex((details) => /first/i.test(title(details))));
  const closed = own.find((details) => !details.open);
  return closed ? { details: closed, title: title(closed) } : null;
}

const title = (details) => details.querySelector("summary")?.textContent.trim() ?? "";
