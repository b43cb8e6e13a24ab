// The reader's colour theme, set before the first paint so that no page flashes in the wrong one.
// `data-theme` on <html> is what style sheets and widgets read; the choice may also be to follow the system.
(() => {
  const KEY = "kltext:theme";
  const CHOICES = ["system", "light", "dark"];
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  // A browser may forbid storage altogether; the choice then lasts as long as the page.
  const remember = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {}
  };
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  let choice = CHOICES.includes(remembered()) ? remembered() : "system";

  const apply = () => {
    root.dataset.theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
  };
  apply();
  system.addEventListener("change", apply);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme-button");
    const label = button.querySelector("span");
    const show = () => {
      const next = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      label.textContent = { system: "System", light: "Light", dark: "Dark" }[choice];
      button.dataset.choice = choice;
      button.setAttribute("aria-label", `Colour theme: ${choice}. Change to ${next}`);
    };
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      remember(choice);
      apply();
      show();
    });
    // Another tab of the book may change it.
    addEventListener("storage", (event) => {
      if (event.key === KEY && CHOICES.includes(event.newValue)) {
        choice = event.newValue;
        apply();
        show();
      }
    });
    button.hidden = false;
    show();
  });
})();
