// Shows how much of the files has been sent. The answer says where to go on, or
// is the form again with what is wrong.
function send(form) {
  const bar = form.querySelector("[data-upload-bar]");
  const text = form.querySelector("[data-upload-text]");
  const fill = bar.querySelector("rect");
  const button = form.querySelector(".foot-act .btn");
  const request = new XMLHttpRequest();
  bar.hidden = false;
  button.setAttribute("aria-busy", "true");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded / event.total) * 100);
    fill.setAttribute("width", percent);
    text.textContent = percent + " %";
  });
  const stop = () => {
    bar.hidden = true;
    button.removeAttribute("aria-busy");
  };
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("HX-Redirect");
    if (next) {
      go(next);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const content = answer.getElementById("content");
    if (content) document.getElementById("content").replaceWith(document.importNode(content, true));
    else stop();
    if (window.htmx) window.htmx.process(document.getElementById("content"));
  });
  request.addEventListener("error", () => {
    stop();
    document.dispatchEvent(new CustomEvent("htmx:sendError"));
  });
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || !window.FormData) return;
  event.preventDefault();
  if (fits(form)) send(form);
});

// A place of this page is no reason for the browser to load it again.
function go(next) {
  const to = new URL(next, location.href);
  const same = to.pathname === location.pathname && to.search === location.search;
  location.assign(to.href);
  if (same && to.hash) location.reload();
}

// What is too large is said before it is sent.
function fits(form) {
  const wrong = form.querySelector("[data-upload-wrong]");
  const files = Array.from(form.querySelector("input[type=file]").files);
  const large = files.find((file) => file.size > Number(form.dataset.max || Infinity));
  if (wrong) {
    wrong.hidden = !large;
    wrong.textContent = large ? form.dataset.large.replace("{name}", () => large.name) : "";
  }
  return !large;
}

// Files may be dropped on a form that says so.
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest && event.target.closest("form[data-drop]");
    if (!form || !event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length > 0) {
      form.querySelector("input[type=file]").files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
