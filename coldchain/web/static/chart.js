"use strict";
/* Draws each figure with plotly over the server's own drawing; a zoom asks the server for the readings of that time. */
(() => {
  if (!window.Plotly) return; /* the drawn chart stays */
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 46rem)");
  /* No buttons of plotly's own: one of them would upload the chart. Ours are below. */
  const config = { displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", showTips: false, responsive: true, scrollZoom: false };

  const traces = (data) => [
    { type: "scatter", mode: data.readings > 400 ? "lines" : "lines+markers", x: data.x, y: data.y, connectgaps: false, name: data.sensor,
      line: { color: token("--ink"), width: 1.5 }, marker: { size: 4, color: token("--ink") }, hovertemplate: "%{y:.2f} °C<br>%{x|%-d %b %H:%M:%S}<extra></extra>" },
    { type: "scatter", mode: "markers", x: data.bad_x, y: data.bad_y, name: "out of range",
      marker: { size: data.readings > 400 ? 4 : 7, color: token("--out"), symbol: "diamond" }, hovertemplate: "<b>Out of range</b> %{y:.2f} °C<br>%{x|%-d %b %H:%M:%S}<extra></extra>" },
  ];
  const upright = (each, fill, opacity, line) => ({ type: "rect", yref: "paper", y0: 0, y1: 1, x0: each.from, x1: each.to, fillcolor: fill, opacity, line, layer: "below" });
  const shapes = (data) => [
    ...(data.good ? [{ type: "rect", xref: "paper", x0: 0, x1: 1, y0: data.good[0], y1: data.good[1], fillcolor: token("--sunken"), opacity: 0.55, line: { width: 0 }, layer: "below" }] : []),
    ...data.gaps.map((each) => upright(each, token("--nodata-tint"), 1, { color: token("--nodata"), width: 1, dash: "dot" })),
    ...data.excursions.map((each) => upright(each, token(each.certain ? "--out" : "--possibly"), 0.15, { width: 0 })),
    ...data.lines.map((each) => ({ type: "line", xref: "paper", x0: 0, x1: 1, y0: each.y, y1: each.y, line: { color: token("--line-2"), width: 1, dash: "dash" }, layer: "below" })),
  ];
  const wide = (data, each, part) => Math.min(each.to, data.to) - Math.max(each.from, data.from) > (data.to - data.from) / part;
  /* The numbers of excursions, in two rows: certain ones first, then the longest; none on another, no line through one.
     What finds no room has its number in the list below the chart. */
  const ROW = 18, DIGIT = 7.6;
  const numbers = (data, width) => {
    const at = (instant) => ((Math.min(Math.max(instant, data.from), data.to) - data.from) / (data.to - data.from)) * width;
    const rows = [[], []], found = [];
    const order = [...data.excursions].sort((one, other) => other.certain - one.certain || at(other.to) - at(other.from) - at(one.to) + at(one.from));
    for (const each of order) {
      const half = (each.number.length * DIGIT) / 2 + 4, middle = (at(each.from) + at(each.to)) / 2;
      const free = (row, apart) => rows[row].every((other) => Math.abs(other.middle - middle) >= apart(other));
      if (middle < half - 36 || middle > width - half + 48) continue;
      const row = free(0, (other) => half + other.half) && free(1, () => half) ? 0 : free(0, () => half) && free(1, (other) => half + other.half) ? 1 : -1;
      if (row < 0) continue;
      rows[row].push({ middle, half });
      found.push({ each, middle, row });
    }
    return found;
  };
  const notes = (data, width, named) => [
    ...data.lines.map((each) => ({ xref: "paper", x: 1, xanchor: "left", xshift: 4, y: each.y, yanchor: "middle", text: each.words, showarrow: false, font: { size: 11, color: token("--ink-2") } })),
    ...data.gaps.filter((each) => wide(data, each, 9)).map((each) => ({ x: (Math.max(each.from, data.from) + Math.min(each.to, data.to)) / 2, yref: "paper", y: 0.5, text: each.words, showarrow: false, font: { size: 11, color: token("--nodata") }, bgcolor: token("--surface"), borderpad: 2 })),
    ...named.map(({ each, middle, row }) => ({ x: data.from + (middle / width) * (data.to - data.from), yref: "paper", y: 1, ax: 0, ay: -ROW * row - 14, arrowhead: 0, arrowwidth: 1, arrowcolor: token(each.certain ? "--out" : "--possibly"), text: each.number, name: each.number, captureevents: true, font: { size: 12, color: token(each.certain ? "--out" : "--possibly") } })),
  ];
  const layout = (data, place) => {
    const width = Math.max(place.clientWidth - 92, 100), named = numbers(data, width);
    return {
      margin: { l: 40, r: 52, t: 26 + (named.some((each) => each.row) ? ROW : 0), b: 46 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: token("--ink-2") },
      hoverlabel: { bgcolor: token("--surface"), bordercolor: token("--line-2"), font: { color: token("--ink") } },
      xaxis: { type: "date", range: [data.from, data.to], gridcolor: token("--line"), linecolor: token("--line-2"), showline: true, ticks: "outside", tickcolor: token("--line-2"), tickformatstops: [{ dtickrange: [null, 60000], value: "%H:%M:%S" }, { dtickrange: [60000, 43200000], value: "%H:%M\n%-d %b" }, { dtickrange: [43200000, null], value: "%-d %b" }], nticks: narrow.matches ? 4 : 9 },
      yaxis: { gridcolor: token("--line"), zeroline: false, fixedrange: true, nticks: 7, title: { text: "°C", standoff: 4, font: { size: 11 } } },
      shapes: shapes(data), annotations: notes(data, width, named), dragmode: narrow.matches ? false : "zoom", hovermode: "closest",
    };
  };

  const start = async (figure) => {
    const address = new URL(figure.dataset.chart, location.origin);
    const whole = { from: Number(address.searchParams.get("from")), to: Number(address.searchParams.get("to")) };
    const follow = Number(figure.dataset.follow || 0);
    let data = null, seen = { ...whole }, zoomed = false, asked = 0, timer = 0, place = null;
    const get = async (from, to) => {
      const mine = ++asked;
      address.searchParams.set("from", Math.round(from));
      address.searchParams.set("to", Math.round(to));
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`the chart's readings: ${answer.status}`);
      const found = await answer.json();
      return mine === asked ? found : null;
    };
    const show = async (from, to, zoom) => {
      try {
        const found = await get(from, to);
        if (!found || (!zoom && place.matches(":active"))) return; /* whoever is just marking a time goes on */
        data = found; seen = { from, to }; zoomed = zoom;
        await window.Plotly.react(place, traces(data), layout(data, place), config);
      } catch { /* what is drawn stays; the page says when the connection is lost */ }
    };
    const home = () => {
      const now = Date.now() + Number(document.body.dataset.now) - loaded;
      if (follow) { whole.to = Math.round(now); whole.from = whole.to - follow; }
      return show(whole.from, whole.to, false);
    };
    const loaded = Date.now();
    data = await get(whole.from, whole.to);
    if (!data) return;
    place = document.createElement("div");
    place.className = "chart-live";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", figure.dataset.words);
    figure.querySelector(".drawn").after(place);
    await window.Plotly.newPlot(place, traces(data), layout(data, place), config);
    figure.classList.add("is-live");

    const step = (part, times) => () => {
      const width = (seen.to - seen.from) * times, middle = (seen.from + seen.to) / 2 + (seen.to - seen.from) * part;
      show(middle - width / 2, middle + width / 2, true);
    };
    const keys = document.createElement("div");
    keys.className = "chart-keys";
    for (const [words, act] of [["Earlier", step(-0.5, 1)], ["Later", step(0.5, 1)], ["Closer", step(0, 0.5)], ["Wider", step(0, 2)], ["Whole time", home]]) {
      const key = Object.assign(document.createElement("button"), { type: "button", className: "plain small", textContent: words });
      key.addEventListener("click", act);
      keys.append(key);
    }
    place.after(keys);

    const instant = (value) => (typeof value === "number" ? value : Date.parse(`${String(value).replace(" ", "T")}Z`)) - data.shift_ms;
    place.on("plotly_relayout", (event) => {
      clearTimeout(timer);
      const from = event["xaxis.range[0]"], to = event["xaxis.range[1]"];
      if (from !== undefined && to !== undefined) timer = setTimeout(() => show(instant(from), instant(to), true), 150);
      else if (event["xaxis.autorange"]) timer = setTimeout(home, 150); /* a double click */
    });
    place.on("plotly_clickannotation", (event) => { if (event.annotation.name) location.assign(`/excursions/${encodeURIComponent(event.annotation.name)}`); });
    dark.addEventListener("change", () => window.Plotly.react(place, traces(data), layout(data, place), config));
    document.addEventListener("coldchain:changed", () => { if (follow && !zoomed) home(); });
  };
  for (const figure of document.querySelectorAll("[data-chart]")) start(figure).catch(() => { /* the drawn chart stays */ });
})();
