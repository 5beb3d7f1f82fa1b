// The place to drop files: several at a time, each can be left out again, and a bar while they travel.
(() => {
  "use strict";
  const form = document.getElementById("upload");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const list = document.getElementById("chosen");
  const bar = document.getElementById("upload-progress");
  const button = form.querySelector("button[type=submit]");
  const tooBig = document.getElementById("too-big"); // said before a front server breaks off what is larger
  let chosen = [];

  const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);
  const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

  function keep() {
    const box = new DataTransfer();
    chosen.forEach((file) => box.items.add(file));
    input.files = box.files;
    list.replaceChildren(...chosen.map(line));
    if (tooBig) tooBig.hidden = chosen.reduce((sum, file) => sum + file.size, 0) <= Number(form.dataset.most);
    if (tooBig) button.disabled = !tooBig.hidden;
  }

  function line(file, place) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bytes = document.createElement("small");
    const gone = document.createElement("button");
    name.textContent = file.name;
    bytes.textContent = size(file.size);
    gone.type = "button";
    gone.className = "btn is-quiet is-small";
    gone.textContent = form.dataset.remove;
    gone.setAttribute("aria-label", `${form.dataset.remove}: ${file.name}`);
    gone.addEventListener("click", () => {
      chosen.splice(place, 1);
      keep();
    });
    item.append(name, bytes, gone);
    return item;
  }

  function add(files) {
    for (const file of files) if (!chosen.some((one) => same(one, file))) chosen.push(file);
    keep();
  }

  input.addEventListener("change", () => add([...input.files]));
  let inside = 0;
  form.addEventListener("dragenter", () => form.classList.toggle("is-over", ++inside > 0));
  form.addEventListener("dragleave", () => form.classList.toggle("is-over", --inside > 0));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    form.classList.remove("is-over");
    add([...event.dataTransfer.files]);
  });
  // A file dropped beside the place would replace the page.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());

  form.addEventListener("htmx:beforeRequest", () => {
    bar.hidden = false;
    button.disabled = true;
  });
  form.addEventListener("htmx:xhr:progress", (event) => {
    if (event.detail.lengthComputable) bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) return;
    bar.hidden = true;
    button.disabled = false;
  });
})();
