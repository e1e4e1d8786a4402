// The command palette: the server finds, this chooses with the arrow keys.
const palette = document.getElementById("palette");
const input = document.getElementById("palette-q");
const list = document.getElementById("palette-list");

const hits = () => [...list.querySelectorAll(".hit")];
const chosen = () => list.querySelector('.hit[aria-selected="true"]');

function choose(hit) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!hit) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  hit.setAttribute("aria-selected", "true");
  hit.id ||= "hit-" + hits().indexOf(hit);
  input.setAttribute("aria-activedescendant", hit.id);
  hit.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = hits();
  const at = all.indexOf(chosen());
  choose(all[(at + by + all.length) % all.length]);
}

// Enter follows the chosen match; without one the form goes to the search page.
function go(event) {
  const hit = chosen();
  if (!hit) return;
  event.preventDefault();
  hit.click();
}

function aside() {
  const hit = chosen();
  if (hit) window.open(hit.href, "_blank", "noopener");
}

if (palette) {
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) aside();
    else if (event.key === "Escape") palette.close(); // a search field would only be emptied
    else return;
    event.preventDefault();
  });
  input.form.addEventListener("submit", go);
  list.addEventListener("htmx:afterSwap", () => choose(hits()[0]));
  list.addEventListener("pointermove", (event) => {
    const hit = event.target.closest(".hit");
    if (hit && hit !== chosen()) choose(hit);
  });
  palette.addEventListener("close", () => {
    if (palette.open) return; // opened again before this event came
    input.value = "";
    list.replaceChildren();
  });
}
