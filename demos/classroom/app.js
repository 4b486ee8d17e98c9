// The classroom's frame: tabs, the address, dark and projector, and Python in its worker.
import { exercisesTab } from "./exercises.js";
import { promptTab } from "./prompt.js";
import { Python } from "./python.js";
import { trainTab } from "./train.js";
import { walkTab } from "./walk.js";

export const $ = id => document.getElementById(id);
const root = document.documentElement;
const { texts, walks } = JSON.parse($("data").textContent);

// A sentence of texts.json, its {names} filled in

export const say = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

// The address: #tab=walk&e=…; every tab keeps its own words there

export const asked = () => new URLSearchParams(location.hash.slice(1));

export function remember(words, isPlace = false) { // to a place, the browser's Back leads back
  const all = asked();
  for (const [name, value] of Object.entries(words)) {
    if (value === null || value === "") all.delete(name);
    else all.set(name, value);
  }
  if (`#${all}` !== location.hash) history[isPlace ? "pushState" : "replaceState"](null, "", `#${all}`);
}

// A number as it is typed, with a point or with a decimal comma; null where it is not clear which of two is one

export function pointed(text) {
  const marks = text.match(/[.,]/g) ?? [];
  if (!text.includes(",")) return text;
  return marks.length > 1 ? null : text.replace(",", ".");
}

// A file for the reader to keep

export function save(name, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// Dark and projector, here and in the pages inside

const frames = () => [...document.querySelectorAll("iframe")];

function dress(frame) {
  const inside = frame.contentDocument;
  for (const [id, on] of [["dark", root.dataset.theme === "dark"], ["projector", root.hasAttribute("data-projector")]]) {
    const button = inside?.getElementById(id);
    if (button) button.hidden = true; // the classroom's own does for both
    if (button && (button.getAttribute("aria-pressed") === "true") !== on) button.click();
  }
}

function look() {
  $("dark").setAttribute("aria-pressed", root.dataset.theme === "dark");
  $("projector").setAttribute("aria-pressed", root.hasAttribute("data-projector"));
  frames().forEach(dress);
}

const darkness = matchMedia("(prefers-color-scheme: dark)");
const darken = on => { root.dataset.theme = on ? "dark" : "light"; look(); };
darken(darkness.matches);
darkness.addEventListener("change", () => darken(darkness.matches));
$("dark").addEventListener("click", () => darken(root.dataset.theme !== "dark"));
root.toggleAttribute("data-projector", asked().has("projector"));
$("projector").addEventListener("click", () => {
  root.toggleAttribute("data-projector");
  remember({ projector: root.hasAttribute("data-projector") ? "on" : null });
  look();
});
look();
document.addEventListener("load", ({ target }) => { if (target.tagName === "IFRAME") dress(target); }, true);

// Python. What takes long gets a button that stops it.

let stop = () => {};
export function offerStop(on, how) {
  $("stop").hidden = !on;
  if (on) stop = how;
}

const python = new Python({
  ready: () => { $("status").textContent = say("ready"); root.dataset.python = "ready"; },
  failed: reason => { $("status").textContent = say("failed", { reason }); root.dataset.python = "failed"; },
  busy: on => offerStop(on, () => python.restart()),
  exhausted: say("exhausted"),
  restarted: () => { $("status").textContent = say("stopped"); delete root.dataset.python; },
});
$("stop").textContent = say("stop");
$("stop").addEventListener("click", () => stop());

// Tabs: one is shown; arrow keys move among them, as among all tabs

const prompt = promptTab();
const tabs = { walk: walkTab({ python, walks, own: prompt.python }), train: trainTab({ python }), exercises: exercisesTab({ python, own: prompt.python }), prompt };
const names = Object.keys(tabs);

function open(name) {
  for (const each of names) {
    const on = each === name;
    $(`tab-${each}`).setAttribute("aria-selected", on);
    $(`tab-${each}`).tabIndex = on ? 0 : -1;
    if (!on && !$(each).hidden) tabs[each].hidden?.();
    $(each).hidden = !on;
  }
  tabs[name].shown();
}

for (const [index, name] of names.entries()) {
  $(`tab-${name}`).addEventListener("click", () => {
    remember({ tab: name === "walk" ? null : name }, true);
    open(name);
  });
  $(`tab-${name}`).addEventListener("keydown", event => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = $(`tab-${names[(to + names.length) % names.length]}`);
    next.focus();
    next.click();
  });
}
const followed = () => open(names.includes(asked().get("tab")) ? asked().get("tab") : "walk");
addEventListener("hashchange", followed);
followed();

if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("sw.js"));
