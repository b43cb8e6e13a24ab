// Marks, in both lists of the page's sections, the section being read; closes the drawer once it has been used.
(() => {
  const lists = document.querySelectorAll(".on-this-page, .contents-sections");
  const links = new Map();
  for (const link of document.querySelectorAll(".on-this-page a, .contents-sections a")) {
    const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, [...(links.get(section) ?? []), link]);
  }
  const mark = () => {
    let current = null;
    for (const section of links.keys()) {
      const heading = section.querySelector("h1, h2, h3, h4") ?? section;
      if (heading.getBoundingClientRect().top < innerHeight * 0.3) current = section;
      else break;
    }
    for (const [section, its] of links)
      for (const link of its)
        if (section === current) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
  };
  if (lists.length) {
    let waiting = false;
    const later = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    mark();
  }

  const drawer = document.getElementById("contents");
  drawer?.addEventListener("click", (event) => {
    if (event.target.closest("a") && drawer.matches(":popover-open")) drawer.hidePopover();
  });
})();
