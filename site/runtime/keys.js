// "/" goes to the search box, as in most documentation; never while the reader is typing or steering a widget.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .kl-widget")) return;
  const box = [...document.querySelectorAll("input[name=q]")].find((input) => input.offsetParent);
  if (!box) return;
  event.preventDefault();
  box.focus();
});
