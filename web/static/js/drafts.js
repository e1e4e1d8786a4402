// What was typed on a client's page stays until it is saved, also after a
// closed tab. Drafts stay on this computer, one a user and client, and go at
// sign-out.
const prefix = "draft:";
const key = (form) => prefix + (document.body.dataset.user || "") + ":" + form.dataset.draft;

function restore(form) {
  const area = form.querySelector("textarea");
  const kept = localStorage.getItem(key(form));
  if (kept && !area.value) area.value = kept;
  form.classList.toggle("filled", area.value !== "");
}

function keep(form) {
  const text = form.querySelector("textarea").value;
  form.classList.toggle("filled", text !== "");
  if (text) localStorage.setItem(key(form), text);
  else localStorage.removeItem(key(form));
}

function restoreAll() {
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) keep(form);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (form?.matches?.("form[data-draft]") && event.detail.xhr.status < 300) localStorage.removeItem(key(form));
});

document.addEventListener("submit", (event) => {
  if (!event.target.getAttribute("action")?.endsWith("/signout")) return; // a field may be called action
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(prefix)) localStorage.removeItem(name);
  }
});

document.addEventListener("htmx:afterSettle", restoreAll);
restoreAll();
