// Running clocks of the agent's desk. The server's moment is the truth; the browser only counts on from it.
(() => {
  "use strict";
  const box = () => document.getElementById("queue");
  const words = document.documentElement.lang === "en" ? ["s", "min", "h", "d"] : ["秒", "分", "小时", "天"];
  let skew = 0;

  function said(seconds) {
    const [s, m, h, d] = words;
    if (seconds < 60) return `${seconds} ${s}`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} ${m} ${seconds % 60} ${s}`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} ${h} ${Math.floor((seconds % 3600) / 60)} ${m}`;
    return `${Math.floor(seconds / 86400)} ${d} ${Math.floor((seconds % 86400) / 3600)} ${h}`;
  }

  function tick() {
    const queue = box();
    if (!queue || document.hidden) return;
    const now = Date.now() / 1000 + skew;
    queue.querySelectorAll("[data-clock]").forEach((clock) => {
      const waited = Math.max(Math.floor(now - Date.parse(clock.dataset.clock) / 1000), 0);
      clock.textContent = said(waited);
      const line = clock.closest(".waiter");
      if (waited >= Number(queue.dataset.late)) line.classList.add("is-danger");
      else if (waited >= Number(queue.dataset.soon)) line.classList.add("is-warn");
    });
  }

  function adjust() {
    const queue = box();
    if (queue) skew = Number(queue.dataset.now) - Date.now() / 1000;
    tick();
  }

  adjust();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "queue" || event.detail.elt?.id === "queue") adjust();
  });

  // The line whose conversation is open is marked, also after the queue was read anew.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "talk") return;
    const open = event.detail.target.querySelector("[data-talk]")?.dataset.talk;
    document.querySelector(".day-grid")?.classList.add("has-talk");
    const queue = box();
    queue?.querySelectorAll(".waiter").forEach((line) => {
      line.classList.toggle("is-chosen", new URL(line.href).searchParams.get("conversation") === open);
    });
    const bubbles = event.detail.target.querySelector(".bubbles");
    if (bubbles) bubbles.scrollTop = bubbles.scrollHeight;
  });
})();
