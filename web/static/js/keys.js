// Keys for those who never leave the keyboard. None of them acts while somebody
// is writing, or together with a modifier that is the browser's.
import { show } from "./dialogs.js";

// A field keeps the focus for a moment after its dialog was closed.
const writing = (target) => !target.closest?.("dialog:not([open])") && target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
}

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return;
  const target = next.querySelector("a[href], summary, button") || next;
  target.focus();
  next.scrollIntoView({ block: "nearest" });
}

// On a record, the next and the one before in the list from which it was opened.
function go(step) {
  const link = document.activeElement?.closest("[data-row]") ? null : document.querySelector(step > 0 ? ".topbar a[rel=next]" : ".topbar a[rel=prev]");
  if (link) link.click();
  else move(step);
}

function mark() {
  const row = document.activeElement?.closest("[data-row]");
  const box = row?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// What a row offers: done, or put off to a day that is chosen from its menu.
function press(selector) {
  const target = document.activeElement?.closest("[data-row]")?.querySelector(selector);
  target?.click();
  target?.parentElement.querySelector(".menu button")?.focus();
}

const actions = {
  "/": () => (document.querySelector("[data-find]") || { focus: () => show("palette") }).focus(),
  l: () => show("quick"),
  j: () => go(1),
  k: () => go(-1),
  x: mark,
  e: () => press("[data-done]"),
  p: () => press("[data-later] summary"),
  "?": () => show("keys"),
  z: () => document.querySelector("[data-undo]")?.click(),
};

// From the search of a list, the arrow goes to its rows and Esc, once it is
// empty, back to the keys.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-find]")) return;
  if (event.key === "ArrowDown") {
    event.preventDefault();
    move(1);
  } else if (event.key === "Escape" && !event.target.value) event.target.blur();
});

// A row that was decided goes; the keys go on with the one after it.
let heir;
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest("[data-row]");
  heir = row?.matches(".held") ? row.nextElementSibling || row.previousElementSibling : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (heir?.isConnected && document.activeElement === document.body) heir.focus();
  heir = null;
});

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === "k") {
    event.preventDefault();
    show("palette");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (writing(event.target) || document.querySelector("dialog[open]")) return;
  const act = actions[key];
  if (act) {
    event.preventDefault();
    act();
  }
});
