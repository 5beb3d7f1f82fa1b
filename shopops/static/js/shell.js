// The frame of every page: dialogs, drawer, toasts, copying, keys. Pages work without it, only less comfortably.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const words = document.body.dataset;

  // Toasts: the server sends them in the HX-Trigger header.
  function toast(text, tone) {
    const box = $("toasts");
    if (!box || !text) return;
    const note = document.createElement("div");
    note.className = `toast is-${tone || "plain"}`;
    note.textContent = text;
    box.append(note);
    setTimeout(() => note.remove(), tone === "danger" ? 9000 : 5000);
  }
  const ONCE = 4000; // ms in which the same form is not sent again
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));
  // A part of the page that asks by itself (every few seconds, on load) keeps quiet without a connection: it asks again.
  const isAsked = (event) => Boolean(event.detail.requestConfig?.triggeringEvent);
  for (const lost of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(lost, (event) => isAsked(event) && toast(words.failed, "danger"));
  document.addEventListener("htmx:responseError", (event) => {
    const told = event.detail.xhr.getResponseHeader("HX-Trigger");
    if (!told && event.detail.xhr.status !== 401) toast(words.broken, "danger");
  });

  // A filter that is not set has no business in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    const values = event.detail.formData;
    for (const name of new Set(values.keys())) {
      const kept = values.getAll(name).filter((value) => value !== "");
      values.delete(name);
      kept.forEach((value) => values.append(name, value));
    }
  });

  // Dialog: opens when something was put into it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "dialog-body" && target.firstElementChild && !$("dialog").open) $("dialog").showModal();
    if (target.id === "dialog-body") target.querySelector("[autofocus], form input:not([type=hidden]), form select, form textarea, .dialog-foot .btn.is-primary")?.focus();
  });
  // What is confirmed in a dialog is sent once, however often the button is hit.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".dialog-form, [data-once]");
    if (!form) return;
    if (event.timeStamp - Number(form.dataset.sentAt || -ONCE) < ONCE) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      form.dataset.sentAt = String(event.timeStamp);
    }
  }, true);
  document.addEventListener("dialog-close", () => $("dialog")?.close());
  document.addEventListener("click", (event) => {
    const at = event.target;
    const closer = at.closest("[data-close]");
    if (closer) return closer.closest("dialog, [popover]").close();
    if (at.matches("dialog") && at.open && outside(at, event)) return at.close();
    const opener = at.closest("[data-open-dialog]");
    if (opener) return $(opener.dataset.openDialog)?.showModal();
    const gone = at.closest("[data-dismiss]");
    if (gone) return gone.closest(".notice").remove();
    const copied = at.closest("[data-copy]");
    if (copied) return copy(copied);
    const eye = at.closest("[data-reveal]");
    if (eye) return reveal(eye);
    document.querySelectorAll("details.pick[open]").forEach((box) => box.contains(at) || (box.open = false));
  });

  function outside(box, event) {
    const edge = box.getBoundingClientRect();
    return event.clientX < edge.left || event.clientX > edge.right || event.clientY < edge.top || event.clientY > edge.bottom;
  }

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = document.createElement("textarea");
      box.value = text;
      document.body.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 1500);
    toast(`${words.copied}: ${text}`);
  }

  function reveal(button) {
    const field = $(button.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  }

  // The job tray is fetched anew every few seconds; it stays as open or shut as the person left it.
  let trayOpen = false;
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "tray-box") trayOpen = event.target.open;
  }, true);
  document.addEventListener("htmx:afterSettle", () => {
    const box = $("tray-box");
    if (box && box.open !== trayOpen) box.open = trayOpen;
  });
  document.addEventListener("work-started", () => { trayOpen = true; });

  // A long menu shows the line it marks.
  function showCurrent() {
    const menu = document.querySelector(".rail .menu"), line = menu?.querySelector("[aria-current=page]");
    if (!line) return;
    const edge = menu.getBoundingClientRect(), at = line.getBoundingClientRect();
    if (at.top < edge.top || at.bottom > edge.bottom) menu.scrollTop += at.top - edge.top - edge.height / 3;
  }
  showCurrent();
  $("rail")?.addEventListener("toggle", showCurrent);

  // Keys. None on pages that say so (scanning), none while something is being typed.
  const typing = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.body.dataset.keys === "off") return;
    const at = event.target;
    if (event.key === "Escape" && typing(at)) return at.blur();
    if (typing(at)) return;
    const now = Date.now();
    if (going && now - going < 1500) {
      going = 0;
      const link = [...document.querySelectorAll("[data-jump]")].find((one) => one.dataset.jump === event.key);
      if (link) {
        event.preventDefault();
        location.href = link.href;
      }
      return;
    }
    if (document.querySelector("dialog.dialog[open]")) return;
    if (event.key === "g") going = now;
    else if (event.key === "/") focus(event, $("search"));
    else if (event.key === "?") {
      event.preventDefault();
      fillJumps();
      $("keys")?.showModal();
    }
  });

  function focus(event, field) {
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  }

  function fillJumps() {
    const list = document.querySelector("[data-jumps]");
    if (!list || list.children.length) return;
    document.querySelectorAll("[data-jump]").forEach((link) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const keys = document.createElement("dd");
      term.textContent = link.querySelector("span").textContent;
      for (const key of ["g", link.dataset.jump]) {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        keys.append(cap);
      }
      row.append(term, keys);
      list.append(row);
    });
  }
})();
