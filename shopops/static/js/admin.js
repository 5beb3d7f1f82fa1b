// The permissions of a role: the search box hides what does not match, the headings count what is ticked.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-permissions]")) {
    const search = box.querySelector("input[type=search]");
    const blocks = [...box.querySelectorAll("[data-block]")];
    const count = () => {
      for (const block of blocks) {
        const ticks = [...block.querySelectorAll("input[type=checkbox]")];
        block.querySelector("[data-count]").textContent = `${ticks.filter((one) => one.checked).length} / ${ticks.length}`;
      }
    };
    const filter = () => {
      const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let any = false;
      for (const block of blocks) {
        let shown = 0;
        for (const row of block.querySelectorAll("[data-right]")) {
          row.hidden = !words.every((word) => row.dataset.right.includes(word));
          shown += row.hidden ? 0 : 1;
        }
        block.hidden = shown === 0;
        any = any || shown > 0;
      }
      box.querySelector("[data-none]").hidden = any;
    };
    search.addEventListener("input", filter);
    search.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); } });
    box.addEventListener("change", count);
    count();
  }
});
