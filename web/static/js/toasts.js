// A toast goes after ten seconds, later while the pointer or the focus rests on it.
const life = 10_000;
const region = document.getElementById("toasts");

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "yes";
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), life);
  };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

function armAll() {
  for (const toast of document.querySelectorAll("[data-toast]")) arm(toast);
}

// say shows a sentence that comes from no server: that there is none.
export function say(sentence) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.toast = "";
  toast.setAttribute("role", "alert");
  toast.textContent = sentence;
  document.getElementById("toasts").replaceChildren(toast);
  arm(toast);
}

if (region) new MutationObserver(armAll).observe(document.body, { childList: true, subtree: true });
armAll();

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, () => say(document.body.dataset.failed));
}
