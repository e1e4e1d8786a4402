// Shows how much of a file has been sent. The answer is a redirect to the
// import's page, or the form again with what is wrong.
function send(form) {
  const bar = form.querySelector("[data-upload-bar]");
  const text = form.querySelector("[data-upload-text]");
  const fill = bar.querySelector("rect");
  const button = form.querySelector("button.primary");
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
    if (request.responseURL && request.status < 300 && !request.responseURL.endsWith("/imports")) {
      location.assign(request.responseURL);
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
  request.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || !window.FormData) return;
  event.preventDefault();
  send(form);
});
