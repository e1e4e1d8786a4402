// Dialogs are native: Esc closes the topmost and the browser gives the focus
// back. A link with data-open leads to a page when scripts are off.

export function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return null;
  closeMenus();
  dialog.showModal();
  return dialog;
}

function openQuick(client, name) {
  const form = document.getElementById("quick-form");
  if (form && client) {
    form.querySelector("[data-pick-id]").value = client;
    form.querySelector("[data-pick-q]").value = name;
  }
  const dialog = open("quick");
  if (!dialog) return;
  dialog.querySelector(client ? "textarea" : "[data-pick-q]")?.focus();
}

// show opens a dialog by its name; the quick log starts with the client of the
// page, or with the one that was chosen in the palette.
export function show(id, source) {
  if (id !== "quick") {
    open(id);
    return;
  }
  const composer = document.querySelector("#composer");
  if (source?.dataset.client) {
    document.getElementById("palette")?.close();
    openQuick(source.dataset.client, source.dataset.name);
  } else if (composer) {
    composer.querySelector("textarea").focus();
  } else {
    openQuick();
  }
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener && !event.ctrlKey && !event.metaKey && document.getElementById(opener.dataset.open)) {
    event.preventDefault();
    show(opener.dataset.open, opener);
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the ground behind it
  closeMenus(event.target.closest("details[data-menu]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A menu beside a table comes with each new table. Leaving the search asks for the
// table once more: a menu that is still the same stays as it is, with the focus
// in it; one that changed while it was open stays open.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const now = event.detail.target.querySelector?.(":scope > details[data-menu]");
  const next = event.detail.fragment.querySelector?.("details[data-menu]");
  if (!now || !next) return;
  if (now.innerHTML === next.innerHTML) event.detail.shouldSwap = false;
  else next.open = now.open;
});

// The answer to a logged activity carries this event.
document.addEventListener("logged", () => document.getElementById("quick")?.close());

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form.quick-form, form.composer, form[data-keys=save]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  }
});
