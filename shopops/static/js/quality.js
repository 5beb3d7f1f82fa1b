"use strict";
// The score so far, in per cent, beside the heading of the sheet.
for (const form of document.querySelectorAll("[data-score-sheet]")) {
  const output = form.parentElement.querySelector("[data-score]");
  const add = () => {
    let points = 0, most = 0, missing = 0;
    for (const field of form.querySelectorAll("[data-points]")) {
      most += Number(field.dataset.points);
      if (field.value === "") missing += 1;
      else points += Math.min(Math.max(Number(field.value) || 0, 0), Number(field.dataset.points));
    }
    output.value = most && !missing ? `${Math.round((1000 * points) / most) / 10} / 100` : "";
  };
  form.addEventListener("input", add);
  add();
}
