// The return desk: takes scans wherever the focus is, shows what they mean, and says loudly what came of it.
(() => {
  "use strict";
  const desk = document.getElementById("returns");
  if (!desk) return;
  document.body.dataset.keys = "off"; // no shortcuts here: a scanner types like a person
  const box = document.getElementById("return-code");
  const panel = document.getElementById("return-panel");
  const side = document.getElementById("return-side");
  const words = desk.dataset;

  let isBusy = false; // a parcel is taken in or inspected once, however often the key is hit

  async function send(form) {
    if (isBusy) return;
    isBusy = true;
    panel.setAttribute("aria-busy", "true");
    await ask(form.action, { method: "POST", body: new FormData(form) });
    panel.removeAttribute("aria-busy");
    isBusy = false;
  }

  async function ask(url, options) {
    try {
      const answer = await fetch(url, { ...options, headers: { "X-CSRFToken": words.csrf, "X-Desk": "returns" }, signal: AbortSignal.timeout(20000) });
      if (!(answer.headers.get("Content-Type") || "").includes("json")) {
        return say(answer.redirected || [401, 403].includes(answer.status) ? words.login : words.offline, "danger");
      }
      const told = await answer.json();
      if (told.html === undefined) return say(told.said, "danger");
      panel.innerHTML = told.html;
      if (told.side !== undefined) side.innerHTML = told.side;
      sound(told.tone);
      focus();
    } catch {
      say(words.offline, "danger");
    }
  }

  function scan(code) {
    code = code.trim();
    box.value = "";
    if (code) ask(`${words.scan}?code=${encodeURIComponent(code)}`);
  }

  function say(text, tone) {
    sound(tone);
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
  }

  // One sound for each kind of answer, so that nobody has to look up while it is right.
  const SOUNDS = { info: [[660, 0.07]], good: [[880, 0.08]], done: [[784, 0.09], [1047, 0.16]], warn: [[392, 0.16], [0, 0.05], [392, 0.16]], danger: [[196, 0.5]] };
  let speaker = null;
  let loud = localStorage.getItem("returns.sound") !== "off";

  function sound(tone) {
    desk.dataset.sound = tone;
    if (tone === "danger") navigator.vibrate?.([200, 80, 200]);
    if (!loud || !window.AudioContext || !SOUNDS[tone]) return;
    speaker ||= new AudioContext();
    if (speaker.state === "suspended") speaker.resume();
    let at = speaker.currentTime + 0.01;
    for (const [pitch, seconds] of SOUNDS[tone]) {
      if (pitch) {
        const voice = speaker.createOscillator();
        const volume = speaker.createGain();
        voice.type = tone === "danger" ? "square" : "sine";
        voice.frequency.value = pitch;
        volume.gain.setValueAtTime(0.25, at);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
        voice.connect(volume).connect(speaker.destination);
        voice.start(at);
        voice.stop(at + seconds);
      }
      at += seconds;
    }
  }

  const bell = document.getElementById("return-sound");
  bell.setAttribute("aria-pressed", String(loud));
  bell.addEventListener("click", () => {
    loud = !loud;
    localStorage.setItem("returns.sound", loud ? "on" : "off");
    bell.setAttribute("aria-pressed", String(loud));
    if (loud) sound("good");
    focus();
  });

  // A scanner is a keyboard that types very fast and ends with Enter. In a field a person fills in, a burst that looks
  // like a waybill is taken out again and scanned; a field that waits for a waybill keeps it.
  const FAST = 40; // ms between two keys; no person types a whole code like that
  const SHORTEST = 8;
  let burst = { text: "", at: 0, field: null, before: "" };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest?.("input, textarea, select");
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      box.value = "";
      return box.focus();
    }
    if (event.key.length === 1) {
      const goesOn = event.timeStamp - burst.at < FAST && burst.field === field;
      burst = goesOn ? { ...burst, text: burst.text + event.key, at: event.timeStamp } : { text: event.key, at: event.timeStamp, field, before: field?.value ?? "" };
      if (!field && event.key !== " ") {
        event.preventDefault();
        box.value += event.key;
        box.focus();
      }
      return;
    }
    if (event.key !== "Enter") return;
    const scanned = event.timeStamp - burst.at < 3 * FAST && burst.text.length >= SHORTEST;
    if (field === box) {
      event.preventDefault();
      scan(box.value);
    } else if (field && scanned && !field.matches("[name=waybill], [data-scans]")) {
      event.preventDefault();
      field.value = burst.before;
      scan(burst.text);
    }
    burst = { text: "", at: 0, field: null, before: "" };
  }, true);

  panel.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-desk]");
    if (!form) return;
    event.preventDefault();
    send(form);
  });
  // What is defective is not good: the good ones follow, unless fewer came.
  panel.addEventListener("input", (event) => {
    const broken = event.target.closest("[name^=defective_]");
    if (!broken) return;
    const good = panel.querySelector(`[name="good_${broken.name.slice(10)}"]`);
    const most = Number(broken.dataset.pieces) - (Number(broken.value) || 0);
    if (good && Number(good.value) > most) good.value = String(Math.max(most, 0));
  });
  panel.addEventListener("toggle", (event) => {
    if (event.target.open) event.target.querySelector("input:not([type=hidden])")?.focus();
  }, true);
  desk.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-code]");
    if (!chosen) return;
    event.preventDefault();
    scan(chosen.dataset.code);
  });

  function focus() {
    if (document.querySelector("dialog[open]")) return;
    const first = panel.querySelector("[data-first]");
    (first || box).focus({ preventScroll: true });
    if (first?.select) first.select();
  }
  focus();
})();
