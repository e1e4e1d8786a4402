// News from the server: one stream a browser, shared between its tabs. The tab
// that holds the lock listens and tells the others.
const channel = new BroadcastChannel("cemigmas");
const kinds = ["client", "job", "mailbox", "mail"];

function refresh(topic) {
  for (const element of document.querySelectorAll("[data-live]")) {
    if (element.dataset.live === topic && window.htmx) window.htmx.trigger(element, "live");
  }
}

// The stream of this page, while it listens for all.
let stream = null;

function listen() {
  // What happened since this page was made is new to it.
  stream = new EventSource("/events?since=" + document.body.dataset.at);
  stream.addEventListener("all", () => {
    refreshAll();
    channel.postMessage("all");
  });
  for (const kind of kinds) {
    stream.addEventListener(kind, (event) => {
      const topic = kind + ":" + event.data;
      refresh(topic);
      channel.postMessage(topic);
    });
  }
  // A stream that was cut has missed news: everybody looks once.
  let cut = false;
  stream.addEventListener("error", () => (cut = true));
  stream.addEventListener("open", () => {
    if (cut) {
      refreshAll();
      channel.postMessage("all");
    }
    cut = false;
  });
}

function hush() {
  stream?.close();
  stream = null;
}

// A browser has six connections to a server. A page that was left is kept for
// the back button with its stream open, so after six quick steps nothing would
// be answered any more: a page that goes closes its stream, one that comes back
// opens it again and looks for what it missed.
function listenWhileShown() {
  listen();
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => {
    if (!event.persisted || stream) return;
    listen();
    refreshAll();
  });
}

// Without locks (plain http from another machine) every tab has to listen for
// itself, but only while it is looked at.
function listenWhileSeen() {
  if (!document.hidden) listen();
  addEventListener("pagehide", hush);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hush();
    else if (!stream) {
      listen();
      refreshAll();
    }
  });
}

function refreshAll() {
  for (const element of document.querySelectorAll("[data-live]")) window.htmx?.trigger(element, "live");
}

channel.addEventListener("message", (event) => (event.data === "all" ? refreshAll() : refresh(event.data)));

if (document.body.dataset.user) {
  if (navigator.locks) {
    navigator.locks.request("cemigmas-events", () => new Promise(listenWhileShown));
    // Another tab listens for this one too, since this script began: what came
    // while the page loaded is looked for once.
    setTimeout(() => stream || refreshAll(), 1000);
  } else listenWhileSeen();
}

// A job that has ended, also one that failed, shows what came of it on its page:
// perhaps it asks for something there.
document.addEventListener("htmx:afterSettle", () => {
  const job = document.querySelector("[data-job][data-page]");
  if (job && job.dataset.page && !job.dataset.shown) {
    job.dataset.shown = "yes";
    if (new URL(job.dataset.page, location).pathname === location.pathname) location.reload();
    else location.assign(job.dataset.page);
  }
});
