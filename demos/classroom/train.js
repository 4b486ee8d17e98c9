// The tab Train: a network that learns in the page, by a step that Python wrote from the recorded graph of one row.
import { $, asked, pointed, remember, say } from "./app.js";

const GRID = 28; // points of a neuron's view, to a side
const BUDGET = 4; // milliseconds of a frame for the views
const MEASURED = 4; // frames from one measurement of all rows to the next
const MOST_KEPT = 600; // moments of the history; then every other one is let go
const FARTHEST = 1000; // of a point of one's own, in an address
const NUMBERED = 40; // edges that get their numbers
const DEFAULTS = { data: "moons", layers: "4 4", activation: "tanh", rate: "0.1", batch: "0", optimizer: "SGD", init: "", decay: "0", noise: "0.1", seed: "0" };

const module = text => import(URL.createObjectURL(new Blob([`${text}\nexport { V, ROOTS, WATCHED, forward, step };`], { type: "text/javascript" })));

function random(seed) { // numbers from 0 to 1, the same for the same seed
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// A network with its data, that takes steps. It knows nothing of the page.
export class Training {
  static async of(made, settings) {
    const [net, rule] = await Promise.all([module(made.step), module(made.rule)]);
    return new Training(made, settings, net, rule);
  }

  constructor(made, { rate, batch }, net, rule) {
    Object.assign(this, { net, rule, rate, layers: made.layers, matrices: made.matrices });
    this.P = Float64Array.from(made.weights);
    this.G = new Float64Array(this.P.length);
    this.slots = Array.from({ length: made.slots }, () => new Float64Array(this.P.length));
    this.rows = made.rows;
    this.X = Float64Array.from(made.rows.flat());
    this.batch = batch > 0 && batch < made.rows.length ? batch : made.rows.length;
    this.random = random(1);
    this.at = 0;
    this.steps = 0;
    this.loss = NaN;
    this.history = [];
    this.every = 1; // of the moments that are noted, the history keeps each such one
    this.count = 0;
    this.measure();
    this.note();
  }

  shuffle() {
    for (let i = this.rows.length - 1; i > 0; i--) {
      const j = Math.floor(this.random() * (i + 1));
      for (let k = 0; k < 3; k++) [this.X[3 * i + k], this.X[3 * j + k]] = [this.X[3 * j + k], this.X[3 * i + k]];
    }
  }

  // One step of the optimizer on one batch. Throws where a number is no longer finite.
  step() {
    const { P, G, X, rule, slots } = this, whole = this.batch === this.rows.length;
    if (!whole && this.at + this.batch > this.rows.length) this.at = 0;
    if (!whole && this.at === 0) this.shuffle();
    const loss = this.net.step(P, G, X, this.batch, whole ? 0 : this.at);
    if (!Number.isFinite(loss)) throw new Error("diverged");
    if (!whole) this.at += this.batch;
    const Y = new Float64Array(4 + slots.length);
    this.steps++;
    for (let i = 0; i < P.length; i++) {
      Y[0] = P[i];
      Y[1] = G[i];
      Y[2] = this.rate;
      Y[3] = this.steps;
      slots.forEach((slot, k) => { Y[4 + k] = slot[i]; });
      rule.forward(null, Y, 0);
      P[i] = rule.V[rule.ROOTS[0]];
      slots.forEach((slot, k) => { slot[i] = rule.V[rule.ROOTS[k + 1]]; });
    }
  }

  measure() { // the mean loss of all rows, and how many are on the right side
    let total = 0, right = 0;
    const { net, P, X } = this, output = net.WATCHED.at(-1);
    for (let r = 0; r < X.length; r += 3) {
      net.forward(P, X, r);
      total += net.V[net.ROOTS[0]];
      right += net.V[output] * X[r + 2] > 0;
    }
    this.loss = total / this.rows.length;
    this.right = right / this.rows.length;
    this.measured = this.steps;
    if (!Number.isFinite(this.loss)) throw new Error("diverged");
  }

  note() {
    if (this.count++ % this.every) return;
    if (this.history.at(-1)?.steps === this.steps) return;
    this.history.push({ steps: this.steps, loss: this.loss, right: this.right, P: this.P.slice() });
    if (this.history.length < MOST_KEPT) return;
    this.every *= 2;
    this.history = this.history.filter((_, index) => index % 2 === 0);
  }
}

export function trainTab({ python }) {
  let training = null, running = false, frame = 0, views = null, bounds = null, cursor = 0, seen = null, own = [], turn = 0;
  const canvas = $("train-net"), plane = $("train-plane"), curve = $("train-curve");
  const fields = Object.keys(DEFAULTS);
  const field = name => $(`train-${name}`);
  const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function settings() { // as Python takes them; null, with a message, where a number cannot be read
    const read = {};
    for (const name of ["rate", "batch", "decay", "noise", "seed"]) {
      const text = pointed(field(name).value.trim()), number = Number(text || NaN);
      const whole = name === "batch" || name === "seed", fits = number >= 0 && (whole ? Number.isSafeInteger(number) : Number.isFinite(number));
      field(name).toggleAttribute("aria-invalid", !fits);
      if (!fits) {
        message(say(whole ? "train.whole" : "train.number", { text: field(name).value, name: field(name).labels[0].textContent }), true);
        return null;
      }
      read[name] = number;
    }
    for (const name of ["data", "layers", "activation", "optimizer", "init"]) read[name] = field(name).value;
    return { ...read, rows: 100, points: own };
  }

  function message(text, wrong = false) {
    $("train-message").textContent = text;
    $("train-message").className = wrong ? "wrong" : "";
  }

  const words = () => Object.fromEntries(fields.map(name => [`t.${name}`, field(name).value === DEFAULTS[name] ? null : field(name).value]));
  const address = () => remember({ ...words(), "t.points": own.map(point => point.join(",")).join(";") || null });

  async function begin() {
    pause();
    closeValues();
    const chosen = settings(), mine = ++turn;
    if (!chosen) return;
    address();
    if (chosen.data === "own" && own.length < 2) {
      training = null;
      $("train-state").textContent = "";
      message(say("train.points"));
      frameOwn();
      return draw();
    }
    message(document.documentElement.dataset.python === "ready" ? "" : say("train.waiting"));
    try {
      const made = await python.ask("trainer", JSON.stringify(chosen));
      if (mine !== turn) return;
      field("layers").toggleAttribute("aria-invalid", Boolean(made.error?.startsWith("the layers")));
      if (made.error) return message(made.error, true);
      const next = await Training.of(made, chosen);
      if (mine !== turn) return;
      training = next;
      views = null;
      seen = null;
      if (chosen.data === "own") frameOwn();
      else frameBounds(training.rows);
      message("");
      show();
    } catch (error) {
      message(error.message === "stopped" ? say("stopped") : error.message, true);
    }
  }

  function frameBounds(rows) { // a square around all rows
    const xs = rows.map(row => row[0]), ys = rows.map(row => row[1]);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const half = Math.max(right - left, high - low, 1) * .58;
    bounds = { x: (left + right) / 2 - half, y: (low + high) / 2 - half, size: 2 * half };
  }

  function frameOwn() { // what is in view stays where it is, so that the next click hits where it should
    const { x, y, size } = bounds ?? { x: -1.2, y: -1.2, size: 2.4 };
    bounds = { x, y, size };
    if (own.some(([px, py]) => px < x || px > x + size || py < y || py > y + size)) frameBounds([[x, y], [x + size, y + size], ...own]);
  }

  // Training, frame by frame

  function advance() {
    if (!running) return;
    const began = performance.now(), speed = Number($("train-speed").value);
    try {
      for (let k = 0; k < speed && (k === 0 || performance.now() - began < 8); k++) training.step();
      if (++frames % MEASURED === 0) {
        training.measure();
        training.note();
      }
    } catch {
      training.measured = training.steps;
      pause();
      message(say("train.diverged", { steps: training.steps, rate: field("rate").value }), true);
      return;
    }
    seen = null;
    if (frames % MEASURED === 0) show();
    else {
      look();
      draw();
    }
    frame = requestAnimationFrame(advance);
    counted.push(performance.now());
    if (counted.length > 61) counted.shift();
    document.documentElement.dataset.frames = Math.round(1000 * (counted.length - 1) / (counted.at(-1) - counted[0])) || 0;
  }
  let counted = [], frames = 0;

  function pause() {
    if (running && training && training.measured !== training.steps) {
      training.measure();
      training.note();
    }
    const was = running;
    running = false;
    counted = [];
    cancelAnimationFrame(frame);
    $("train-run").setAttribute("aria-pressed", false);
    if (was && training) show();
    if (was && training) announce();
  }

  function run() {
    if (running) return pause();
    if (!training) return;
    message("");
    closeValues();
    if (seen) goOn();
    running = true;
    $("train-run").setAttribute("aria-pressed", true);
    frame = requestAnimationFrame(advance);
  }

  function goOn() { // from the moment of the history that is shown
    training.P.set(seen.P);
    training.history = training.history.slice(0, training.history.indexOf(seen) + 1);
    training.steps = seen.steps;
    for (const slot of training.slots) slot.fill(0);
    seen = null;
  }

  const sentence = moment => say("train.state", { steps: moment.steps, loss: moment.loss.toPrecision(4), right: Math.round(100 * moment.right) });
  const announce = () => { $("train-announce").textContent = sentence(seen ?? training); };

  function show() {
    const moment = seen ?? training;
    $("train-state").textContent = sentence(moment);
    $("train-history").max = training.history.length - 1;
    $("train-history").value = seen ? training.history.indexOf(seen) : training.history.length - 1;
    $("train-history").setAttribute("aria-valuetext", sentence(moment));
    look();
    draw();
  }

  // What every neuron gives on a grid; while it trains, a part of the grid in each frame

  function look(all = !running) {
    const { net } = training, P = seen?.P ?? training.P, began = performance.now(), X = new Float64Array(3);
    const fresh = !views;
    views ??= net.WATCHED.map(() => new Float32Array(GRID * GRID));
    for (let k = 0; k < GRID; k++) {
      const y = all || fresh ? k : cursor = (cursor + 1) % GRID;
      X[1] = bounds.y + (1 - (y + .5) / GRID) * bounds.size;
      for (let x = 0; x < GRID; x++) {
        X[0] = bounds.x + ((x + .5) / GRID) * bounds.size;
        net.forward(P, X, 0);
        net.WATCHED.forEach((node, neuron) => { views[neuron][y * GRID + x] = net.V[node]; });
      }
      if (!all && !fresh && performance.now() - began > BUDGET) break;
    }
  }

  // Pictures. Above 0 is blue and below is orange; the edge of a weight below 0 is dashed, too.

  const tile = document.createElement("canvas");
  tile.width = tile.height = GRID;
  const paint = tile.getContext("2d"), pixels = paint.createImageData(GRID, GRID);

  function painted(view, scale = 1) {
    for (let i = 0; i < view.length; i++) {
      const value = Math.max(-1, Math.min(1, view[i] * scale)), strength = Math.abs(value);
      const [red, green, blue] = value > 0 ? [11, 95, 165] : [214, 105, 20];
      pixels.data[4 * i] = 255 + (red - 255) * strength;
      pixels.data[4 * i + 1] = 255 + (green - 255) * strength;
      pixels.data[4 * i + 2] = 255 + (blue - 255) * strength;
      pixels.data[4 * i + 3] = 255;
    }
    paint.putImageData(pixels, 0, 0);
    return tile;
  }

  function fitted(element) { // a canvas as large as it is shown, in units of CSS pixels
    const { clientWidth: width, clientHeight: height } = element, ratio = devicePixelRatio || 1;
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    const context = element.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return { context, width, height };
  }

  function draw() {
    if ($("train").hidden || !bounds) return;
    drawPlane();
    if (!training) return [canvas, curve].forEach(fitted);
    drawNet();
    drawCurve();
  }

  function drawPlane() {
    const { context, width, height } = fitted(plane), side = Math.min(width, height);
    context.imageSmoothingEnabled = true;
    if (training && views) context.drawImage(painted(views.at(-1)), 0, 0, side, side);
    for (const [x, y, kind] of field("data").value === "own" ? own : training?.rows ?? []) {
      const px = ((x - bounds.x) / bounds.size) * side, py = (1 - (y - bounds.y) / bounds.size) * side;
      context.beginPath();
      if (kind > 0) context.arc(px, py, 4, 0, 7);
      else context.rect(px - 3.5, py - 3.5, 7, 7);
      context.fillStyle = kind > 0 ? "#0b5fa5" : "#b34700";
      context.strokeStyle = "#fff";
      context.lineWidth = 1.5;
      context.fill();
      context.stroke();
    }
  }

  function drawNet() {
    const { context, width, height } = fitted(canvas), { layers, matrices } = training, P = seen?.P ?? training.P;
    const most = Math.max(...layers), side = Math.max(6, Math.min(44, (height - 8) / most - 6, (width / layers.length) * .5));
    const place = (layer, neuron) => [
      8 + side / 2 + (layer * (width - 16 - side)) / (layers.length - 1),
      height / 2 + (neuron - (layers[layer] - 1) / 2) * Math.min(height / layers[layer], side * 2.2),
    ];
    const edges = matrices.reduce((sum, neurons) => sum + neurons.length * neurons[0].length, 0), labels = [];
    matrices.forEach((neurons, layer) => neurons.forEach((weights, to) => weights.forEach((index, from) => {
      const weight = P[index], [x0, y0] = place(layer, from), [x1, y1] = place(layer + 1, to);
      context.beginPath();
      context.setLineDash(weight < 0 ? [5, 3] : []);
      context.strokeStyle = color(weight < 0 ? "backward" : "forward");
      context.globalAlpha = Math.min(1, .2 + Math.abs(weight));
      context.lineWidth = Math.min(6, .5 + 2 * Math.abs(weight));
      context.moveTo(x0 + side / 2, y0);
      context.lineTo(x1 - side / 2, y1);
      context.stroke();
      const along = .3 + .4 * ((from + 1) / (weights.length + 1));
      if (edges <= NUMBERED) labels.push([weight, x0 + (x1 - x0) * along, y0 + (y1 - y0) * along]);
    })));
    context.globalAlpha = 1;
    context.setLineDash([]);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [weight, x, y] of labels) {
      const text = weight.toFixed(2).replace("-", "−");
      context.fillStyle = color("paper");
      context.globalAlpha = .85;
      context.fillRect(x - 17, y - 7, 34, 14);
      context.globalAlpha = 1;
      context.fillStyle = color("ink");
      context.fillText(text, x, y);
    }
    let neuron = 0;
    layers.forEach((count, layer) => {
      for (let k = 0; k < count; k++) {
        const [x, y] = place(layer, k);
        context.strokeStyle = color("ink");
        context.lineWidth = 1;
        if (layer) context.drawImage(painted(views[neuron++]), x - side / 2, y - side / 2, side, side);
        else {
          context.fillStyle = color("paper");
          context.fillRect(x - side / 2, y - side / 2, side, side);
          context.fillStyle = color("ink");
          context.fillText(k ? "y" : "x", x, y);
        }
        context.strokeRect(x - side / 2, y - side / 2, side, side);
      }
    });
  }

  function drawCurve() {
    const { context, width, height } = fitted(curve), { history } = training;
    const top = Math.max(...history.map(each => each.loss), 1e-9);
    const x = index => 4 + (index * (width - 8)) / Math.max(1, history.length - 1), y = loss => height - 4 - (loss / top) * (height - 20);
    context.strokeStyle = color("backward");
    context.lineWidth = 2;
    context.beginPath();
    history.forEach(({ loss }, index) => context.lineTo(x(index), y(loss)));
    context.stroke();
    context.fillStyle = color("ink");
    context.font = "12px system-ui, sans-serif";
    context.fillText(say("train.top", { loss: top.toPrecision(3) }), 4, 11);
    if (!seen) return;
    context.strokeStyle = color("ink");
    context.strokeRect(x(history.indexOf(seen)), 14, .5, height - 14);
  }

  const opens = $("train-open").textContent;
  function closeValues() { // they are of the weights of one moment
    $("train-frame").hidden = true;
    $("train-frame").removeAttribute("src");
    $("train-open").textContent = opens;
  }

  async function openValues() {
    if (!$("train-frame").hidden) return closeValues();
    if (!training) return;
    pause();
    const chosen = settings();
    if (!chosen) return;
    const P = seen?.P ?? training.P, answer = await python.ask("open_network", JSON.stringify(chosen), JSON.stringify([...P]), JSON.stringify(training.rows[0]));
    if (answer.error) return message(answer.error, true);
    const inside = $("train-frame");
    inside.hidden = false;
    $("train-open").textContent = say("train.close");
    inside.src = URL.createObjectURL(new Blob([answer.html], { type: "text/html" }));
    inside.addEventListener("load", () => inside.scrollIntoView({ block: "start" }), { once: true });
  }

  plane.addEventListener("click", event => { // a point of one's own
    const side = Math.min(plane.clientWidth, plane.clientHeight);
    const x = bounds.x + (event.offsetX / side) * bounds.size, y = bounds.y + (1 - event.offsetY / side) * bounds.size;
    if (event.offsetX > side || event.offsetY > side) return;
    if (field("data").value !== "own") {
      own = [];
      field("data").value = "own";
    }
    own.push([Number(x.toFixed(2)), Number(y.toFixed(2)), event.shiftKey || $("train-kind").value === "-1" ? -1 : 1]);
    begin();
  });
  for (const name of fields) field(name).addEventListener("change", begin);
  $("train-run").addEventListener("click", run);
  $("train-one").addEventListener("click", () => {
    if (!training) return;
    pause();
    closeValues();
    if (seen) goOn();
    try {
      training.step();
      training.measure();
      training.note();
    } catch {
      return message(say("train.diverged", { steps: training.steps, rate: field("rate").value }), true);
    }
    show();
    announce();
  });
  $("train-new").addEventListener("click", () => {
    field("seed").value = String((Number(field("seed").value) || 0) + 1);
    begin();
  });
  $("train-clear").addEventListener("click", () => {
    own = [];
    field("data").value = "own";
    begin();
  });
  $("train-open").addEventListener("click", openValues);
  $("train-history").addEventListener("input", () => {
    if (!training) return;
    pause();
    closeValues();
    seen = training.history[Number($("train-history").value)] ?? null;
    if (seen === training.history.at(-1)) seen = null;
    show();
  });
  new ResizeObserver(() => draw()).observe($("train"));
  new MutationObserver(() => draw()).observe(document.documentElement, { attributeFilter: ["data-theme", "data-projector"] });

  let begun = false;
  return {
    shown() {
      if (begun) return draw();
      begun = true;
      const words = asked();
      for (const name of fields) field(name).value = words.get(`t.${name}`) ?? DEFAULTS[name];
      own = (words.get("t.points") ?? "").split(";").filter(Boolean).map(point => point.split(",").map(Number)).filter(([x, y, kind]) => [x, y].every(number => Math.abs(number) <= FARTHEST) && Math.abs(kind) === 1);
      begin();
    },
    hidden: pause,
  };
}
