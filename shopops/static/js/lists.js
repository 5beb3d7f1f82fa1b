// List pages: ticking rows, opening them in the drawer, keys. Filters, tabs, pages and batches work without it.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll("#list tr[data-row]")];
  const tickOf = (row) => row.querySelector("td.tick input");
  let here = null; // the row the keys act on, by its id: rows are swapped under us
  let lastTick = null;

  const current = () => rows().find((row) => row.dataset.row === here);

  function go(row) {
    if (!row) return;
    rows().forEach((one) => one.classList.toggle("is-here", one === row));
    here = row.dataset.row;
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    const place = all.indexOf(current());
    const next = place < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.max(0, Math.min(all.length - 1, place + by))];
    go(next);
    return next;
  }

  // Ticks: the count in the bar, all rows of the page, all rows of the filter.
  function count() {
    const form = $("list-form");
    if (!form) return;
    const boxes = [...form.querySelectorAll("td.tick input")];
    const ticked = boxes.filter((box) => box.checked).length;
    const every = form.elements.every;
    if (every && ticked < boxes.length) every.value = "";
    const all = $("tick-page");
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    form.querySelectorAll("[data-ticked]").forEach((place) => {
      place.textContent = every && every.value ? place.dataset.every : ticked;
    });
    form.querySelectorAll("[data-every-off]").forEach((place) => { place.hidden = Boolean(every && every.value); });
    form.querySelectorAll("[data-every-on]").forEach((place) => { place.hidden = !(every && every.value); });
  }

  function tick(box, value, range) {
    const boxes = rows().map(tickOf).filter(Boolean);
    const from = range && lastTick ? boxes.findIndex((one) => one.value === lastTick) : -1;
    const to = boxes.indexOf(box);
    if (from >= 0) {
      boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((one) => { one.checked = value; });
    } else {
      box.checked = value;
    }
    lastTick = box.value;
    count();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "tick-page") {
      rows().map(tickOf).forEach((box) => box && (box.checked = event.target.checked));
      count();
    }
  });

  document.addEventListener("click", (event) => {
    const at = event.target;
    const box = at.closest("td.tick input");
    if (box) return tick(box, box.checked, event.shiftKey);
    const cell = at.closest("td.tick");
    if (cell) {
      const inside = cell.querySelector("input");
      return inside && tick(inside, !inside.checked, event.shiftKey);
    }
    const every = at.closest("[data-every-choice]");
    if (every) {
      $("list-form").elements.every.value = every.dataset.everyChoice;
      return count();
    }
    if (at.closest("[data-untick]")) return untick();
    const mover = at.closest("[data-drawer-step]");
    if (mover) return move(Number(mover.dataset.drawerStep));
    const row = at.closest("#list tr[data-link]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = at.closest("a");
    if (link && !link.hasAttribute("data-opens")) return;
    if (at.closest("button, input, select, label, summary, .copy, .masked") || String(getSelection())) return;
    event.preventDefault();
    open(row);
  });

  function untick() {
    rows().map(tickOf).forEach((box) => box && (box.checked = false));
    const every = $("list-form")?.elements.every;
    if (every) every.value = "";
    count();
  }

  // Drawer.
  function open(row) {
    const drawer = $("drawer");
    if (!drawer) return;
    go(row);
    const all = rows();
    drawer.querySelector("[data-drawer-page]").href = row.dataset.link;
    drawer.querySelector("[data-drawer-place]").textContent = `${all.indexOf(row) + 1} / ${all.length}`;
    drawer.querySelectorAll("[data-drawer-step]").forEach((button) => {
      const place = all.indexOf(row) + Number(button.dataset.drawerStep);
      button.disabled = place < 0 || place >= all.length;
    });
    htmx.ajax("GET", row.dataset.link, { target: "#drawer-body", swap: "innerHTML" }).then(() => { $("drawer-body").scrollTop = 0; });
    if (!drawer.open) drawer.showModal();
  }

  function move(by) {
    const before = here;
    const row = step(by);
    if (row && row.dataset.row !== before) open(row);
  }

  // Filters: a preset of days and two days of one's own exclude each other; Enter searches.
  document.addEventListener("input", (event) => {
    const at = event.target;
    const box = at.closest?.("[data-days]");
    if (!box) return;
    if (at.type === "radio") box.querySelectorAll("input[type=date], [data-day-text]").forEach((day) => { day.value = ""; });
    else box.querySelectorAll("input[type=radio]").forEach((one) => { one.checked = one.value === ""; });
  });
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && at.matches?.(".filters textarea")) {
      event.preventDefault();
      at.form.requestSubmit();
    }
  });

  // The filters are drawn anew with the rows; what was open stays open, and the field in hand keeps the focus.
  let stays = [];
  let inHand = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "list") return;
    stays = [...document.querySelectorAll("#filters details[data-stays][open]")].map((box) => box.dataset.stays);
    const field = document.activeElement?.closest("#filters input, #filters select, #filters textarea");
    inHand = field && { name: field.name, value: field.type === "checkbox" || field.type === "radio" ? field.value : null };
  });
  document.addEventListener("htmx:afterSettle", () => {
    stays.splice(0).forEach((name) => {
      const box = document.querySelector(`#filters details[data-stays="${name}"]`);
      if (box) box.open = true;
    });
    if (!inHand) return;
    const { name, value } = inHand;
    inHand = null;
    [...document.querySelectorAll("#filters [name]")].find((one) => one.name === name && (value === null || one.value === value))?.focus();
  });

  document.addEventListener("toggle", (event) => {
    const told = event.target.matches?.(".filters-more") && event.target.querySelector("input[name=more]");
    if (told) told.disabled = !event.target.open;
  }, true);

  const typing = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || !$("list") || typing(event.target)) return;
    if (document.body.dataset.keys === "off" || document.querySelector("dialog.dialog[open]")) return;
    const inDrawer = $("drawer")?.open;
    const key = event.key;
    if (inDrawer) {
      if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
      return;
    }
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (key === "x" || key === "X") {
      const box = current() && tickOf(current());
      if (box) tick(box, event.shiftKey || !box.checked, event.shiftKey);
    } else if (key === "Enter" && current()?.dataset.link && !event.target.closest("a, button, summary")) {
      event.preventDefault();
      open(current());
    } else if (key === "f") {
      const field = document.querySelector(".filters .list-search input, .filters .control input, .filters .control textarea, .filters .control select");
      if (field) {
        event.preventDefault();
        field.focus();
      }
    } else if (key === "[" || key === "]") {
      const tabs = [...document.querySelectorAll("#list .tabs a")];
      const place = tabs.findIndex((tab) => tab.hasAttribute("aria-current"));
      tabs[place + (key === "]" ? 1 : -1)]?.click();
    } else if (key === "ArrowRight" || key === "ArrowLeft") {
      document.querySelector(`#list .list-foot a[rel=${key === "ArrowRight" ? "next" : "prev"}]`)?.click();
    } else if (key === "Escape") untick();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "list" || event.detail.elt?.id === "list") {
      lastTick = null;
      const row = current();
      if (row) row.classList.add("is-here");
      count();
    }
  });
  document.addEventListener("DOMContentLoaded", count);
})();
