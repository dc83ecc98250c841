// What a page does by itself: shows news as it comes, and obeys the keyboard.
"use strict";

document.documentElement.classList.add("scripted");

// --- news -----------------------------------------------------------------------------------------

const offline = document.getElementById("offline");
const GATHER = 400; // milliseconds in which several facts are one change
let run = null;
let waiting = null;

function announce(name) {
  const parts = [...document.querySelectorAll("[data-live]")];
  const touched = parts.filter((part) => part.dataset.live.split(" ").includes(name));
  if (touched.length === 0 || waiting !== null) return;
  waiting = setTimeout(() => {
    waiting = null;
    // A part that a person works in (typing, choosing) is not pulled away under their hands.
    const busy = document.activeElement?.closest("input, select, textarea");
    for (const part of touched) if (!busy || !part.contains(busy)) htmx.trigger(`#${part.id}`, "changed");
  }, GATHER);
}

function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("Hello", (event) => {
    const now = JSON.parse(event.data).run;
    offline.hidden = true;
    if (run !== null && run !== now) location.reload(); // its token is one of the run before
    run = now;
  });
  for (const name of ["StoriesChanged", "AlertSent", "ArticlesAdded", "FeedFailed", "ChannelFailed"]) {
    stream.addEventListener(name, () => announce(name));
  }
  stream.onerror = () => { offline.hidden = false; };
  addEventListener("pagehide", () => stream.close());
}

if (document.querySelector("[data-live]")) listen();
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// --- the keyboard ---------------------------------------------------------------------------------

let chosen = null; // the id of the card that is selected; it may be drawn anew meanwhile

const cards = () => [...document.querySelectorAll(".card")];

function select(card, scroll = true) {
  for (const other of cards()) other.classList.toggle("selected", other === card);
  chosen = card ? card.id : null;
  if (!card) return;
  card.focus({ preventScroll: !scroll });
  if (scroll) card.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = cards();
  const at = all.findIndex((card) => card.id === chosen);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  if (all[next]) select(all[next]);
}

function press(name) {
  const card = document.getElementById(chosen ?? "");
  if (!card) return;
  htmx.process(card); // a quick hand comes before htmx has seen a card that was just drawn anew
  card.querySelector(name)?.click();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => press("a.open"),
  y: () => press("button.yes"),
  n: () => press("button.no"),
  s: () => press("button.silence"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  KEYS[event.key]?.();
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest?.(".card");
  if (card && card.id !== chosen) select(card, false), event.target.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSettle", () => {
  const card = document.getElementById(chosen ?? "");
  if (card) select(card, false);
});

// A slider's bars and figure follow the hand; what it would tell is asked for when the hand rests.
document.addEventListener("input", (event) => {
  if (!event.target.matches(".scores input[type=range]")) return;
  const value = event.target.valueAsNumber;
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
  document.getElementById("chosen").textContent = percent.format(value);
  for (const bar of document.querySelectorAll(".scores rect")) {
    bar.classList.toggle("bar", bar.dataset.from >= value);
    bar.classList.toggle("faint", bar.dataset.from < value);
  }
});

// A form that only chooses what is shown needs no button.
document.addEventListener("change", (event) => {
  if (event.target.matches("form.choose select") && event.target.form.querySelector("button.unscripted")) event.target.form.requestSubmit();
});
for (const button of document.querySelectorAll("form.choose button:not(.always)")) button.classList.add("unscripted");
