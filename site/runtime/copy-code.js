// A button on every listing that copies its text.
(() => {
  const selectAll = (pre) => getSelection().selectAllChildren(pre);
  for (const listing of document.querySelectorAll("div.highlight")) {
    const pre = listing.querySelector("pre");
    if (!pre || listing.closest(".cell_output")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
        button.textContent = "Copied";
      } catch {
        // No clipboard outside a secure context: the text is selected, a keystroke copies it.
        selectAll(pre);
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    listing.append(button);
  }
})();
