// A client is chosen from what the server finds; the hidden field holds its id.
function part(element, name) {
  return element.closest("[data-pick]")?.querySelector(`[data-pick-${name}]`);
}

function picks(element) {
  return element.closest("[data-pick]")?.querySelector(".picks");
}

// The search knows the text as q, whatever the field is called in its form.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches?.("[data-pick-q]")) event.detail.parameters.set("q", event.target.value);
});

// Who types fast and chooses has an answer still under way: it would open the
// list again, over what comes next.
const late = (event) => {
  if (event.target.matches?.("[data-pick-q]") && part(event.target, "id").value) event.preventDefault();
};
document.addEventListener("htmx:beforeRequest", late);
document.addEventListener("htmx:beforeOnLoad", late);

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-pick-q]")) return;
  part(event.target, "id").value = "";
  if (!event.target.value) picks(event.target).replaceChildren();
});

function take(hit) {
  part(hit, "id").value = hit.dataset.choose;
  const field = part(hit, "q");
  field.value = hit.dataset.name;
  field.setCustomValidity("");
  const form = hit.closest("form");
  picks(hit).replaceChildren();
  (form.querySelector("textarea") || form.querySelector("button:not([type=button])")).focus();
}

document.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-choose]");
  if (hit) take(hit);
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-pick-q]")) return;
  const all = [...picks(event.target).querySelectorAll(".hit")];
  if (!all.length) return;
  const at = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    all[at]?.setAttribute("aria-selected", "false");
    const next = all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter") {
    event.preventDefault();
    take(all[Math.max(at, 0)]);
  } else if (event.key === "Escape") {
    event.preventDefault(); // closes the list, not the dialog around it
    picks(event.target).replaceChildren();
  }
});
