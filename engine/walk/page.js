// The walk in its page: shows the step, moves the numbers of the graph and of the table, asks for predictions.
"use strict";

// What was typed is compared with the cases that engine/walk/quiz.py prepared: the first range that has it decides.

function number(typed) {
  const plain = typed.replace(/[−–]/g, "-").replace(/\s/g, "");
  const match = plain.match(new RegExp(`^(?:${data.number})$`, "i"));
  if (!match) return NaN;
  if (match[1]) return match[1] / match[2];
  return Number(plain.replace(/inf(inity)?/i, "Infinity"));
}

function notANumber(typed) {
  return `“${typed}” ${new RegExp(data.comma).test(typed) ? data.decimal_point : data.not_a_number}`;
}

function judge(typed, { cases }) {
  const guess = number(typed);
  if (Number.isNaN(guess)) return { right: false, message: notANumber(typed) };
  const { right, message } = cases.find(({ low, high }) => Number(low) <= guess && guess <= Number(high));
  return { right, message: right ? message : `Not ${typed.trim()}: ${message}` };
}

// The graph: whole where its letters can be read, else the part around the step

const svg = document.querySelector("#graph > svg");

function camera() {
  const READABLE = 9, FOLLOWING = 13, PROJECTED = 24; // CSS pixels: the least letters of the whole, those of a part
  const LARGEST = 30, MARGIN = 8; // the letters of a small graph in pixels, and space around a step in units
  const layer = svg.querySelector("g"), { x, y, width, height } = svg.viewBox.baseVal;
  const full = { x, y, width, height }, original = svg.getAttribute("viewBox"), boxes = new Map();
  const moved = document.createElementNS(svg.namespaceURI, "g"); // a browser moves it at once; a viewBox lays out all text
  moved.id = "moved";
  layer.replaceWith(moved);
  moved.append(layer);
  svg.removeAttribute("viewBox");
  const letter = Math.min(...[...svg.querySelectorAll("text")].map(each => parseFloat(each.getAttribute("font-size")) || 14));
  let space = null, view = null, wishes = [], edge = null, whole = false, tallest = 0;

  function box(element) { // where an element of the drawing is, in units of the drawing
    if (!boxes.has(element)) {
      const { a, d, e, f } = layer.transform.baseVal.consolidate()?.matrix ?? { a: 1, d: 1, e: 0, f: 0 };
      const { x, y, width, height } = element.getBBox();
      boxes.set(element, [a * x + e, d * y + f, a * (x + width) + e, d * (y + height) + f]);
    }
    return boxes.get(element);
  }

  function around(elements) {
    const all = elements.map(box), edge = side => all.map(each => each[side]);
    const [left, top] = [0, 1].map(side => Math.min(...edge(side)) - MARGIN);
    const [right, bottom] = [2, 3].map(side => Math.max(...edge(side)) + MARGIN);
    return { left, top, right, bottom, wide: right - left, high: bottom - top };
  }

  const holds = (one, { left, top, right, bottom }) =>
    one.x <= left && one.y <= top && one.x + one.width >= right && one.y + one.height >= bottom;

  // The start of a stretch of `length` that has its middle at `middle`, inside of the whole where that is longer
  const inside = (middle, length, from, all) =>
    length >= all ? from + (all - length) / 2 : Math.max(from, Math.min(from + all - length, middle - length / 2));

  const scaleOf = (wide, high, largest) => Math.min(largest, space.width / wide, space.height / high);

  // An edge whose nodes are too far apart is drawn anew: its two nodes side by side, or one below the other.

  function copied(element) {
    const copy = element.cloneNode(true);
    for (const each of [copy, ...copy.querySelectorAll("[id]")]) each.removeAttribute("id");
    return copy;
  }

  function pair({ target, source, line }, largest) {
    const [one, other] = [target, source].map(each => {
      const [left, top, right, bottom] = box(each);
      return { left, top, wide: right - left, high: bottom - top };
    });
    const label = line.querySelector("text"), name = label ? label.getBBox().width : 0;
    const gap = Math.max(60, name + 36), middle = Math.max(one.high, other.high) / 2;
    const beside = { wide: one.wide + gap + other.wide, high: 2 * middle };
    beside.places = [[0, middle - one.high / 2], [one.wide + gap, middle - other.high / 2]];
    beside.ends = [one.wide, middle, one.wide + gap, middle];
    beside.label = [one.wide + gap / 2, middle - 6, "middle"];
    const half = Math.max(one.wide, other.wide) / 2, between = 24;
    const below = { wide: half + Math.max(half, name + 7), high: one.high + between + other.high };
    below.places = [[half - one.wide / 2, 0], [half - other.wide / 2, one.high + between]];
    below.ends = [half, one.high, half, one.high + between];
    below.label = [half + 6, one.high + between / 2 + 5, "start"];
    const scales = [beside, below].map(({ wide, high }) => scaleOf(wide + MARGIN, high + MARGIN, largest));
    const best = scales[0] >= scales[1] ? beside : below, scale = Math.max(...scales);

    const group = document.createElementNS(svg.namespaceURI, "g"), edge = copied(line);
    group.id = "pair";
    edge.querySelectorAll("polygon").forEach(each => each.remove());
    const [fromX, fromY, toX, toY] = best.ends, text = edge.querySelector("text");
    edge.querySelector("path").setAttribute("d", `M${fromX} ${fromY}L${toX} ${toY}`);
    if (text) ["x", "y", "text-anchor"].forEach((name, index) => text.setAttribute(name, best.label[index]));
    group.append(edge);
    [target, source].forEach((each, index) => {
      const copy = copied(each), { left, top } = [one, other][index], [x, y] = best.places[index];
      const { e, f } = layer.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
      copy.setAttribute("transform", `translate(${x - left + e} ${y - top + f})`);
      group.append(copy);
    });
    moved.append(group);
    view = { x: best.wide / 2, y: best.high / 2, width: space.width / scale, height: space.height / scale };
    view.x -= view.width / 2;
    view.y -= view.height / 2;
  }

  function unpair() {
    $("pair")?.remove();
    moved.classList.remove("paired");
  }

  function look() {
    if (!space?.width || !space.height) return;
    const projected = page.hasAttribute("data-projector"), least = projected ? PROJECTED : READABLE;
    const fits = Math.min(space.width / full.width, space.height / full.height);
    const readable = fits * letter >= least;
    $("whole").hidden = readable;
    if ($("pair")) view = null;
    unpair();
    let scale = Math.min(fits, Math.max(LARGEST, least) / letter), part = null;
    if (!readable && !whole && wishes.length) {
      const largest = (projected ? PROJECTED : FOLLOWING) / letter;
      const scales = wishes.map(around).map(({ wide, high }) => scaleOf(wide, high, largest));
      const choice = scales.findIndex(each => each * letter >= least - .01);
      if (choice < 0 && edge) {
        moved.classList.add("paired");
        pair(edge, largest);
        return show();
      }
      part = around(wishes[Math.max(choice, 0)]);
      scale = Math.max(fits, scales[Math.max(choice, 0)]);
    }
    const width = space.width / scale, height = space.height / scale;
    const stays = view && part && Math.abs(view.width - width) < .01 && Math.abs(view.height - height) < .01;
    if (stays && holds(view, part)) return; // what is in view need not move
    const middle = part ?? { left: full.x, top: full.y, wide: full.width, high: full.height };
    view = {
      x: inside(middle.left + middle.wide / 2, width, full.x, full.width),
      y: inside(middle.top + middle.high / 2, height, full.y, full.height),
      width,
      height,
    };
    show();
  }

  const show = () => moved.setAttribute("transform", `scale(${space.width / view.width}) translate(${-view.x} ${-view.y})`);

  // The step takes as much room as any before it did, within limits, so that the graph stays where it is.

  function settle() {
    const shown = document.querySelector("article.shown"), parts = [shown, $("guess"), $("verdict")];
    const height = parts.reduce((sum, part) => sum + (part?.offsetHeight ?? 0), 0);
    if (height <= tallest || tallest >= innerHeight * .42) return;
    tallest = Math.min(height, innerHeight * .42);
    $("steps").style.minHeight = `${tallest}px`;
  }

  function measure() {
    settle();
    space = svg.getBoundingClientRect();
    look();
  }

  function again() {
    tallest = 0;
    $("steps").style.minHeight = "";
    measure();
  }

  function choose(on) {
    whole = on;
    press("whole", on);
    look();
  }

  new ResizeObserver(measure).observe($("graph"));
  addEventListener("resize", again);
  $("projector").before($("whole"));
  new MutationObserver(again).observe(page, { attributeFilter: ["data-projector"] });
  $("whole").addEventListener("click", () => choose(!whole));
  KEYS.g = () => { if (!$("whole").hidden) choose(!whole); };
  explainKey("G", "the whole graph, or the part around the step");
  return {
    follow(parts, line) { // lists of elements to be in view: the first that leaves the letters readable; and the edge
      [wishes, edge] = [parts, line];
      measure();
    },
    paper(on) {
      if (on) {
        unpair();
        $("steps").style.minHeight = "";
        moved.removeAttribute("transform");
        svg.setAttribute("viewBox", original);
      }
      view = null;
      if (on) return;
      svg.removeAttribute("viewBox");
      again();
    },
  };
}

// The graph and the table: at frame n, n steps are taken

function sign(id, color) { // the text of a number in the graph, with its length, in letters, and its width
  const text = document.querySelector(`#${id} text[fill="${color}"]`);
  const [before] = text?.textContent.match(/^(?:data|grad)?\s*/) ?? [""];
  return text && { element: text, before, length: text.textContent.length, width: text.getBBox().width };
}

function walkthrough({ nodes, steps }) {
  const view = camera();
  const boxes = nodes.map((node, index) => ({
    group: $(`n${index}`),
    row: $(`r${index}`),
    data: sign(`n${index}`, "#0b5fa5"),
    grad: sign(`n${index}`, "#b34700"),
  }));

  function write({ element, before, length, width }, text) {
    element.textContent = before + text;
    if (element.textContent.length > length) element.setAttribute("textLength", width); // a box is as wide as its last number
    else element.removeAttribute("textLength");
  }

  function set(index, what, text) {
    const { row, group, ...signs } = boxes[index];
    if (signs[what]) write(signs[what], text);
    if (row) row.cells[what === "data" ? 2 : 3].textContent = text;
  }

  for (const [index, { group, data, grad }] of boxes.entries()) {
    if (!nodes[index].leaf) group.classList.add("later");
    for (const each of nodes[index].leaf ? [data, grad] : []) {
      if (!each) continue;
      const { x, width } = each.element.getBBox(); // a leaf's text is centered, however long it is
      each.element.setAttribute("x", x + width / 2);
      each.element.setAttribute("text-anchor", "middle");
    }
  }

  function begin() { // what is known before the first step
    nodes.forEach(({ leaf, data, grad }, index) => {
      set(index, "data", leaf ? data : "?");
      if (grad !== null) set(index, "grad", grad);
    });
  }

  begin();
  const forward = steps.filter(step => step.kind === "forward").length;
  let taken = 0, marked = [];

  function take(step, forth) {
    if (step.kind === "forward") {
      set(step.target, "data", forth ? step.after : "?");
      boxes[step.target].group.classList.toggle("later", !forth);
    } else {
      set(step.target, "grad", forth ? step.after : step.before);
      if (step.edge) $(step.edge).classList.toggle("done", forth);
    }
  }

  function mark(element, ...names) {
    if (!element) return;
    element.classList.add(...names);
    marked.push([element, names]);
  }

  function wishes(step) { // what should be seen of a step: all that belongs to it, else the node alone
    const group = boxes[step.target].group;
    if (step.edge) return [[$(step.edge), group, boxes[step.node].group]];
    const edges = [...document.querySelectorAll(`.edge[id^="n${step.node}_"]`)];
    const args = nodes[step.node].args.map(index => boxes[index].group);
    return step.kind === "forward" ? [[group, ...edges, ...args], [group]] : [[group]];
  }

  function point(step, name) { // without a step: at the start, to where the first one will be, else to the root
    for (const [element, names] of marked) element.classList.remove(...names);
    for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
    marked = [];
    if (!step) return steps.length && view.follow(wishes(steps[taken ? forward - 1 : 0] ?? steps[0]), null);
    const { group, row } = boxes[step.target];
    mark(group, name, step.kind);
    if (step.edge) mark(boxes[step.node].group, "from");
    mark($(step.edge), name);
    $("numbers").dataset.kind = step.kind;
    if (row) row.setAttribute("aria-current", "true");
    if (row) reveal($("numbers"), row);
    view.follow(wishes(step), step.edge ? { target: group, source: boxes[step.node].group, line: $(step.edge) } : null);
  }

  return {
    at(frame, pointed = true) {
      while (taken < frame) take(steps[taken++], true);
      while (taken > frame) take(steps[--taken], false);
      point(pointed ? steps[frame - 1] : null, "now");
    },
    ask: frame => point(steps[frame], "next"),
    paper: view.paper,
    set,
    renew() { // after numbers that are not the walk's were shown
      while (taken) take(steps[--taken], false);
      begin();
    },
  };
}

function reveal(box, inside) {
  const frame = box.getBoundingClientRect(), it = inside.getBoundingClientRect();
  const head = box.querySelector("thead")?.getBoundingClientRect().height ?? 0;
  const over = it.top < frame.top + head || it.bottom > frame.bottom;
  if (over) box.scrollBy({ top: (it.top + it.bottom - frame.top - head - frame.bottom) / 2 });
}

function listed(rows) { // rows of a label and a text
  return rows.flatMap(row => ["dt", "dd"].map((tag, column) => {
    const element = document.createElement(tag);
    element.textContent = row[column];
    return element;
  }));
}

// Predictions. The caller gives `last`, the number of the last frame; `at()`, the frame that is shown; `question(frame)`,
// the rows of what is asked after a frame, or a sentence that says why nothing can be; `cases(frame)`, how an answer is
// judged; `begin(frame)` and `cancel()`, called when a question is put and taken back; and `go(frame)`.

function predictions({ last, at, question, cases, begin, cancel, go }) {
  let asking = false;

  function say(verdict) {
    $("verdict").textContent = verdict?.message ?? "";
    $("verdict").className = verdict ? (verdict.right ? "right" : "wrong") : "";
  }

  function close() {
    if (asking && $("guess").contains(document.activeElement)) $("predict").focus();
    asking = false;
    $("guess").hidden = true;
  }

  function predict() {
    if (at() === last) return say({ message: "That was the last step: there is nothing left to predict." });
    const rows = question(at());
    if (typeof rows === "string") return say({ message: rows });
    $("known").replaceChildren(...listed(rows.slice(0, -1)));
    $("asked").textContent = rows.at(-1)[1];
    say();
    asking = true;
    begin(at());
    $("guess").hidden = false;
    $("answer").value = "";
    $("answer").focus();
  }

  function onward(verdict) {
    go(at() + 1);
    say(verdict);
  }

  $("guess").addEventListener("submit", event => {
    event.preventDefault();
    const typed = $("answer").value;
    if (!typed.trim()) return onward();
    const verdict = judge(typed, { cases: cases(at()) });
    if (verdict.right) return onward(verdict);
    say(verdict);
    $("answer").select();
  });
  $("reveal").addEventListener("click", () => onward());
  $("guess").addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    close();
    cancel();
    say();
  });
  return { predict, close, say, asking: () => asking };
}

// A page that plays

function playing() {
  const { steps } = data, graph = walkthrough(data);
  let shown = 0;
  const quiz = predictions({
    last: steps.length,
    at: () => shown,
    question: frame => steps[frame].question,
    cases: frame => steps[frame].cases,
    begin(frame) {
      $(`s${frame}`).classList.remove("shown");
      graph.ask(frame);
      reason();
    },
    cancel() {
      $(`s${shown}`).classList.add("shown");
      graph.at(shown);
      reason();
    },
    go: frame => go(frame),
  });

  let takeBack = null; // what takes the moves of leaves back

  function show(frame) {
    quiz.close();
    quiz.say();
    if (takeBack && takeBack()) graph.renew();
    $(`s${shown}`).classList.remove("shown");
    $(`s${shown = frame}`).classList.add("shown");
    $("steps").scrollTop = 0;
    graph.at(frame);
    reason();
    return frame ? steps[frame - 1].announcement : $("s0").textContent;
  }

  function reason() {
    const rows = shown ? steps[shown - 1].why : [["why", "No step is taken yet: next takes the first."]];
    $("why").querySelector("dl").replaceChildren(...listed(quiz.asking() ? [] : rows));
  }

  // The panel at the side: at most one of them where there is little room, and the numbers always where there is much.

  function open(panel) {
    const before = document.querySelector("main").dataset.side;
    const now = before === panel ? "" : panel;
    document.querySelector("main").dataset.side = now;
    for (const name of ["why", "numbers"]) press(`show-${name}`, name === now);
    $("why").hidden = now !== "why";
  }

  for (const [name, key, meaning] of [["why", "W", "why: the rule, and a nudge"], ["numbers", "N", "all numbers"]]) {
    KEYS[key.toLowerCase()] = () => open(name);
    $(`show-${name}`).addEventListener("click", () => open(name));
    explainKey(key, meaning);
  }
  $("player").append($("panels"));
  $("panels").hidden = false;

  const sameNode = (one, other) => one && other && one.node === other.node && one.kind === other.kind;
  const frames = [...Array(steps.length + 1).keys()];
  const go = play({
    word: "step",
    numbers: frames,
    stops: frames.filter(frame => !sameNode(steps[frame - 1], steps[frame])),
    leap: "node",
    show,
    predict: quiz.predict,
  });

  // What if: the walk stands at its end meanwhile, and without its step; then it is back at the step where it was.
  let before = 0;
  takeBack = data.whatif.row && whatIf({
    graph: data.whatif,
    set: graph.set,
    enter() {
      before = shown;
      go(steps.length);
      quiz.close();
      quiz.say();
      graph.at(steps.length, false);
      $(`s${shown}`).classList.remove("shown");
      $("why").querySelector("dl").replaceChildren(...listed([["why", "The numbers are not those of the walk: R takes them back."]]));
    },
    leave() {
      graph.renew();
      if (before === shown) show(shown);
      else go(before);
    },
  });
  if (data.whatif.refused) {
    const note = document.createElement("p");
    note.textContent = data.whatif.refused;
    $("numbers").append(note);
  }
  // Paper shows the numbers of the end, whatever the screen shows.
  addEventListener("beforeprint", () => {
    graph.at(steps.length, false);
    graph.paper(true);
  });
  addEventListener("afterprint", () => {
    graph.paper(false);
    graph.at(shown);
  });
}

// A worksheet

function filling() {
  document.querySelectorAll(".blank").forEach((field, index) => field.addEventListener("change", () => {
    const typed = field.value, feedback = field.parentElement.querySelector(".feedback");
    const verdict = typed.trim() ? judge(typed, data.blanks[index]) : { message: "" };
    feedback.textContent = verdict.message;
    feedback.className = `feedback ${verdict.right ? "right" : "wrong"}`;
    $("announcement").textContent = verdict.message;
    field.toggleAttribute("aria-invalid", Boolean(typed.trim()) && !verdict.right);
  }));
  $("show-answers").addEventListener("click", () => {
    const on = $("answers").classList.toggle("shown");
    $("show-answers").setAttribute("aria-expanded", on);
  });
}

if (data.walk) playingLong(data.walk);
else if (data.steps) playing();
else filling();
