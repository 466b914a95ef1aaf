"use strict";
/* Makes clocks tick. The instant of every deadline stands on the page without it. */
(() => {
  const skew = Number(document.body.dataset.now) - Date.now();
  const two = (n) => String(n).padStart(2, "0");
  const span = (ms) => {
    const s = Math.floor(ms / 1000), d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24;
    return `${d ? `${d} d ` : ""}${two(h)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  };
  const tick = () => {
    if (document.body.classList.contains("lost")) return; /* what is not known to be so any more does not look live */
    const now = Date.now() + skew;
    for (const each of document.querySelectorAll("[data-clock]")) {
      const from = Number(each.dataset.from), until = Number(each.dataset.until), left = until - now;
      const words = each.querySelector("[data-left]");
      words.hidden = false;
      words.firstElementChild.textContent = span(Math.abs(left));
      words.lastElementChild.textContent = left >= 0 ? "left" : "ago";
      each.classList.toggle("is-over", left < 0);
      each.classList.toggle("is-near", left >= 0 && left <= 1800000);
      each.querySelector(".used").setAttribute("width", String(Math.min(Math.max((now - from) / Math.max(until - from, 1), 0), 1) * 100));
    }
    const clock = document.getElementById("time-now");
    if (clock) {
      clock.hidden = false;
      clock.textContent = new Date(now).toLocaleTimeString("en-GB", { timeZone: clock.dataset.timeZone });
    }
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener("coldchain:changed", tick);
})();
