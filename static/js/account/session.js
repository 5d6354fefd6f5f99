// Warns 2 minutes before the server ends an idle session, and keeps it when a person says so. Nothing is left or lost.

const WARN_SECONDS = 120;
// The server notes activity once a minute at most: it may count from a minute earlier.
const UNSURE_SECONDS = 60;
const LOOK_EVERY = 5000;

/** Return "active", "warn" or "over" after so many idle seconds. */
export function phaseAfter(idleSeconds, limitSeconds) {
  if (idleSeconds >= limitSeconds - UNSURE_SECONDS) return "over";
  return idleSeconds >= limitSeconds - UNSURE_SECONDS - WARN_SECONDS ? "warn" : "active";
}

/** Keep watch over the session of the page that holds `dialog`. */
export function watch(dialog, page) {
  const limit = Number(dialog.dataset.idleSeconds);
  const show = (selector, isShown) => {
    dialog.querySelector(selector).hidden = !isShown;
  };
  let seen = Date.now();
  let phase = "active";
  const others = new BroadcastChannel("session");
  const active = (isTold) => {
    seen = Date.now();
    if (isTold) others.postMessage("active");
    if (phase === "warn") look();
  };
  const over = () => {
    phase = "over";
    show("[data-session-words]", false);
    show("[data-session-stay]", false);
    show("[data-session-over]", true);
    show("[data-session-login]", true);
  };
  function look() {
    const next = phaseAfter((Date.now() - seen) / 1000, limit);
    if (phase === "over" || next === phase) return;
    phase = next;
    if (phase === "active") dialog.close();
    else if (!dialog.open) dialog.showModal();
    if (phase === "over") over();
  }
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    const answer = await fetch(event.target.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.ok) active(true);
    else if (answer) over();
  });
  // Escape means "leave me alone": the person is there.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (phase === "over") dialog.close();
    else dialog.querySelector("form").requestSubmit();
  });
  others.addEventListener("message", () => active(false));
  // Whatever the page fetches is activity to the server too.
  new PerformanceObserver(() => active(true)).observe({ type: "resource" });
  active(true);
  setInterval(look, LOOK_EVERY);
  page.addEventListener("visibilitychange", look);
}

if (typeof document !== "undefined") {
  const dialog = document.querySelector("[data-session]");
  if (dialog) watch(dialog, document);
}
