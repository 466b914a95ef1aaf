"use strict";
/* Makes a page live and quick; everything it does, the page can do without it. */
(() => {
  const body = document.body;
  const skew = Number(body.dataset.now) - Date.now();
  const now = () => Date.now() + skew;

  /* Ages: the same words as web/times.py, never rounded up */
  const age = (ms) => {
    const s = Math.floor(Math.max(ms, 0) / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    const two = (a, u, b, v) => (b ? `${a} ${u} ${b} ${v}` : `${a} ${u}`);
    return s < 60 ? `${s} s` : m < 60 ? `${m} min` : h < 24 ? two(h, "h", m % 60, "min") : two(d, "d", h % 24, "h");
  };
  const tick = () => {
    for (const each of document.querySelectorAll("[data-age-since]")) each.textContent = `${age(now() - each.dataset.ageSince)} ago`;
    for (const each of document.querySelectorAll("[data-running-since]")) each.textContent = age(now() - each.dataset.runningSince);
  };

  /* Live: hear of a change, fetch this page again, put its live regions in place */
  const live = document.getElementById("live"), banner = document.getElementById("lost");
  let heard = Date.now(), lost = false, stale = false, fetching = false, again = false, loadedAt = Date.now();
  const say = (words) => { banner.textContent = words; banner.hidden = !words; body.classList.toggle("lost", Boolean(words)); lost = Boolean(words); };
  const alike = (one, other) => one.tagName === other.tagName && ["id", "href", "name", "value"].every((each) => one.getAttribute(each) === other.getAttribute(each))
    && one.parentElement?.id === other.parentElement?.id && one.closest("form")?.getAttribute("action") === other.closest("form")?.getAttribute("action");
  const differs = (field) => (field.matches("select") ? field.value !== ([...field.options].find((each) => each.defaultSelected) ?? field.options[0])?.value
    : field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
  const isTyped = (region) => [...region.querySelectorAll("input:not([type=hidden]), textarea, select")].some((each) => each === document.activeElement || differs(each));
  const replace = (old, next) => { /* what is open stays open, what is closed closed, and who stands on a link or a button stays there */
    const at = document.activeElement, inside = old.contains(at);
    const place = inside ? [...old.querySelectorAll(at.tagName)].filter((each) => alike(each, at)).indexOf(at) : -1;
    const details = [...old.querySelectorAll("details[id]")].map((each) => [each.id, each.open]);
    old.replaceChildren(...next.childNodes);
    for (const [id, open] of details) document.getElementById(id)?.toggleAttribute("open", open);
    if (!inside) return;
    const found = [...old.querySelectorAll(at.tagName)].filter((each) => alike(each, at));
    (found[place] ?? found[0])?.focus({ preventScroll: true });
  };

  /* A press ends on what it began on: nothing is replaced under a finger, and nothing once a form is on its way */
  let pressed = false, left = -Infinity, resting = [];
  const rest = () => setTimeout(() => { pressed = false; for (const go of resting.splice(0)) go(); }); /* after the click */
  const atRest = () => (pressed ? new Promise((go) => { resting.push(go); setTimeout(go, 5000); }) : undefined);
  document.addEventListener("pointerdown", (event) => { if (event.button === 0) pressed = true; }, true);
  document.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Enter") pressed = true; }, true);
  for (const type of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(type, rest, true);
  window.addEventListener("blur", rest);

  const refresh = async () => {
    if (fetching) { again = true; return; }
    fetching = true;
    const began = Date.now();
    let took = null;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
      if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { location.reload(); return; }
      stale = answer.status >= 500;
      if (!answer.ok) return;
      const text = (await answer.text()).replace(/<style[^]*?<\/style>/g, ""); /* their nonce is not this page's */
      const fresh = new DOMParser().parseFromString(text, "text/html");
      took = Date.now() - began;
      await atRest();
      if (Date.now() - left < 10000) return; /* the next page shows it */
      for (const old of document.querySelectorAll("[data-live-region]")) {
        const next = fresh.getElementById(old.id);
        if (next && old.innerHTML !== next.innerHTML && !isTyped(old)) replace(old, next);
      }
      loadedAt = Date.now();
      document.dispatchEvent(new Event("coldchain:changed"));
    } catch { stale = true; } finally {
      fetching = false;
      if (again) { again = false; setTimeout(refresh, Math.max(1000, 9 * (took ?? Date.now() - began))); } /* at most a tenth of the server's time */
    }
  };
  if (body.dataset.live && live) {
    let stream, first = true, asked = Date.now();
    const hear = () => { heard = Date.now(); if (stale) refresh(); else if (lost) { say(""); refresh(); } };
    const open = () => {
      stream = new EventSource(body.dataset.live);
      stream.addEventListener("beat", hear);
      stream.addEventListener("change", (event) => { /* the first one tells what this page may have missed while it came */
        const was = lost, known = first && event.lastEventId === body.dataset.version;
        first = false;
        hear();
        if (!known && !was) refresh();
      });
      stream.addEventListener("ended", () => location.reload());
      stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(open, 3000); });
    };
    open();
    setInterval(() => {
      const silent = Date.now() - heard;
      const from = `What you see is from ${new Date(loadedAt).toLocaleTimeString()}.`;
      if (silent > 15000) say(`Not live: no connection for ${age(silent)}. ${from}`);
      else if (stale) say(`Not live: this page could not be fetched again. ${from}`);
      if (Date.now() - Math.max(loadedAt, asked) > 60000) { asked = Date.now(); refresh(); } /* what only time changes: a sensor falls silent */
      live.textContent = lost ? "not live" : `live, ${age(silent)} ago`;
      tick();
    }, 1000);
    window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
  }

  /* A form is sent once, however often the button is pressed */
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") !== "post" || event.defaultPrevented) return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
    left = Date.now();
  });
  window.addEventListener("pageshow", () => { left = -Infinity; for (const form of document.forms) delete form.dataset.sent; });

  /* Keys */
  const items = () => [...document.querySelectorAll("[data-item]")].map((each) => (each.matches("a") ? each : each.querySelector("a")));
  const move = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)].focus();
  };
  const keys = document.getElementById("keys"), show = document.getElementById("show-keys");
  if (show) { show.hidden = false; show.addEventListener("click", () => keys.showModal()); }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select") || keys?.open) return;
    const acts = {
      j: () => move(1), k: () => move(-1), "?": () => keys?.showModal(),
      o: () => location.assign("/"), e: () => location.assign("/excursions"), p: () => location.assign("/preparations"),
      a: () => {
        const comment = document.getElementById("comment");
        if (comment) { comment.focus(); return; }
        const at = document.activeElement?.closest("[data-acknowledge]");
        if (at) location.assign(at.dataset.acknowledge);
      },
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });

  for (const form of document.querySelectorAll("[data-autosubmit]")) {
    form.querySelector("[data-without-script]")?.setAttribute("hidden", "");
    form.addEventListener("change", () => form.requestSubmit());
  }
})();
