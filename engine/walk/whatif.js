// What if a leaf had another number: sliders and fields in the rows of the leaves. All numbers that the page shows are
// computed anew, from the recorded graph, and a panel compares what the gradient said with what happened.
//
// whatIf({ graph, set, enter, leave }) builds it, and returns a function that takes everything back.
// - `graph`: what engine/walk/whatif.py returns; the row of node 3 is #r3, and the edge to its first argument #n3_0.
// - `set(index, what, text)`: shows a node's "data" or "grad". What is shown before is taken for the recorded numbers.
// - `enter()`: called at the first move: the page goes to the end of the walk, and hides its step.
// - `leave()`: called when all is as it was recorded again: the page shows its step and its numbers.
"use strict";

function whatIf({ graph, set, enter, leave }) {
  const last = graph.row.length - 1, was = recomputed(graph, RULES, []), moves = new Map();
  const name = graph.names, controls = new Map(), labels = new Map();
  const panel = document.createElement("article"), text = document.createElement("p"), back = document.createElement("button");
  let announcing = 0;

  panel.id = "whatif";
  panel.className = "panel";
  panel.innerHTML = "<h2>What if</h2>";
  Object.assign(back, { type: "button", textContent: "Recorded numbers (R)" });
  back.addEventListener("click", reset);
  panel.append(text, back);
  $("steps").append(panel);

  const signed = number => (number < 0 ? "" : "+") + shownNumber(number);
  const factor = number => (number < 0 ? `(${shownNumber(number)})` : shownNumber(number));
  const listed = parts => parts.join(", ").replace(/, ([^,]*)$/, " and $1");

  // The sentence: what moved, what the gradients said, and what the root did.

  function sentence(now) {
    const moved = [...moves].map(([leaf, number]) => [leaf, number - was.numbers[leaf]]);
    const start = listed(moved.map(([leaf, by]) => `${name[leaf]} moved ${signed(by)}`));
    if (now.failure) return `${start}: ${now.failure}`;
    if (was.failure) return `${start}; ${name[last]} is ${shownNumber(now.numbers[last])}, where it had no gradients before.`;
    const by = now.numbers[last] - was.numbers[last];
    const terms = moved.map(([leaf, change]) => `${factor(was.gradients[leaf])} × ${factor(change)}`);
    const expected = moved.reduce((sum, [leaf, change]) => sum + was.gradients[leaf] * change, 0);
    const whose = moved.length > 1 ? "their gradients" : "its gradient";
    const products = `${terms.join(" + ")} = ${shownNumber(expected)}`;
    const happened = by ? `moved ${signed(by)}` : "did not move";
    return `${start}; ${whose}` + " said " + `${name[last]} would move ${products}; ${name[last]} ${happened}.`;
  }

  // All numbers: of nodes, of edges, of fields.

  function show(now) {
    for (let node = 0; node <= last; node++) {
      set(node, "data", node < now.computed ? shownNumber(now.numbers[node]) : "?");
      if (graph.requires_grad[node]) set(node, "grad", now.failure ? "?" : shownNumber(now.gradients[node]));
      graph.args[node].forEach((_, at) => {
        const id = `n${node}_${at}`, label = $(id)?.querySelector("text"), local = now.locals[node][at];
        if (!label) return;
        if (!labels.has(id)) labels.set(id, label.textContent);
        const before = labels.get(id).slice(0, labels.get(id).lastIndexOf(" = "));
        label.textContent = `${before} = ${now.failure || local === undefined ? "?" : shownNumber(local)}`;
      });
    }
  }

  const moving = () => "whatif" in page.dataset;

  function begin() {
    if (!moving()) enter();
    page.dataset.whatif = "";
  }

  function move(leaf, number) {
    begin();
    if (number === was.numbers[leaf]) moves.delete(leaf);
    else moves.set(leaf, number);
    if (!moves.size) return reset();
    const now = recomputed(graph, RULES, [...moves]);
    show(now);
    for (const [each, { slider, field, row }] of controls) {
      const shown = moves.get(each) ?? was.numbers[each];
      slider.value = shown;
      slider.setAttribute("aria-valuetext", shownNumber(shown));
      if (field !== document.activeElement || each !== leaf || slider === document.activeElement) field.value = shownNumber(shown);
      row.classList.toggle("moved", moves.has(each));
    }
    say(sentence(now));
  }

  function say(words) {
    text.textContent = words;
    back.hidden = !moving();
    panel.classList.add("shown");
    clearTimeout(announcing); // while a slider is dragged, only what it ends at is announced
    announcing = setTimeout(() => { $("announcement").textContent = words; }, 300);
  }

  function reset() {
    if (!moving() && !panel.classList.contains("shown")) return;
    const held = panel.contains(document.activeElement), moved = moving();
    takeBack();
    if (!moved) return; // only what was typed is taken back
    leave();
    if (held) controls.values().next().value.slider.focus();
  }

  function takeBack() {
    moves.clear();
    clearTimeout(announcing);
    delete page.dataset.whatif;
    panel.classList.remove("shown");
    for (const [id, words] of labels) $(id).querySelector("text").textContent = words;
    for (const [leaf, { slider, field, row }] of controls) {
      slider.value = was.numbers[leaf];
      slider.setAttribute("aria-valuetext", shownNumber(was.numbers[leaf]));
      field.value = shownNumber(was.numbers[leaf]);
      field.removeAttribute("aria-invalid");
      row.classList.remove("moved");
    }
  }

  // A row's controls. A slider moves by round numbers, to both sides of the recorded one.

  function row(leaf) {
    const recorded = was.numbers[leaf], reach = Math.min(Math.max(2, 2 * Math.abs(recorded)), 1e300);
    const step = 10 ** Math.floor(Math.log10(reach / 100)), many = Math.floor(reach / step);
    const slider = document.createElement("input"), field = document.createElement("input"), cell = $(`r${leaf}`).cells[1];
    Object.assign(slider, { id: `slider${leaf}`, type: "range", min: recorded - many * step, max: recorded + many * step, step: "any", value: recorded });
    slider.setAttribute("aria-label", `What if ${name[leaf]} were, as a slider`);
    slider.addEventListener("input", () => {
      const turns = Math.round((slider.value - recorded) / step);
      move(leaf, turns ? Number((recorded + turns * step).toPrecision(12)) : recorded);
    });
    slider.addEventListener("keydown", event => {
      const turns = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -many, End: many }[event.key];
      if (!turns || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault(); // and not a step of the walk
      event.stopPropagation();
      const from = Math.round(((moves.get(leaf) ?? recorded) - recorded) / step);
      const to = Math.abs(turns) === many ? turns : Math.max(-many, Math.min(many, from + turns));
      move(leaf, to ? Number((recorded + to * step).toPrecision(12)) : recorded);
    });
    slider.addEventListener("dblclick", () => move(leaf, recorded));
    Object.assign(field, { id: `field${leaf}`, type: "text", inputMode: "decimal", autocomplete: "off", size: 6 });
    field.setAttribute("aria-label", `What if ${name[leaf]} were`);
    field.addEventListener("change", () => typed(leaf, field));
    field.addEventListener("keydown", event => {
      if (event.key === "Enter") typed(leaf, field);
      else if (event.key === "Escape") move(leaf, recorded);
      else return;
      field.value = shownNumber(moves.get(leaf) ?? recorded);
      event.preventDefault();
    });
    cell.classList.add("whatif");
    cell.replaceChildren(slider, field);
    controls.set(leaf, { slider, field, row: $(`r${leaf}`) });
  }

  function typed(leaf, field) {
    const words = field.value.trim(), shown = moves.get(leaf) ?? was.numbers[leaf];
    const same = trueMinus(words) === shownNumber(shown); // it is shown with few digits, and was not changed
    if (same && !moving()) return reset();
    const to = same ? shown : words ? number(words) : was.numbers[leaf];
    field.toggleAttribute("aria-invalid", !Number.isFinite(to));
    if (Number.isFinite(to)) return move(leaf, to);
    say(Number.isNaN(to) ? notANumber(words) : `${name[leaf]} needs a finite number, up to 1.8e308.`);
  }

  const movable = node => graph.row[node] < 0 && graph.requires_grad[node] && Number.isFinite(was.numbers[node]) && $(`r${node}`);
  graph.row.forEach((_, node) => { if (movable(node)) row(node); });
  takeBack();
  KEYS.r = reset;
  explainKey("R", "the recorded numbers, after a leaf was moved");
  addEventListener("beforeprint", reset);
  return () => { // before a step is shown; whether something was moved
    const moved = moving();
    if (panel.classList.contains("shown")) takeBack();
    return moved;
  };
}
