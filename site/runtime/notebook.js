// A page opened from disk may not start a download: the browser shows the notebook as text. Say so before it does.
(() => {
  const note = document.querySelector(".page-tools-note");
  if (note && location.protocol === "file:") note.textContent += "; it opens as text here, to be saved from there";
})();
