"use strict";
// The roster by keyboard: arrows move from cell to cell, a figure puts that shift on a free one, [ and ] turn the weeks.
(() => {
  const grid = document.querySelector("[data-roster]");
  const form = document.querySelector("[data-one-duty]");
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  const cell = (row, column) => grid.tBodies[0].rows[row]?.cells[column]?.querySelector("a");

  function pick(free) {
    form.elements.employee.value = free.dataset.person;
    form.elements.day.value = free.dataset.day;
    form.elements.day.dispatchEvent(new Event("change", { bubbles: true }));
  }

  grid?.addEventListener("keydown", (event) => {
    const place = event.target.closest("td");
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = MOVES[event.key];
    if (step) {
      const next = cell(place.parentElement.sectionRowIndex + step[0], place.cellIndex + step[1]);
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      next.focus();
      return;
    }
    const free = event.target.closest("[data-free]");
    const shifts = form ? [...form.elements.shift.options].filter((one) => one.value) : [];
    const shift = /^[1-9]$/.test(event.key) && shifts[Number(event.key) - 1];
    if (!free || !shift) return;
    event.preventDefault();
    event.stopPropagation();
    pick(free);
    form.elements.shift.value = shift.value;
    form.requestSubmit();
  });

  grid?.addEventListener("click", (event) => {
    const free = event.target.closest("[data-free]");
    if (!free || !form || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    pick(free);
    form.elements.shift.focus();
    form.scrollIntoView({ block: "center" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    document.querySelector(`[data-step="${CSS.escape(event.key)}"]`)?.click();
  });

  // Who put a duty on by its cell goes on from there.
  if (location.hash.startsWith("#at-")) document.getElementById(location.hash.slice(4))?.querySelector("a")?.focus();

  for (const set of document.querySelectorAll("[data-people]")) {
    const all = set.querySelector("[data-all]");
    if (!all) continue;
    all.closest("[hidden]").hidden = false;
    all.addEventListener("change", () => {
      for (const box of set.querySelectorAll("ul input[type=checkbox]")) box.checked = all.checked;
    });
  }
})();
