// Formulas, tables and code that are wider than the page scroll in their own box, which is a stop for the Tab key.
// Where the content fits there is nothing to scroll, and the stop would only be in the way.
(() => {
  const fits = (box) => box.scrollWidth <= box.clientWidth + 1;
  const update = (box) => {
    if (box === document.activeElement) return;
    if (fits(box)) box.removeAttribute("tabindex");
    else box.tabIndex = 0;
    box.classList.toggle("scrolls", !fits(box));
  };
  // Only boxes near the window are measured: measuring lays out sections that the browser may otherwise skip.
  const near = new Set();
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) {
          near.add(target);
          update(target);
        } else near.delete(target);
      }
    },
    { rootMargin: "100% 0px" },
  );
  for (const box of document.querySelectorAll(".scroll-box")) watch.observe(box);
  addEventListener("resize", () => near.forEach(update));
  document.fonts?.ready.then(() => near.forEach(update));
})();
