"use strict";
/* Draws each figure with plotly over the server's own drawing; a zoom asks the server for the readings of that time. */
(() => {
  if (!window.Plotly) return; /* the drawn chart stays */
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const narrow = window.matchMedia("(max-width: 46rem)");
  const config = {
    displaylogo: false, showSendToCloud: false, plotlyServerURL: "", showEditInChartStudio: false, showTips: false, responsive: true,
    displayModeBar: true, scrollZoom: false, modeBarButtons: [["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
  };

  const traces = (data) => [
    { type: "scatter", mode: data.readings > 400 ? "lines" : "lines+markers", x: data.x, y: data.y, connectgaps: false, name: data.sensor,
      line: { color: token("--ink"), width: 1.5 }, marker: { size: 4, color: token("--ink") }, hovertemplate: "%{y:.2f} °C<br>%{x|%-d %b %H:%M:%S}<extra></extra>" },
    { type: "scatter", mode: "markers", x: data.bad_x, y: data.bad_y, name: "out of range",
      marker: { size: data.readings > 400 ? 4 : 7, color: token("--out"), symbol: "diamond" }, hovertemplate: "<b>Out of range</b> %{y:.2f} °C<br>%{x|%-d %b %H:%M:%S}<extra></extra>" },
  ];
  const shapes = (data) => [
    ...(data.good ? [{ type: "rect", xref: "paper", x0: 0, x1: 1, y0: data.good[0], y1: data.good[1], fillcolor: token("--sunken"), opacity: 0.6, line: { width: 0 }, layer: "below" }] : []),
    ...data.lines.map((each) => ({ type: "line", xref: "paper", x0: 0, x1: 1, y0: each.y, y1: each.y, line: { color: token("--line-2"), width: 1, dash: "dash" }, layer: "below" })),
    ...data.gaps.map((each) => ({ type: "rect", yref: "paper", y0: 0, y1: 1, x0: each.from, x1: each.to, fillcolor: token("--nodata-tint"), line: { color: token("--nodata"), width: 1, dash: "dot" }, layer: "below" })),
    ...data.excursions.map((each) => ({ type: "rect", yref: "paper", y0: 0, y1: 1, x0: each.from, x1: each.to, fillcolor: token(each.certain ? "--out" : "--possibly"), opacity: 0.14, line: { width: 0 }, layer: "below" })),
  ];
  const notes = (data) => [
    ...data.lines.map((each) => ({ xref: "paper", x: 1, xanchor: "right", y: each.y, yanchor: "bottom", text: each.words, showarrow: false, font: { size: 11, color: token("--ink-2") } })),
    ...data.gaps.filter((each) => each.to - each.from > (data.to - data.from) / 14).map((each) => ({ x: (each.from + each.to) / 2, yref: "paper", y: 0.5, text: each.words, showarrow: false, font: { size: 11, color: token("--nodata") }, bgcolor: token("--surface") })),
    ...data.excursions.map((each) => ({ x: (Math.max(each.from, data.from) + each.to) / 2, yref: "paper", y: 1, yanchor: "bottom", text: `<a href="/excursions/${encodeURIComponent(each.number)}">${each.number}</a>`, showarrow: false, captureevents: true, font: { size: 11, color: token(each.certain ? "--out" : "--possibly") } })),
  ];
  const layout = (data) => ({
    margin: { l: 44, r: 12, t: 28, b: 44 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: token("--ink-2") },
    hoverlabel: { bgcolor: token("--surface"), bordercolor: token("--line-2"), font: { color: token("--ink") } },
    xaxis: { type: "date", range: [data.from, data.to], gridcolor: token("--line"), linecolor: token("--line-2"), tickformatstops: [{ dtickrange: [null, 60000], value: "%H:%M:%S" }, { dtickrange: [60000, 43200000], value: "%H:%M\n%-d %b" }, { dtickrange: [43200000, null], value: "%-d %b" }], title: { text: data.zone, font: { size: 11 }, standoff: 6 }, nticks: narrow.matches ? 4 : 9, fixedrange: false },
    yaxis: { gridcolor: token("--line"), zeroline: false, ticksuffix: narrow.matches ? "" : " °C", fixedrange: true, nticks: 7 },
    shapes: shapes(data), annotations: notes(data), dragmode: narrow.matches ? false : "zoom", hovermode: "closest",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: token("--ink-2"), activecolor: token("--ink"), orientation: "h" }, uirevision: "chart",
    transition: { duration: still.matches ? 0 : 150 },
  });

  const start = async (figure) => {
    const address = new URL(figure.dataset.chart, location.origin);
    const whole = { from: address.searchParams.get("from"), to: address.searchParams.get("to") };
    let data = null, timer = 0, asked = 0;
    const get = async (from, to) => {
      const mine = ++asked;
      address.searchParams.set("from", from);
      address.searchParams.set("to", to);
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`the chart's readings: ${answer.status}`);
      const found = await answer.json();
      return mine === asked ? found : null;
    };
    data = await get(whole.from, whole.to);
    if (!data) return;
    const place = document.createElement("div");
    place.className = "chart-live";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", figure.dataset.words);
    figure.querySelector(".drawn").after(place);
    await window.Plotly.newPlot(place, traces(data), layout(data), config);
    figure.classList.add("is-live");
    const redraw = () => window.Plotly.react(place, traces(data), layout(data), config);
    const again = async (from, to) => {
      try {
        const found = await get(Math.round(from), Math.round(to));
        if (found) { data = found; await redraw(); }
      } catch { /* what is drawn stays; the page says when the connection is lost */ }
    };
    const instant = (value) => (typeof value === "number" ? value : Date.parse(`${value.replace(" ", "T")}Z`)) - data.shift_ms;
    place.on("plotly_relayout", (event) => {
      clearTimeout(timer);
      if (event["xaxis.range[0]"] !== undefined) timer = setTimeout(() => again(instant(event["xaxis.range[0]"]), instant(event["xaxis.range[1]"])), 200);
      else if (event["xaxis.autorange"] || event["xaxis.showspikes"] === undefined && event["xaxis.range"]) timer = setTimeout(() => again(whole.from, whole.to), 200);
    });
    place.on("plotly_clickannotation", (event) => { const link = /href="([^"]+)"/.exec(event.annotation.text); if (link) location.assign(link[1]); });
    dark.addEventListener("change", redraw);
    document.addEventListener("coldchain:changed", () => { if (whole.live) again(whole.from, whole.to); });
  };
  for (const figure of document.querySelectorAll("[data-chart]")) start(figure).catch(() => { /* the drawn chart stays */ });
})();
