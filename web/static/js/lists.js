// The address of a list says how many rows it shows, so that back and reload show
// them again; what was scrolled to is remembered by the browser.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "list-rows") return;
  const here = new URL(location.href);
  if (here.searchParams.has("after")) return; // a page of its own, of who came without a script
  here.searchParams.set("rows", String(event.target.rows.length));
  history.replaceState(history.state, "", here);
});

// One step back for one choice: what a change has asked for already, and the
// letters of a search one after another, are no steps of their own.
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const step = event.detail.history;
  if (step?.type !== "push") return;
  const from = new URL(location.href);
  const to = new URL(step.path, location.href);
  const typing = from.searchParams.get("q") && to.searchParams.get("q");
  for (const url of [from, to]) {
    url.searchParams.delete("rows");
    if (typing) url.searchParams.delete("q");
    for (const [name, value] of [...url.searchParams]) if (!value) url.searchParams.delete(name);
    url.searchParams.sort();
  }
  if (from.href === to.href) step.type = "replace";
});
