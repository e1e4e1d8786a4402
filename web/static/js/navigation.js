// The next page is announced by grey bars (after 300 ms, see the style), a
// fragment that came from a history entry is fetched again, and a form is not
// sent twice.
const root = document.documentElement;
let giveUp;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.target || link.hasAttribute("download") || link.hasAttribute("hx-get") || link.origin !== location.origin) return;
  if (link.pathname === location.pathname && link.hash) return;
  root.dataset.loading = "";
  clearTimeout(giveUp);
  giveUp = setTimeout(() => delete root.dataset.loading, 10_000); // it was a file, and the page stays
});

// Pages from the back-forward cache come as they were left.
window.addEventListener("pageshow", () => delete root.dataset.loading);

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog") return;
  const button = event.submitter;
  if (!button) return;
  setTimeout(() => button.setAttribute("aria-busy", "true"));
  // The answer may be a file, and the page stays.
  if (event.target.hasAttribute("data-file")) setTimeout(() => button.removeAttribute("aria-busy"), 3_000);
});
document.addEventListener("htmx:afterRequest", () => {
  for (const button of document.querySelectorAll('[aria-busy="true"]:not([data-stay])')) button.removeAttribute("aria-busy");
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('form [aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// Where the sides of a long list were scrolled to, when one comes back by a link.
const place = () => "scroll:" + location.pathname + location.search; // a list that grew has another address
window.addEventListener("pagehide", () => sessionStorage.setItem(place(), String(scrollY)));
if (performance.getEntriesByType("navigation")[0]?.type === "reload") {
  scrollTo(0, Number(sessionStorage.getItem(place())) || 0);
}

// On a phone the tab that one is on may be beyond the edge.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
