// A long walk in its page: what each step says is computed from the graph's columns, see engine/walk/long.py, in the
// same words as engine/walk/explain.py and engine/walk/page.py.
"use strict";

// Columns: numbers of seven bits a byte, or of eight bytes

const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

function unpacked(text) {
  const numbers = [];
  let number = 0, place = 1;
  for (const byte of bytesOf(text)) {
    number += (byte & 127) * place;
    place *= 128;
    if (byte > 127) continue;
    numbers.push(number);
    number = 0;
    place = 1;
  }
  return numbers;
}

function floats(text) {
  const view = new DataView(bytesOf(text).buffer);
  return Float64Array.from({ length: view.byteLength / 8 }, (_, index) => view.getFloat64(8 * index, true));
}

function summed(distances) {
  let at = 0;
  return distances.map(distance => (at += distance));
}

// The walk: nodes are numbers, and a step is an object as in engine/walk/trace.py

function recordedWalk(columns) {
  const REQUIRES_GRAD = 1, NAMED = 2, PASSES = 4;
  const rows = [null, ...columns.rows], row = unpacked(columns.row), flags = unpacked(columns.flags);
  const numbers = floats(columns.data), count = row.length, root = count - 1, distances = unpacked(columns.args);
  const requiresGrad = node => Boolean(flags[node] & REQUIRES_GRAD), hasName = node => Boolean(flags[node] & NAMED);
  const args = [], forward = [], users = Array.from({ length: count }, () => []);
  let at = 0;
  for (let node = 0; node < count; node++) {
    args.push(row[node] ? distances.slice(at, (at += rows[row[node]].arity)).map(back => node - back) : []);
    if (row[node]) forward.push(node);
    for (const arg of new Set(args[node])) users[arg].push(node);
  }
  const seeds = Number(requiresGrad(root)), first = forward.length + seeds, edges = columns.steps - first;

  // The edges in the order of the pass, their numbers, and when each gradient is complete

  const source = [], place = [], target = [], path = [], paths = new Uint32Array(count);
  for (const node of forward.toReversed()) {
    if (!(flags[node] & PASSES)) continue;
    args[node].forEach((arg, argument) => {
      if (!requiresGrad(arg)) return;
      source.push(node);
      place.push(argument);
      target.push(arg);
      path.push(++paths[arg]);
    });
  }
  const complete = seeds ? [root] : [], completeAt = seeds ? [1] : [];
  target.forEach((node, edge) => {
    if (path[edge] < paths[node]) return;
    complete.push(node);
    completeAt.push(edge + 1 + seeds);
  });

  const grads = new Float64Array(count), before = new Float64Array(edges), local = new Float64Array(edges), rest = floats(columns.local);
  for (const [node, held] of columns.held) grads[node] = held;
  const held = grads.slice();
  if (seeds) grads[root] += 1;
  let used = 0;
  for (let edge = 0; edge < edges; edge++) {
    const node = source[edge], how = rows[row[node]].how[place[edge]];
    if (!how) local[edge] = rest[used++];
    else if (how[0] === "is") local[edge] = how[1];
    else local[edge] = numbers[how[1] < 0 ? node : args[node][how[1]]];
    before[edge] = grads[target[edge]];
    grads[target[edge]] += grads[node] * local[edge];
  }

  // Gradients after so many steps, kept for the latest question

  const now = held.slice();
  let taken = 0;
  function gradients(steps) {
    for (; taken < steps; taken++) {
      const edge = taken - first;
      if (edge >= 0) now[target[edge]] += grads[source[edge]] * local[edge];
      else if (seeds && edge === -1) now[root] += 1;
    }
    for (; taken > steps; taken--) {
      const edge = taken - 1 - first;
      if (edge >= 0) now[target[edge]] = before[edge];
      else if (seeds && edge === -1) now[root] = held[root];
    }
    return now;
  }

  function step(number) { // from 1
    const index = number - 1, edge = index - first;
    if (index < forward.length) {
      const node = forward[index];
      return { kind: "forward", number, nth: number, of: forward.length, node, target: node, after: numbers[node], paths: 1 };
    }
    const backward = { number, nth: number - forward.length, of: columns.whole };
    if (edge < 0) return { ...backward, kind: "seed", node: root, target: root, before: held[root], after: held[root] + 1, paths: 1 };
    const upstream = grads[source[edge]], contribution = upstream * local[edge];
    return {
      ...backward, kind: "backward", node: source[edge], target: target[edge], argument: place[edge], upstream, contribution,
      local: local[edge], before: before[edge], after: before[edge] + contribution, path: path[edge], paths: paths[target[edge]],
    };
  }

  function progress({ kind, nth }) {
    if (kind === "forward") return [forward.slice(0, nth), forward.slice(nth)];
    let low = 0, high = completeAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (completeAt[middle] <= nth) low = middle + 1;
      else high = middle;
    }
    return [complete.slice(0, low), complete.slice(low)];
  }

  // Names: those that are not written out are the numbers of constants, or count on

  const names = [];
  let counted = 0;
  for (const each of columns.names) {
    if (typeof each === "string") {
      names.push(each);
      if (/^v\d{1,8}$/.test(each)) counted = Number(each.slice(1));
      continue;
    }
    for (let left = each; left; left--) names.push(hasName(names.length) ? `v${++counted}` : formatNumber(numbers[names.length], 6));
  }
  const rowOf = node => rows[row[node]];
  return { count, root, numbers, names, args, users, forward, rowOf, requiresGrad, hasName, seeds, first, steps: columns.steps, step, gradients, progress };
}

// Words: the functions of engine/walk/explain.py, under the same names

function wordingOf(walk, columns) {
  const { names, numbers, args, root, rowOf, hasName } = walk, line = unpacked(columns.line);
  const heldNotes = new Map(columns.held.map(([node, , note]) => [node, note])), changed = new Map(columns.changed);
  const name = node => names[node], data = node => shownNumber(numbers[node]);
  const parenthesized = text => (/[-−+*/<>=, ]/.test(text) && !/^[\d.]+e[-−+]\d+$/.test(text) ? `(${text})` : text);
  const filledIn = (parts, texts, result) => parts.map(part => (typeof part === "string" ? part : part < 0 ? result : texts[part])).join("");
  const grad = node => `${parenthesized(name(node))}.grad`;
  const slope = (node, by) => `d${parenthesized(name(node))}/d${parenthesized(name(by))}`;
  const formula = node => `${name(node)} = ${spell(node, name)}`;
  const distinct = texts => [...new Set(texts)];

  function spell(node, called) {
    const { spelled, operator, alone } = rowOf(node), texts = args[node].map(called);
    const bare = (text, place) => !operator || (place === 0 && alone && /^[-−][\d.]+(e[-−+]\d+)?$/.test(text));
    return filledIn(spelled, texts.map((text, place) => (bare(text, place) ? text : parenthesized(text))));
  }

  const fill = (parts, node, called) => filledIn(parts, args[node].map(arg => parenthesized(called(arg))), parenthesized(called(node)));
  const meaning = node => trueMinus(fill(rowOf(node).doc, node, name));

  function local(step) {
    const { parts, choice, letter, number } = rowOf(step.node).partials[step.argument];
    const [named, counted] = [name, data].map(called => trueMinus(fill(parts, step.node, called))), last = shownNumber(step.local);
    let texts = choice ? [`(${named})`, last] : [named, counted, last];
    if (letter) texts.splice(texts.indexOf(counted), 1);
    if (number) texts = texts.slice(-1);
    return [slope(step.node, step.target), ...distinct(texts)].join(" = ");
  }

  function rule({ node, target, argument }) {
    return trueMinus(`${slope(node, target)} = ${fill(rowOf(node).partials[argument].parts, node, name)}`);
  }

  function twin({ node, target, argument }) {
    const times = args[node].filter(arg => arg === target).length;
    return times > 1 ? `   (by the ${columns.ordinals[argument]} ${name(target)})` : "";
  }

  const factors = ({ upstream, local, contribution }) =>
    `${shownNumber(upstream)} × ${parenthesized(shownNumber(local))} = ${shownNumber(contribution)}`;
  const chainRule = step => `${slope(root, step.target)} += upstream × local = ${factors(step)}`;
  const place = ({ kind, nth, of }) => `${kind === "forward" ? "forward" : "backward"} ${nth}/${of}`;
  const subject = ({ kind, node }) => (kind === "seed" ? `start at the root, ${name(node)}` : `node ${formula(node)}`);
  const asked = ({ kind, target }) => (kind === "forward" ? name(target) : grad(target));
  const change = ({ before, after }) => `${shownNumber(before)} → ${shownNumber(after)}`;

  function pathOf({ path, paths, target }) {
    return `path ${path} of ${paths}: ${name(target)} is used ${paths === 2 ? "twice" : `${paths} times`}`;
  }

  function glossary(step) {
    const reacts = step.node === root ? "itself, one to one" : name(step.node);
    const along = step.paths > 1 ? `This is ${pathOf(step)}, and the paths add up.` : "Along a path, local derivatives multiply.";
    return [
      `upstream ${shownNumber(step.upstream)}: how strongly ${name(root)} reacts to ${reacts}.`,
      `local ${shownNumber(step.local)}: how strongly ${name(step.node)} reacts to ${name(step.target)}.`,
      along,
    ];
  }

  function more(step) { // the rows that any step may have: its source line and its notes
    const rows = [];
    if (line[step.node]) rows.push(["made at", columns.lines[line[step.node] - 1]]);
    if (step.kind !== "forward" && step.path === 1 && step.before && heldNotes.has(step.target) && !args[step.target].length) {
      rows.push(["note", heldNotes.get(step.target)]);
    }
    for (const node of new Set([...args[step.node], step.node])) if (changed.has(node)) rows.push(["note", changed.get(node)]);
    return rows;
  }

  function rows(step) {
    const { kind, node, target } = step, listed = [];
    if (kind === "forward") {
      listed.push(["rule", `${formula(node)}: ${meaning(node)}`], ["numbers", `${spell(node, data)} = ${shownNumber(step.after)}`]);
    } else if (kind === "seed") {
      listed.push(["seed", `${slope(root, root)} = 1.0: ${name(root)} moves exactly as ${name(root)} does`], [grad(root), change(step)]);
    } else {
      listed.push(["upstream", `${slope(root, node)} = ${shownNumber(step.upstream)}`], ["local", local(step) + twin(step)]);
      listed.push(["chain rule", chainRule(step)], [grad(target), change(step) + (step.paths > 1 ? `   (${pathOf(step)})` : "")]);
    }
    return [...listed, ...more(step)];
  }

  function progress(step) {
    const [done, todo] = walk.progress(step), { few } = columns;
    const text = [...(done.length > few ? ["…"] : []), ...done.slice(-few).map(name)].join(", ");
    const rest = todo.length > few ? ` and ${todo.length - few} more` : "";
    return todo.length ? `${text}    to do: ${todo.slice(0, few).map(name).join(", ")}${rest}` : text;
  }

  function announcement(step) {
    if (step.kind === "forward") return `${place(step)}: ${name(step.target)} is ${shownNumber(step.after)}.`;
    const from = step.kind === "seed" ? "the seed" : `by the edge to ${name(step.node)}`;
    return `${place(step)}: ${asked(step)} goes from ${shownNumber(step.before)} to ${shownNumber(step.after)}, ${from}.`;
  }

  // A step as HTML: the functions of engine/walk/page.py

  const escaped = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const lengthOf = text => [...text].length;

  function nodeInStrip(node, grad = "") {
    if (!hasName(node)) return `<p class="end"><b>${escaped(data(node))}</b></p>`;
    const equals = `<b class="name">${escaped(name(node))}</b> = <span class="forward">${data(node)}</span>`;
    return `<p class="end"><span class="what">${equals}</span>${grad}</p>`;
  }

  const arrow = label => `<p class="arrow">${escaped(label)}</p>`;

  function strip(step) {
    const LONG = 80, LONG_PROJECTED = 42, { kind, node, target } = step;
    if (kind === "forward") {
      const inputs = [...new Set(args[node])].map(arg => nodeInStrip(arg)).join("");
      return `<div class="strip ahead">${inputs}${arrow(rowOf(node).symbol)}${nodeInStrip(node)}</div>`;
    }
    const to = `grad ${shownNumber(step.before)} → <b>${shownNumber(step.after)}</b>`, changed = `<span class="backward">${to}</span>`;
    if (kind === "seed") return `<div class="strip">${nodeInStrip(target, changed)}${arrow("the seed, 1.0")}</div>`;
    const upstream = `<span class="backward">grad ${shownNumber(step.upstream)}</span>`, label = local(step) + twin(step);
    const length = [label, ...[target, node].map(each => name(each) + data(each))].reduce((sum, text) => sum + lengthOf(text), 0);
    const size = (length > LONG ? " long" : "") + (length > LONG_PROJECTED ? " longish" : "");
    return `<div class="strip${size}">${nodeInStrip(target, changed)}${arrow(label)}${nodeInStrip(node, upstream)}</div>`;
  }

  function equation(step) {
    const { kind, node } = step;
    if (kind === "backward") return ["chain rule", chainRule(step)];
    if (kind === "seed") return ["seed", `${slope(node, node)} = 1.0`];
    return ["numbers", `${name(node)} = ${spell(node, data)} = ${shownNumber(step.after)}`];
  }

  function meant({ kind, node }) {
    if (kind !== "seed") return `${formula(node)}: ${meaning(node)}`;
    return `${name(node)} moves exactly as ${name(node)} does. From here each step hands a gradient down one edge.`;
  }

  const list = rows => rows.map(([label, text]) =>
    `<dt>${escaped(label)}</dt><dd${label === "made at" ? ' class="math"' : ""}>${escaped(text)}</dd>`).join("");

  function article(step) {
    const edge = step.kind === "backward" ? `the edge from ${formula(step.node)} to ${name(step.target)}` : subject(step);
    const [label, numbers] = equation(step), sentences = (step.kind === "backward" ? glossary(step) : [meant(step)]).map(escaped);
    const [upstream, local, along] = sentences, words = along ? `${upstream}<br>${local} <span class="along">${along}</span>` : upstream;
    const below = list([...more(step), ...(step.number === walk.steps ? [columns.end] : [])]);
    return `<h2><span class="${step.kind}">${place(step)}</span> ${escaped(edge)}</h2>${strip(step)}`
      + `<p class="equation"><span class="quiet">${label}</span> <b>${escaped(numbers)}</b></p>`
      + `<p class="glossary quiet">${words}</p>${below && `<dl>${below}</dl>`}`;
  }

  return { name, data, place, subject, rows, progress, announcement, article, local, rule, twin, spell, slope, formula, asked, grad, meaning, parenthesized };
}

// The edge with its neighbours: the operation, its arguments to the left, and what uses it to the right

function neighbourhood(walk, words) {
  const FONT = 13, LETTER = 8, LINE = 18, HIGH = 62, GAP = 14, ACROSS = 110, SVG = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("role", "img");
  $("near").replaceChildren(svg);
  const escaped = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const clipped = text => ([...text].length > 22 ? `${[...text].slice(0, 10).join("")}…${[...text].slice(-10).join("")}` : text);

  function written(node, frame, gradients) {
    const computed = !walk.args[node].length || frame >= walk.forward.length || walk.numbersAt(node) < frame;
    const named = walk.hasName(node), lines = [];
    if (named) lines.push(["#1f2933", "bold", clipped(words.name(node))]);
    lines.push(["#0b5fa5", "", `${named ? "data " : ""}${computed ? words.data(node) : "?"}`]);
    if (walk.requiresGrad(node)) lines.push(["#b34700", "", `grad ${shownNumber(gradients[node])}`]);
    const symbol = walk.args[node].length ? walk.rowOf(node).symbol : "";
    return { node, lines, symbol, wide: Math.max(...lines.map(([, , text]) => [...text].length)) * LETTER + 20 + (symbol ? [...symbol].length * LETTER + 16 : 0) };
  }

  function column(boxes, x, total) {
    const high = boxes.length * (HIGH + GAP) - GAP;
    boxes.forEach((box, place) => Object.assign(box, { x, y: (total - high) / 2 + place * (HIGH + GAP) }));
  }

  function drawn(box, classes) {
    const { x, y, wide, lines, symbol, more } = box, left = symbol ? [...symbol].length * LETTER + 16 : 0;
    if (more) return `<text x="${x}" y="${y + HIGH / 2}" fill="#5f6b76">${escaped(more)}</text>`;
    const top = y + HIGH / 2 - (lines.length - 1) * LINE / 2 + 5, fill = symbol ? "#ffffff" : "#fff8e1";
    const rows = lines.map(([color, weight, text], place) =>
      `<text x="${x + left + (wide - left) / 2}" y="${top + place * LINE}" text-anchor="middle" fill="${color}"${weight && ` font-weight="${weight}"`}>${escaped(text)}</text>`);
    const sign = symbol ? `<text x="${x + left / 2}" y="${y + HIGH / 2 + 5}" text-anchor="middle" font-weight="bold" fill="#1f2933">${escaped(symbol)}</text><path d="M${x + left} ${y}v${HIGH}" fill="none" stroke="#5f6b76"/>` : "";
    const frame = `<path d="M${x + 8} ${y}h${wide - 16}q8 0 8 8v${HIGH - 16}q0 8 -8 8h${16 - wide}q-8 0 -8 -8v${16 - HIGH}q0 -8 8 -8z" fill="${fill}" stroke="${symbol ? "#0b5fa5" : "#1f2933"}"/>`;
    return `<g class="node ${classes}">${frame}${sign}${rows.join("")}</g>`;
  }

  let latest = null; // what is shown: a question, too, is laid out anew where the room changes
  new ResizeObserver(() => { if (latest) show(...latest); }).observe($("near"));

  function show(step, frame) {
    latest = [step, frame];
    const gradients = walk.gradients(frame), { node, target, kind } = step;
    const projected = page.hasAttribute("data-projector"), least = (projected ? 24 : 10) / FONT;
    const { clientWidth, clientHeight } = $("near"), most = Math.max(1, Math.floor((clientHeight / least - 30 + GAP) / (HIGH + GAP)));
    const some = (nodes, needed) => { // as many as there is room for, and how many more there are
      const distinct = [...new Set([...nodes.filter(each => each === needed), ...nodes])];
      const kept = new Set(distinct.slice(0, distinct.length > most ? Math.max(1, most - 1) : most)), left = distinct.length - kept.size;
      const boxes = nodes.filter((each, place) => kept.has(each) && nodes.indexOf(each) === place).map(each => written(each, frame, gradients));
      return left && most > 1 ? [...boxes, { more: `and ${left} more`, wide: 90, lines: [] }] : boxes;
    };
    const inputs = some(walk.args[node], target), users = clientWidth / least > 720 ? some(walk.users[node]) : [];
    const middle = written(node, frame, gradients), label = kind === "backward" ? words.local(step).split(" = ") : [];
    const edge = label.length ? clipped(`${label[0]} = ${label.at(-1)}`) : "";
    const widest = boxes => Math.max(0, ...boxes.map(box => box.wide));
    const total = Math.max(inputs.length, users.length, 1) * (HIGH + GAP) - GAP, between = Math.max(ACROSS, edge.length * LETTER + 24);
    const start = inputs.length ? widest(inputs) + between : 0;
    column(inputs, 0, total);
    for (const box of inputs) box.x = widest(inputs) - box.wide;
    column([middle], start, total);
    column(users, start + middle.wide + ACROSS * .6, total);
    const parts = [], wide = start + middle.wide + (users.length ? ACROSS * .6 + widest(users) : 0);
    for (const box of inputs.filter(each => !each.more)) {
      const now = kind === "backward" && box.node === target, y = box.y + HIGH / 2, half = total / 2;
      const from = box.x + box.wide, above = 9 + Math.abs(half - y) / 4, stroke = kind === "forward" ? "#0b5fa5" : "#5f6b76";
      const label = `<text x="${(from + start) / 2}" y="${(y + half) / 2 - above}" text-anchor="middle" fill="#b34700">${escaped(edge)}</text>`;
      parts.push(`<g class="edge ${now ? "now" : ""}"><path d="M${from} ${y}L${start} ${half}" fill="none" stroke="${stroke}"/>${now ? label : ""}</g>`);
    }
    for (const box of users.filter(each => !each.more)) parts.push(`<g class="edge"><path d="M${start + middle.wide} ${total / 2}L${box.x} ${box.y + HIGH / 2}" fill="none" stroke="#5f6b76"/></g>`);
    const mark = box => (kind === "start" ? "" : box.node === target ? `now ${kind}` : box.node === node ? "from" : "");
    svg.innerHTML = `<title>${escaped(kind === "start" ? words.name(node) : words.subject(step))}</title>${parts.join("")}${[...inputs, middle, ...users].map(box => drawn(box, mark(box))).join("")}`;
    svg.setAttribute("viewBox", `-6 -18 ${wide + 12} ${total + 30}`);
    svg.style.maxWidth = `${(wide + 12) * (projected ? 2 : 1.15)}px`;
  }

  return { show };
}

function playingLong(columns) {
  const walk = recordedWalk(columns), words = wordingOf(walk, columns);
  const computedAt = new Map(walk.forward.map((node, index) => [node, index]));
  const START = { kind: "start", node: walk.root, target: -1 }; // no step: the root and its arguments
  walk.numbersAt = node => computedAt.get(node);
  const near = neighbourhood(walk, words);
  const box = columns.box && unpacked(columns.box), turn = columns.turn && unpacked(columns.turn);
  let shown = 0, marked = [], by = "edge";
  document.querySelector("main").classList.add("long", ...(svg ? ["drawn"] : []));
  const view = svg && camera();

  // The folded graph: the boxes of both nodes, and the arrow between them

  function mark(element, ...names) {
    if (!element) return;
    element.classList.add(...names);
    marked.push([element, names]);
  }

  function follow(step) {
    for (const [element, names] of marked) element.classList.remove(...names);
    marked = [];
    if (!view) return;
    const group = node => (box[node] ? $(`n${box[node] - 1}`) : null);
    if (!step) { // the root
      const last = group(walk.root);
      return view.follow(last ? [[last]] : [], null);
    }
    const [to, from] = [group(step.target), group(step.node)];
    if (!to) return view.follow([], null);
    mark(to, "now", step.kind);
    const arrow = from === to ? null : $(columns.arrows[`${to.id} ${from?.id}`]);
    if (from !== to) mark(from, "from");
    mark(arrow, "now");
    view.follow([[to, from, arrow].filter(Boolean), [to]], null);
  }

  function show(frame) {
    const step = frame ? walk.step(frame) : null;
    quiz.close();
    quiz.say();
    shown = frame;
    $("s0").classList.toggle("shown", !frame);
    $("step").classList.toggle("shown", Boolean(frame));
    $("step").innerHTML = step ? words.article(step) : "";
    $("steps").scrollTop = 0;
    const place = step && turn ? columns.turns[turn[step.node]] : "";
    if (place) $("step").querySelector("h2").append(` · ${place}`);
    near.show(step ?? START, frame);
    follow(step);
    rows(step);
    return step ? words.announcement(step) : $("s0").textContent;
  }

  function rows(step) {
    const lines = step ? [...words.rows(step), ["done", words.progress(step)]] : [["rows", "No step is taken yet: next takes the first."]];
    $("why").querySelector("dl").replaceChildren(...listed(lines));
  }

  function open() {
    const on = document.querySelector("main").dataset.side !== "why";
    document.querySelector("main").dataset.side = on ? "why" : "";
    press("show-why", on);
    $("why").hidden = !on;
  }

  // Ways to go on: by edge, or to the last step of a node, a neuron or a layer

  const sameNode = (one, other) => one && other && one.node === other.node && one.kind === other.kind;
  const frames = [...Array(walk.steps + 1).keys()];
  const ends = { node: frames.filter(frame => !sameNode(frame && walk.step(frame), frame < walk.steps && walk.step(frame + 1))) };
  for (const name of ["neuron", "layer"]) ends[name] = [0, ...summed(unpacked(columns.by[name]))];

  const asks = columns.operators && quizOf(walk, words, columns);
  const quiz = predictions({
    last: walk.steps,
    at: () => shown,
    question: frame => (asks ? asks.question(walk.step(frame + 1)) : columns.refused),
    cases: frame => asks.cases(walk.step(frame + 1)),
    begin(frame) {
      const next = walk.step(frame + 1);
      for (const id of ["s0", "step"]) $(id).classList.remove("shown");
      near.show(next, frame);
      follow(next);
      $("why").querySelector("dl").replaceChildren();
    },
    cancel: () => show(shown),
    go: frame => go(frame),
  });

  KEYS.w = open;
  $("show-why").addEventListener("click", open);
  explainKey("W", "the step in rows, as at the prompt");
  $("by").addEventListener("change", () => {
    by = $("by").value;
    $("by").blur(); // the arrow keys are the walk's
  });
  $("player").append($("panels"));
  $("panels").hidden = false;
  const go = play({
    word: "step",
    numbers: frames,
    predict: quiz.predict,
    stops: ends.node,
    leap: "node",
    show,
    onward(frame, way) {
      if (by === "edge") return frame + way;
      return (way > 0 ? ends[by].find(each => each > frame) : ends[by].findLast(each => each < frame)) ?? frame;
    },
  });
}
