"use strict";
/* Dropping files on the form and seeing which were chosen; the file field does the same without it. */
(() => {
  const form = document.querySelector("[data-drop]");
  if (form) {
    const field = form.querySelector('input[type="file"]'), chosen = document.getElementById("chosen");
    const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
    const tell = () => {
      chosen.replaceChildren(...[...field.files].slice(0, 50).map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name}, ${size(file.size)}`;
        return line;
      }));
    };
    document.getElementById("drop-words").prepend("Drop them here, or choose them. ");
    field.addEventListener("change", tell);
    let depth = 0;
    const over = (on) => form.classList.toggle("is-over", on);
    const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    document.addEventListener("dragenter", (event) => { if (carries(event)) { depth += 1; over(true); } });
    document.addEventListener("dragleave", (event) => { if (carries(event)) { depth -= 1; over(depth > 0); } });
    document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
    document.addEventListener("drop", (event) => { /* anywhere on the page: a browser would open the file instead */
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      over(false);
      if (!event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      tell();
      form.querySelector("button:not([type])").focus();
    });
    form.addEventListener("submit", () => { const button = form.querySelector("button:not([type])"); setTimeout(() => { button.disabled = true; button.textContent = "Sending …"; }); });
    window.addEventListener("pageshow", () => { const button = form.querySelector("button:not([type])"); button.disabled = false; button.textContent = "Import"; });
  }
})();
