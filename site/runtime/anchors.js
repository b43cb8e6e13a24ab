// Links to places in the page. Sections that were never near the window have only an estimated height, so a jump lands
// where the place would be if the estimates were right; the place is then followed until it stands still.
(() => {
  const MOST = 40; // frames

  const follow = (id) => {
    const target = document.getElementById(id);
    if (!target) return;
    for (let fold = target.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
    let frames = 0;
    let still = 0;
    let last = NaN;
    const reader = new AbortController(); // whoever scrolls meanwhile is not held back
    for (const type of ["wheel", "touchstart", "keydown", "pointerdown"])
      addEventListener(type, () => reader.abort(), { passive: true, signal: reader.signal });
    const step = () => {
      if (reader.signal.aborted) return;
      target.scrollIntoView({ block: "start", behavior: "instant" });
      const top = target.getBoundingClientRect().top;
      still = Math.abs(top - last) < 1 ? still + 1 : 0;
      last = top;
      if (still < 3 && ++frames < MOST) requestAnimationFrame(step);
      else reader.abort();
    };
    requestAnimationFrame(step);
  };

  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.hash.length < 2 || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey) return;
    if (link.href.split("#")[0] === location.href.split("#")[0]) follow(decodeURIComponent(link.hash.slice(1)));
  });
  // Going back or reloading restores the reader's own place; only a fresh arrival follows the address.
  const [arrival] = performance.getEntriesByType("navigation");
  if (location.hash.length > 1 && arrival?.type === "navigate") follow(decodeURIComponent(location.hash.slice(1)));
})();
