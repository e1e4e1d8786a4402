// The slider of a demand and what the contract would have cost, while it moves.
// Costs are reckoned in whole billionths of R$ and rounded once, as the server
// does, so that its figures, which come when the slider is let go, are the same.
const nanosPerCentavo = 10000000n;

function corners(chart) {
  return chart.dataset.curve.split(" ").map((pair) => pair.split(",").map(BigInt));
}

// A cost between two corners lies on their line.
function costAt(points, w) {
  const next = points.findIndex((point) => point[0] >= w);
  if (next < 0) return points.at(-1)[1];
  const [x, cost] = points[next];
  if (next === 0 || x === w) return cost;
  const [before, was] = points[next - 1];
  return was + ((cost - was) * (w - before)) / (x - before);
}

// A half goes to the even neighbour: ABNT NBR 5891, REN 1.000 art. 657.
function divide(a, b) {
  if (a < 0n) return -divide(-a, b);
  const whole = a / b;
  const twice = (a % b) * 2n;
  return twice > b || (twice === b && whole % 2n === 1n) ? whole + 1n : whole;
}

function money(centavos) {
  const amount = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: "always" });
  return `${centavos < 0n ? "-" : ""}R$\u00a0${amount.format(Number(centavos < 0n ? -centavos : centavos) / 100)}`;
}

function place(slide, points, kw) {
  const dot = slide.querySelector("[data-dot]");
  const costs = points.map((point) => Number(point[1]));
  const low = Math.min(...costs);
  const high = Math.max(...costs);
  const [from, to] = [Number(points[0][0]), Number(points.at(-1)[0])];
  const cost = costAt(points, BigInt(kw * 1000));
  dot.setAttribute("cx", 4 + ((kw * 1000 - from) / (to - from)) * 306);
  dot.setAttribute("cy", high === low ? 74 : 74 - ((Number(cost) - low) / (high - low)) * 64);
  for (const line of document.querySelectorAll(`[data-sim="${slide.dataset.slide}"]`)) {
    const y = Number(line.dataset.base) - kw * Number(line.dataset.scale);
    line.setAttribute("y1", y);
    line.setAttribute("y2", y);
  }
  return cost;
}

function show(panel) {
  const whole = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always", signDisplay: "exceptZero" });
  let nanos = BigInt(panel.dataset.energy);
  for (const slide of panel.querySelectorAll("[data-slide]")) {
    const field = slide.querySelector("[data-kw]");
    const kw = Math.min(Math.max(Math.round(Number(field.value)), Number(field.min)), Number(field.max));
    nanos += place(slide, corners(slide.querySelector("[data-curve]")), kw);
    const today = Number(slide.dataset.today);
    if (today > 0) slide.querySelector("[data-diff]").textContent = `${whole.format(kw - today)}\u00a0kW`;
  }
  const sum = divide(nanos, nanosPerCentavo);
  panel.querySelector("[data-simulated]").textContent = money(sum);
  const present = BigInt(panel.dataset.present);
  if (present <= 0n) return;
  const saving = divide((present - sum) * 12n, BigInt(panel.dataset.count));
  const out = panel.querySelector("[data-saving]");
  out.textContent = money(saving);
  out.classList.toggle("t-bad", saving < 0n);
}

function arm(root) {
  const panel = root.querySelector?.("[data-simulator]") || (root.matches?.("[data-simulator]") ? root : null);
  // The chart of the months stays when the panel is replaced, and a browser that
  // brings a page back brings what was typed into it.
  if (panel) show(panel);
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
