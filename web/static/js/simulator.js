// The slider of a demand and what the contract would have cost, while it moves.
// The figures of the server come when it is let go.
function corners(chart) {
  return chart.dataset.curve.split(" ").map((pair) => pair.split(",").map(Number));
}

// A cost between two corners lies on their line.
function costAt(points, kw) {
  const next = points.findIndex((point) => point[0] >= kw);
  if (next < 0) return points.at(-1)[1];
  const [x, cost] = points[next];
  if (next === 0 || x === kw) return cost;
  const [before, was] = points[next - 1];
  return was + ((cost - was) * (kw - before)) / (x - before);
}

function money(centavos) {
  const amount = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: "always" });
  return `${centavos < 0 ? "-" : ""}R$\u00a0${amount.format(Math.abs(Math.round(centavos)) / 100)}`;
}

function place(slide, points, kw) {
  const dot = slide.querySelector("[data-dot]");
  const costs = points.map((point) => point[1]);
  const low = Math.min(...costs);
  const high = Math.max(...costs);
  const [from, to] = [points[0][0], points.at(-1)[0]];
  const cost = costAt(points, kw);
  dot.setAttribute("cx", 4 + ((kw - from) / (to - from)) * 306);
  dot.setAttribute("cy", high === low ? 74 : 74 - ((cost - low) / (high - low)) * 64);
  for (const line of document.querySelectorAll(`[data-sim="${slide.dataset.slide}"]`)) {
    const y = Number(line.dataset.base) - kw * Number(line.dataset.scale);
    line.setAttribute("y1", y);
    line.setAttribute("y2", y);
  }
  return cost;
}

function show(panel) {
  const whole = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always", signDisplay: "exceptZero" });
  let sum = Number(panel.dataset.energy);
  for (const slide of panel.querySelectorAll("[data-slide]")) {
    const field = slide.querySelector("[data-kw]");
    const kw = Math.min(Math.max(Number(field.value), Number(field.min)), Number(field.max));
    sum += place(slide, corners(slide.querySelector("[data-curve]")), kw);
    const today = Number(slide.dataset.today);
    if (today > 0) slide.querySelector("[data-diff]").textContent = `${whole.format(kw - today)}\u00a0kW`;
  }
  panel.querySelector("[data-simulated]").textContent = money(sum);
  const present = Number(panel.dataset.present);
  if (present <= 0) return;
  const saving = ((present - sum) * 12) / Number(panel.dataset.count);
  const out = panel.querySelector("[data-saving]");
  out.textContent = money(saving);
  out.classList.toggle("t-bad", saving < 0);
}

function arm(root) {
  const panel = root.querySelector?.("[data-simulator]") || (root.matches?.("[data-simulator]") ? root : null);
  if (!panel) return;
  for (const range of panel.querySelectorAll("[data-range]")) range.hidden = false;
  panel.querySelector("[data-recompute]").hidden = true;
  show(panel);
}

document.addEventListener("input", (event) => {
  const panel = event.target.closest?.("[data-simulator]");
  if (!panel) return;
  const slide = event.target.closest("[data-slide]");
  const range = slide.querySelector("[data-range]");
  const field = slide.querySelector("[data-kw]");
  if (event.target === range) field.value = range.value;
  else range.value = field.value;
  show(panel);
});

document.addEventListener("htmx:load", (event) => arm(event.target));
arm(document);
