// The rows of a list that are chosen: how many, all that are shown, a stretch
// with Shift, and the whole list. Without this the boxes work one by one.
const boxes = () => [...document.querySelectorAll("#list [data-check]")];
let last;

function tell() {
  const all = boxes();
  const whole = document.querySelector("[data-check-all]");
  const chosen = all.filter((box) => box.checked).length;
  const words = document.querySelector("[data-chosen]");
  if (words) words.textContent = chosen.toLocaleString(document.documentElement.lang);
  const page = document.querySelector("[data-check-page]");
  if (page) {
    page.checked = chosen > 0 && chosen === all.length;
    page.indeterminate = chosen > 0 && chosen < all.length;
  }
  for (const box of all) box.closest("tr").setAttribute("aria-selected", String(box.checked || Boolean(whole?.checked)));
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-check]");
  const cell = event.target.closest?.("td.c-check");
  if (!box && cell) {
    cell.querySelector("[data-check]").click();
    return;
  }
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last?.isConnected) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const other of all.slice(from, to + 1)) other.checked = box.checked;
  }
  last = box;
  tell();
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-check-page]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches?.("[data-check-page], [data-check], [data-check-all]")) tell();
});
document.addEventListener("reset", (event) => {
  if (event.target.id === "bulk") setTimeout(tell);
});
document.addEventListener("htmx:afterSettle", tell);
addEventListener("pageshow", tell);
