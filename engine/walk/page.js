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

function judge(typed, { cases }) {
  const guess = number(typed);
  if (Number.isNaN(guess)) return { right: false, message: `“${typed}” ${data.not_a_number}` };
  const { right, message } = cases.find(({ low, high }) => Number(low) <= guess && guess <= Number(high));
  return { right, message: right ? message : `Not ${typed.trim()}: ${message}` };
}

// The graph, in the size at which a letter is 1 rem, or three quarters of it where that does not fit

const svg = document.querySelector("#graph svg");
svg.style.setProperty("--wide", `${parseFloat(svg.getAttribute("width")) / 12}rem`); // a letter of 12 pt is 1 rem

// The graph and the table: at frame n, n steps are taken

function sign(id, color) { // the text of a number in the graph, with its length, in letters, and its width
  const text = document.querySelector(`#${id} text[fill="${color}"]`);
  return text && { element: text, length: text.textContent.length, width: text.getBBox().width };
}

function walkthrough({ nodes, steps }) {
  const boxes = nodes.map((node, index) => ({
    group: $(`n${index}`),
    row: $(`r${index}`),
    data: sign(`n${index}`, "#0b5fa5"),
    grad: sign(`n${index}`, "#b34700"),
  }));

  function write({ element, length, width }, what, text) {
    element.textContent = `${what} ${text}`;
    if (element.textContent.length > length) element.setAttribute("textLength", width); // a box is as wide as its last number
    else element.removeAttribute("textLength");
  }

  function set(index, what, text) {
    const { row, group, ...signs } = boxes[index];
    if (signs[what]) write(signs[what], what, text);
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
    set(index, "data", nodes[index].leaf ? nodes[index].data : "?");
    if (nodes[index].grad !== null) set(index, "grad", nodes[index].grad);
  }

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

  function point(step, name) {
    for (const [element, names] of marked) element.classList.remove(...names);
    for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
    marked = [];
    if (!step) return;
    const { group, row } = boxes[step.target];
    mark(group, name, step.kind);
    if (step.edge) mark(boxes[step.node].group, "from");
    mark($(step.edge), name);
    $("numbers").dataset.kind = step.kind;
    if (row) row.setAttribute("aria-current", "true");
    reveal($("graph"), step.edge ? $(step.edge) : group);
    if (row) reveal($("numbers"), row, false);
  }

  return {
    at(frame, pointed = true) {
      while (taken < frame) take(steps[taken++], true);
      while (taken > frame) take(steps[--taken], false);
      point(pointed ? steps[frame - 1] : null, "now");
    },
    ask: frame => point(steps[frame], "next"),
  };
}

function reveal(box, inside, sideways = true) {
  const frame = box.getBoundingClientRect(), it = inside.getBoundingClientRect();
  const over = (low, high, from, to) => (low < from || high > to ? (low + high - from - to) / 2 : 0);
  const left = sideways ? over(it.left, it.right, frame.left, frame.right) : 0;
  const top = over(it.top, it.bottom, frame.top, frame.bottom);
  if (left || top) box.scrollBy({ left, top });
}

// A page that plays

function playing() {
  const { steps } = data, graph = walkthrough(data);
  let shown = 0, asking = false;

  function say(verdict) {
    $("verdict").textContent = verdict?.message ?? "";
    $("verdict").className = verdict ? (verdict.right ? "right" : "wrong") : "";
  }

  function close() {
    if (asking && $("guess").contains(document.activeElement)) $("predict").focus();
    asking = false;
    $("guess").hidden = true;
  }

  function show(frame) {
    close();
    say();
    $(`s${shown}`).classList.remove("shown");
    $(`s${shown = frame}`).classList.add("shown");
    graph.at(frame);
    return frame ? steps[frame - 1].announcement : $("s0").textContent;
  }

  function predict() {
    if (shown === steps.length) return say({ message: "That was the last step: there is nothing left to predict." });
    const { question } = steps[shown];
    $("known").replaceChildren(...question.slice(0, -1).flatMap(row => ["dt", "dd"].map((tag, column) => {
      const element = document.createElement(tag);
      element.textContent = row[column];
      return element;
    })));
    $("asked").textContent = question.at(-1)[1];
    $(`s${shown}`).classList.remove("shown");
    say();
    asking = true;
    graph.ask(shown);
    $("guess").hidden = false;
    $("answer").value = "";
    $("answer").focus();
  }

  function onward(verdict) {
    go(shown + 1);
    say(verdict);
  }

  const sameNode = (one, other) => one && other && one.node === other.node && one.kind === other.kind;
  const frames = [...Array(steps.length + 1).keys()];
  const go = play({
    word: "step",
    numbers: frames,
    stops: frames.filter(frame => !sameNode(steps[frame - 1], steps[frame])),
    leap: "node",
    show,
    predict,
  });
  $("guess").addEventListener("submit", event => {
    event.preventDefault();
    const typed = $("answer").value;
    if (!typed.trim()) return onward();
    const verdict = judge(typed, steps[shown]);
    if (verdict.right) return onward(verdict);
    say(verdict);
    $("answer").select();
  });
  $("reveal").addEventListener("click", () => onward());
  $("guess").addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    close();
    $(`s${shown}`).classList.add("shown");
    graph.at(shown);
    say();
  });

  // Paper shows the numbers of the end, whatever the screen shows.
  addEventListener("beforeprint", () => graph.at(steps.length, false));
  addEventListener("afterprint", () => graph.at(shown));
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

if (data.steps) playing();
else filling();
