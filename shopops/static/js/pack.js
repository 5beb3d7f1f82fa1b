// The packing table: takes every scan wherever the focus is, sends them in order, and says loudly what came back.
(() => {
  "use strict";
  const table = document.getElementById("pack");
  if (!table) return;
  document.body.dataset.keys = "off"; // no shortcuts here: a scanner types like a person
  const box = document.getElementById("pack-code");
  const panel = document.getElementById("pack-panel");
  const recent = document.getElementById("pack-recent");
  const counter = document.getElementById("pack-queue");
  const trouble = document.getElementById("pack-trouble");
  const words = table.dataset;

  // Scans wait in the browser's store until the server has answered, so that neither a lost connection nor a
  // reload loses one. The server knows each by its id and counts it once.
  const KEPT = "pack.queue";
  const STATION = "pack.station";
  const MOST_AT_ONCE = 20;
  let queue = read();
  let sending = false;
  let pause = 0;
  let current = panel.firstElementChild.dataset.note;

  function read() {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) || [];
    } catch {
      return [];
    }
  }

  function keep() {
    localStorage.setItem(KEPT, JSON.stringify(queue));
    counter.hidden = queue.length < 2 && !pause;
    counter.textContent = `${words.waiting} ${queue.length}`;
  }

  // crypto.randomUUID is there on https only; a warehouse often runs on plain http inside the house.
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  function station() {
    let id = localStorage.getItem(STATION);
    if (!id) localStorage.setItem(STATION, (id = newId()));
    return id;
  }

  function nextNumber() {
    const number = (Number(localStorage.getItem("pack.sequence")) || 0) + 1;
    localStorage.setItem("pack.sequence", String(number % 2000000000));
    return number;
  }

  function scan(code) {
    code = code.trim().slice(0, 100);
    if (!code) return;
    queue.push({ uuid: newId(), sequence: nextNumber(), code });
    keep();
    note(code, "waiting", "…");
    send();
  }

  async function send() {
    if (sending || !queue.length) return;
    sending = true;
    const part = queue.slice(0, MOST_AT_ONCE);
    try {
      const answer = await fetch(words.scans, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": words.csrf },
        body: JSON.stringify({ station: station(), note: current, scans: part }),
        signal: AbortSignal.timeout(15000),
      });
      if (!(answer.headers.get("Content-Type") || "").includes("json")) {
        const loggedOut = answer.redirected || answer.status === 401 || answer.status === 403;
        throw new Error(loggedOut ? words.login : words.offline);
      }
      const told = await answer.json();
      if (answer.status === 400) told.results = [];
      else if (!answer.ok) throw new Error(told.said || words.offline);
      const done = new Set(part.map((one) => one.uuid));
      queue = queue.filter((one) => !done.has(one.uuid));
      pause = 0;
      trouble.hidden = true;
      show(told);
    } catch (error) {
      pause = Math.min(pause ? pause * 2 : 1000, 15000);
      trouble.hidden = false;
      trouble.lastElementChild.textContent = error.message === words.login ? words.login : words.offline;
      setTimeout(send, pause);
    }
    sending = false;
    keep();
    if (queue.length && !pause) send();
  }

  function show(told) {
    for (const one of told.results || []) note(one.code, one.result, one.label);
    const tones = (told.results || []).map((one) => one.tone);
    const worst = ["stop", "danger", "warn", "done", "good", "info"].find((tone) => tones.includes(tone));
    if (worst) sound(worst);
    if (told.html !== undefined) {
      panel.innerHTML = told.html;
      current = told.note;
    }
    if (told.said && !told.results?.length) toast(told.said, told.tone);
    focus();
  }

  function note(code, result, label) {
    recent.querySelector("[data-none]")?.remove();
    const waiting = [...recent.children].reverse().find((row) => row.className === "is-waiting" && row.firstElementChild.textContent === code);
    const row = result === "waiting" ? document.createElement("li") : waiting || document.createElement("li");
    row.className = `is-${result}`;
    row.replaceChildren(Object.assign(document.createElement("span"), { className: "number", textContent: code }), Object.assign(document.createElement("span"), { textContent: label }));
    if (!row.parentElement) recent.prepend(row);
    while (recent.children.length > 5) recent.lastElementChild.remove();
  }

  function toast(text, tone) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
  }

  // Sounds: one for each answer, so that nobody has to look up while it is right.
  const SOUNDS = {
    info: [[660, 0.07]],
    good: [[880, 0.07]],
    done: [[784, 0.09], [1047, 0.16]],
    warn: [[392, 0.16], [0, 0.05], [392, 0.16]],
    danger: [[196, 0.5]],
    stop: [[520, 0.18], [196, 0.28], [520, 0.18], [196, 0.28]],
  };
  let speaker = null;
  let loud = localStorage.getItem("pack.sound") !== "off";

  function sound(tone) {
    table.dataset.sound = tone;
    if (tone === "danger" || tone === "stop") navigator.vibrate?.([200, 80, 200]);
    if (!loud || !window.AudioContext) return;
    speaker ||= new AudioContext();
    if (speaker.state === "suspended") speaker.resume();
    let at = speaker.currentTime + 0.01;
    for (const [pitch, seconds] of SOUNDS[tone]) {
      if (pitch) {
        const voice = speaker.createOscillator();
        const volume = speaker.createGain();
        voice.type = tone === "danger" || tone === "stop" ? "square" : "sine";
        voice.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, at);
        volume.gain.exponentialRampToValueAtTime(0.25, at + 0.01);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
        voice.connect(volume).connect(speaker.destination);
        voice.start(at);
        voice.stop(at + seconds);
      }
      at += seconds;
    }
  }

  const bell = document.getElementById("pack-sound");
  bell.setAttribute("aria-pressed", String(loud));
  bell.addEventListener("click", () => {
    loud = !loud;
    localStorage.setItem("pack.sound", loud ? "on" : "off");
    bell.setAttribute("aria-pressed", String(loud));
    if (loud) sound("good");
    focus();
  });
  const typing = document.getElementById("pack-typing");
  typing.addEventListener("click", () => {
    const on = box.inputMode === "none";
    box.inputMode = on ? "text" : "none";
    typing.setAttribute("aria-pressed", String(on));
    box.blur();
    focus();
  });

  // Keys: a scanner is a keyboard that types very fast and ends with Enter. Its code is taken wherever the focus
  // is; in a field that a person fills in, the burst is taken out again and scanned.
  const FAST = 40; // ms between two keys; no person types a whole code like that
  const SHORTEST = 5;
  let burst = { text: "", at: 0, field: null, before: "" };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest?.("input, textarea, select");
    const own = field === box;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      box.value = "";
      if (panel.querySelector("[data-pack-clear]")) scan(words.clear);
      return focus();
    }
    const now = event.timeStamp;
    if (event.key.length === 1) {
      const goesOn = now - burst.at < FAST && burst.field === field;
      burst = goesOn ? { ...burst, text: burst.text + event.key, at: now } : { text: event.key, at: now, field, before: field && !own ? field.value : "" };
      if (!field && !document.querySelector("dialog[open]")) {
        event.preventDefault();
        box.value += event.key;
        box.focus();
      }
      return;
    }
    if (event.key !== "Enter" && event.key !== "Tab") return;
    const scanned = now - burst.at < 3 * FAST && burst.text.length >= SHORTEST;
    if (own || !field) {
      const text = box.value;
      if (event.key === "Tab" && !text) return;
      if (field === null && event.target.closest?.("button, a, summary") && !scanned) return;
      event.preventDefault();
      box.value = "";
      scan(text);
    } else if (scanned) {
      event.preventDefault();
      field.value = burst.before;
      document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
      scan(burst.text);
    }
    burst = { text: "", at: 0, field: null, before: "" };
  }, true);

  // The page's own buttons.
  document.addEventListener("click", (event) => {
    const at = event.target;
    if (at.closest("[data-pack-clear]")) return scan(words.clear);
    const asked = at.closest("[data-pack-ask]");
    if (asked) return document.getElementById(`pack-ask-${asked.dataset.packAsk}`).showModal();
    const reason = at.closest("[data-pack-reason]");
    if (reason) {
      const input = reason.closest("form").elements.reason;
      input.value = reason.dataset.packReason;
      return input.focus();
    }
    if (!at.closest("a, button, input, select, textarea, summary, dialog, label")) focus();
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-pack-deed]");
    if (!form) return;
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-CSRFToken": words.csrf } });
      const told = await answer.json();
      form.closest("dialog")?.close();
      if (!answer.ok) {
        sound("danger");
        return toast(told.said, "danger");
      }
      sound("info");
      show(told);
    } catch {
      toast(words.offline, "danger");
    }
  });

  function focus() {
    if (document.querySelector("dialog[open]")) return;
    box.focus({ preventScroll: true });
  }

  document.addEventListener("close", focus, true);
  window.addEventListener("focus", focus);
  window.addEventListener("online", send);
  keep();
  focus();
  send();
})();
