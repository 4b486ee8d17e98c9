// A drawing whose boxes open: which frame is shown, find, zoom, and moving the picture.
"use strict";

const sections = [...document.querySelectorAll(".frame")];
let shown = null, zoom = 1;

// Frames. The address ends with #f3; a box and the trail above it are links to such addresses.

function current() {
  const word = [...asked().keys()].find(key => /^f\d+$/.test(key));
  return (word && $(word)) || sections[0];
}

function show() {
  const before = shown;
  shown = current();
  for (const section of sections) section.classList.toggle("shown", section === shown);
  if (before && before !== shown) {
    zoom = 1;
    const back = before.id && shown.querySelector(`a[href="#${before.id}"]`);
    (back && shown.querySelector(".view")?.contains(back) ? back : shown.querySelector("[tabindex]"))?.focus({ preventScroll: true });
  }
  fit();
}

function out() {
  const above = [...shown.querySelectorAll("nav a")].at(-1);
  if (above) location.hash = above.hash;
}

// Zoom: 1 is as large as the window, but not larger than 1.5 rem a letter; a letter of 12 pt is 1 rem by nature.

function fit() {
  const view = shown.querySelector(".view"), svg = view?.querySelector("svg");
  if (!svg) return;
  const rem = parseFloat(getComputedStyle(page).fontSize), { width, height } = svg.viewBox.baseVal;
  const most = (1.5 * rem) / 12, size = zoom * Math.min(most, (view.clientWidth - 2) / width, (view.clientHeight - 2) / height);
  svg.style.width = `${width * size}px`;
  svg.style.height = `${height * size}px`;
  view.classList.toggle("movable", view.scrollWidth > view.clientWidth || view.scrollHeight > view.clientHeight);
}

function zoomBy(factor, x, y) {
  const view = shown.querySelector(".view"), before = zoom;
  if (!view) return;
  zoom = Math.max(0.5, Math.min(16, zoom * factor));
  const frame = view.getBoundingClientRect(), grown = zoom / before;
  const at = { x: (x ?? frame.left + frame.width / 2) - frame.left, y: (y ?? frame.top + frame.height / 2) - frame.top };
  const place = { left: (view.scrollLeft + at.x) * grown - at.x, top: (view.scrollTop + at.y) * grown - at.y };
  fit();
  view.scrollTo(place);
}

for (const view of document.querySelectorAll(".view")) {
  let from = null;
  view.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX, event.clientY);
  }, { passive: false });
  view.addEventListener("pointerdown", event => {
    if (event.button === 0 && event.pointerType === "mouse") from = { x: event.clientX, y: event.clientY, left: view.scrollLeft, top: view.scrollTop, moved: false };
  });
  view.addEventListener("pointermove", event => {
    if (!from || !(event.buttons & 1)) return;
    const x = event.clientX - from.x, y = event.clientY - from.y;
    if (!from.moved && Math.hypot(x, y) < 4) return;
    from.moved = true;
    view.classList.add("moving");
    view.scrollTo(from.left - x, from.top - y);
  });
  addEventListener("pointerup", () => view.classList.remove("moving"));
  view.addEventListener("click", event => {
    if (from?.moved) event.preventDefault(); // the end of a drag opens nothing
    from = null;
  }, true);
  view.addEventListener("dragstart", event => event.preventDefault());
}

// Find: texts of all frames, the shown frame's first.

let hits = [], hit = -1;

function search() {
  for (const element of document.querySelectorAll(".hit")) element.classList.remove("hit", "now");
  const words = $("find").value.trim().toLowerCase();
  const order = [shown, ...sections.filter(section => section !== shown)];
  hits = !words ? [] : order.flatMap(section => [...section.querySelectorAll(".view text, td")])
    .filter(element => element.textContent.toLowerCase().includes(words));
  for (const element of hits) element.classList.add("hit");
  hit = -1;
  if (hits.length) go(1, false);
  else $("matches").textContent = words && "nothing found";
}

function go(by, move = true) {
  if (!hits.length) return;
  hits[hit]?.classList.remove("now");
  hit = (hit + by + hits.length) % hits.length;
  const element = hits[hit], section = element.closest(".frame");
  if (section !== shown && (move || hit === 0)) {
    location.hash = section.id;
    show();
    $("find").focus();
  }
  element.classList.add("now");
  element.scrollIntoView({ block: "center", inline: "center" });
  const where = new Set(hits.map(each => each.closest(".frame"))).size;
  $("matches").textContent = `${hit + 1} of ${hits.length}${where > 1 ? `, in ${where} pictures` : ""}`;
}

$("find").addEventListener("input", search);
$("find").addEventListener("keydown", event => {
  if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") {
    $("find").value = "";
    search();
    (shown.querySelector("[tabindex]") ?? $("find")).focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

Object.assign(KEYS, {
  "/": () => { $("find").focus(); $("find").select(); },
  "+": () => zoomBy(1.25),
  "=": () => zoomBy(1.25),
  "-": () => zoomBy(0.8),
  0: () => { zoom = 1; fit(); },
  Escape: out,
  Backspace: out,
});
$("zoom-in").addEventListener("click", KEYS["+"]);
$("zoom-out").addEventListener("click", KEYS["-"]);
$("fit").addEventListener("click", KEYS[0]);
$("finder").hidden = false;
$("projector").addEventListener("click", () => fit());
addEventListener("hashchange", show);
addEventListener("resize", fit);
show();
