// Days, months and moments read 2026-11-20 whatever language the browser speaks: it draws fields of its own in its own.
// The browser's field stays as the calendar behind the button. Without this script the page has the browser's fields.
(() => {
  "use strict";
  const words = document.body.dataset;
  const box = document.getElementById("day-box");
  if (!box || !HTMLInputElement.prototype.showPicker) return;
  const KINDS = {
    date: { hint: words.day, parts: [4, 2, 2] },
    month: { hint: words.month, parts: [4, 2] },
    "datetime-local": { hint: words.moment, parts: [4, 2, 2, 2, 2] },
  };
  const JOINTS = ["-", "-", " ", ":"];
  const MOVED = ["name", "id", "class", "form", "required", "disabled", "aria-label", "aria-describedby", "aria-invalid", "autofocus"];
  const onTouch = matchMedia("(pointer: coarse)").matches;

  // 20261120, 2026/11/3, 2026年11月3日 are all days; what is none stays as it was typed, and is complained of.
  function tidy(text, kind) {
    const numbers = /^\d+$/.test(text.trim()) ? cut(text.trim(), kind.parts) : text.match(/\d+/g);
    if (!numbers || numbers.length < kind.parts.length || numbers[0].length !== 4) return text.trim();
    return kind.parts.map((length, place) => numbers[place].padStart(length, "0") + (place < kind.parts.length - 1 ? JOINTS[place] : "")).join("");
  }

  function cut(digits, parts) {
    let from = 0;
    return parts.map((length) => digits.slice(from, (from += length))).filter((part) => part);
  }

  const shown = (value) => value.replace("T", " ").slice(0, 16);

  function judge(text, field, kind) {
    field.value = text.value.replace(" ", "T");
    const late = field.max && field.value > field.max, early = field.min && field.value < field.min;
    text.setCustomValidity(
      text.value && !field.value ? `${words.badDay} ${kind.hint}`
        : late ? `${words.lateDay} ${shown(field.max)}`
          : early ? `${words.earlyDay} ${shown(field.min)}` : "",
    );
  }

  function dress(field) {
    const kind = KINDS[field.type];
    const frame = box.content.firstElementChild.cloneNode(true);
    const text = document.createElement("input");
    for (const name of MOVED) {
      if (!field.hasAttribute(name)) continue;
      text.setAttribute(name, field.getAttribute(name));
      field.removeAttribute(name);
    }
    text.type = "text";
    text.setAttribute("value", shown(field.value));
    text.placeholder = kind.hint;
    text.maxLength = 20;
    text.size = kind.hint.length > 10 ? 16 : 10;
    text.autocomplete = "off";
    text.dataset.dayText = "";
    text.readOnly = onTouch;
    field.replaceWith(frame);
    field.className = "day-picker";
    field.tabIndex = -1;
    field.setAttribute("aria-hidden", "true");
    frame.prepend(text);
    frame.append(field);
    const open = () => { judge(text, field, kind); field.showPicker(); };
    frame.querySelector("button").addEventListener("click", open);
    if (onTouch) text.addEventListener("click", open);
    text.addEventListener("change", () => {
      text.value = tidy(text.value, kind);
      judge(text, field, kind);
    }, true);
    field.addEventListener("change", (event) => {
      event.stopPropagation();
      text.value = shown(field.value);
      judge(text, field, kind);
      for (const name of ["input", "change"]) text.dispatchEvent(new Event(name, { bubbles: true }));
    });
    field.addEventListener("input", (event) => event.stopPropagation());
  }

  function dressAll(root) {
    for (const kind of Object.keys(KINDS)) {
      root.querySelectorAll(`input[type="${kind}"]:not(.day-picker):not([readonly])`).forEach(dress);
    }
  }

  dressAll(document);
  document.addEventListener("htmx:load", (event) => dressAll(event.detail.elt));
})();
