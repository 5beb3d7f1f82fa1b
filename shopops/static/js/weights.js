"use strict";
// The sum of the weights of a post, beside the button.
for (const form of document.querySelectorAll("[data-weights]")) {
  const output = form.querySelector("[data-weights-sum]");
  const add = () => {
    let sum = 0;
    for (const field of form.querySelectorAll("[data-sum]")) sum += Number(field.value) || 0;
    const shown = Math.round(sum * 100) / 100;
    output.value = String(shown);
    output.classList.toggle("is-off", shown !== 100);
  };
  form.addEventListener("input", add);
  add();
}
