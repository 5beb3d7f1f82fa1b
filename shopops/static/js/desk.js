// The review desk by keyboard: a key presses what carries it. Everything can be clicked as well.
(() => {
  "use strict";
  const typing = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    const desk = document.querySelector("[data-desk]");
    if (!desk) return;
    const box = document.querySelector("dialog.dialog[open]");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (box) return inDialog(event, box, key);
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (key === "Enter" && event.target.closest("a, button, summary, label")) return;
    const found = desk.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!found || found.closest("dialog")) return;
    event.preventDefault();
    if (event.repeat || desk.classList.contains("htmx-request")) return;
    found.click();
  });

  // A digit in the dialog of flags chooses one and is done.
  function inDialog(event, box, key) {
    if (typing(event.target)) return;
    const choice = box.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    choice.form.requestSubmit();
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.id === "desk" || event.detail.target?.id === "desk") document.getElementById("main")?.focus({ preventScroll: true });
  });

  // Dialogs of the desk put the cursor where something is to be written.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    const box = opener && document.getElementById(opener.dataset.openDialog);
    if (!box?.open) return;
    const wished = ["[name=reason]", "[name=text]", "[name=question]", "input[type=radio]:checked", "input:not([type=hidden]), select"];
    wished.map((one) => box.querySelector(one)).find(Boolean)?.focus();
  });
})();
