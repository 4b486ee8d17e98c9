// The player: moves through numbered frames by buttons, keys, the scrubber and the address. The caller draws a frame;
// engine/page/__init__.py lists the arguments of play().
"use strict";

const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const page = document.documentElement;
page.classList.add("scripted");

// The address: #step=12&projector

function asked() {
  return new URLSearchParams(location.hash.slice(1));
}

function remember(key, value) {
  const words = asked();
  if (value === null) words.delete(key);
  else words.set(key, value);
  const text = words.toString().replace(/=(?=&|$)/g, "");
  try {
    history.replaceState(null, "", text ? "#" + text : location.href.split("#")[0]);
  } catch {
    // A page inside of another one may have no address.
  }
}

// Dark and projector

function press(id, on) {
  $(id).setAttribute("aria-pressed", on);
}

function darken(on) {
  page.dataset.theme = on ? "dark" : "light";
  press("dark", on);
}

function enlarge(on) {
  page.toggleAttribute("data-projector", on);
  press("projector", on);
}

const darkness = matchMedia("(prefers-color-scheme: dark)");
darken(darkness.matches);
darkness.addEventListener("change", () => darken(darkness.matches));
$("dark").addEventListener("click", () => darken(page.dataset.theme !== "dark"));

enlarge(asked().has("projector") || new URLSearchParams(location.search).has("projector"));
$("projector").addEventListener("click", () => {
  const on = !page.hasAttribute("data-projector");
  enlarge(on);
  remember("projector", on ? "" : null);
});

$("print").addEventListener("click", () => print());

// Keys: a table that play() adds to. Keys with Ctrl, Alt or ⌘ are the browser's, and keys in a field are the field's.

const KEYS = {};

function explainKey(letter, meaning) { // in the dialog that the key ? opens
  const [key, text, name] = ["dt", "dd", "kbd"].map(tag => document.createElement(tag));
  name.textContent = letter;
  key.append(name);
  text.textContent = meaning;
  $("keys").querySelector("dl").append(key, text);
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=range]), textarea, select, dialog")) return;
  if (event.key === " " && event.target.closest("button, summary, .scroll")) return; // there, it presses or scrolls
  const name = event.key.length > 1 ? event.key : event.key.toLowerCase();
  const act = KEYS[event.shiftKey && event.key.length > 1 ? "Shift+" + name : name];
  if (!act) return;
  event.preventDefault();
  act();
});

// The player itself

function play({ word, numbers, show, stops, leap, pace = 2000, predict, onward = (frame, way) => frame + way }) {
  const last = numbers.length - 1;
  let frame = -1, timer = 0, announcing = 0;
  const leaps = stops ?? numbers.map((_, index) => index).filter(index => index % 10 === 0 || index === last);

  function go(to) {
    to = Math.max(0, Math.min(last, to));
    if (to === frame) return;
    frame = to;
    const announcement = show(frame);
    const place = `${numbers[frame]} of ${numbers[last]}`;
    $("place").textContent = place;
    $("scrubber").value = frame;
    $("scrubber").setAttribute("aria-valuetext", `${word} ${place}`);
    for (const id of ["first", "back"]) $(id).setAttribute("aria-disabled", frame === 0);
    for (const id of ["next", "last"]) $(id).setAttribute("aria-disabled", frame === last);
    remember(word, numbers[frame]);
    clearTimeout(announcing); // while the scrubber is dragged, only its last position is announced
    announcing = setTimeout(() => { $("announcement").textContent = announcement; }, 150);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    press("autoplay", false);
  }

  function autoplay() {
    if (timer) return pause();
    if (frame === last) go(0);
    timer = setInterval(() => {
      go(onward(frame, 1));
      if (frame === last) pause();
    }, pace);
    press("autoplay", true);
  }

  function linked() {
    const number = parseFloat(asked().get(word));
    const index = numbers.findLastIndex(each => each <= number);
    go(Math.max(0, index));
  }

  const by = move => () => { pause(); move(); };
  const moves = {
    first: by(() => go(0)),
    back: by(() => go(onward(frame, -1))),
    next: by(() => go(onward(frame, 1))),
    last: by(() => go(last)),
    autoplay,
  };
  if (predict) moves.predict = by(predict);
  for (const id in moves) $(id).addEventListener("click", moves[id]);
  Object.assign(KEYS, {
    ArrowRight: moves.next,
    " ": moves.next,
    ArrowLeft: moves.back,
    "Shift+ArrowRight": by(() => go(leaps.find(each => each > frame) ?? last)),
    "Shift+ArrowLeft": by(() => go(leaps.findLast(each => each < frame) ?? 0)),
    Home: moves.first,
    End: moves.last,
    a: autoplay,
    p: moves.predict,
    "?": () => $("keys").showModal(),
  });
  $("help").addEventListener("click", KEYS["?"]);
  $("help").hidden = false;
  $("scrubber").max = last;
  $("scrubber").setAttribute("aria-label", word);
  $("scrubber").addEventListener("input", by(() => go(Number($("scrubber").value))));
  $("leap").textContent = leap ? `next ${leap}, ${leap} before` : "ten on, ten back";
  $("predict").hidden = !predict;
  for (const row of document.querySelectorAll(".predicts")) row.hidden = !predict;
  addEventListener("hashchange", linked);
  $("player").hidden = false;
  page.classList.add("playing");
  linked();
  return go;
}
