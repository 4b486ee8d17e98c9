// The page of a training: shows the numbers of each moment, and answers the player, the mouse and the keyboard.

function bytes(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}

const numbers = text => new Float32Array(bytes(text).buffer); // little-endian, as on all machines with browsers
const size = data.labels.length;
const shown = { weights: numbers(data.weights), gradients: numbers(data.gradients) };
const surface = data.surface;
const levels = surface?.levels && bytes(surface.levels);
const curves = surface?.curves && numbers(surface.curves);
const SVG = "http://www.w3.org/2000/svg";
const stage = document.querySelector(".moment");

const LEGEND = data.matrices.length
  ? (what, most) => "A row is an input, the last one the biases; a column is a neuron. "
    + `Blue is positive, orange with a minus negative; the darkest is a ${what} of ±${most}.`
  : (what, most) => `Solid blue is positive, dashed orange negative; the widest is a ${what} of ±${most}. `
    + "The ring of a neuron stands for its bias.";

let mode = asked().has("gradients") ? "gradients" : "weights";
let frame = 0, picked = [];

const at = (kind, index, place) => shown[kind][index * size + Number(place)];
const largest = column => column.reduce((most, each) => Math.max(most, Math.abs(each) || 0), 0);
const widest = largest(shown.weights);

// The number of the widest line: for weights the largest of all moments, for gradients the largest of this moment
const scale = index => (mode === "weights" ? widest
  : largest(shown.gradients.subarray(index * size, (index + 1) * size))) || 1;

function general(number, digits) { // as Python's format "g"
  const [mantissa, exponent] = number.toExponential(digits - 1).split("e");
  const size = String(Math.abs(exponent)).padStart(2, "0");
  if (exponent < -4 || exponent >= digits) return `${Number(mantissa)}e${exponent < 0 ? "-" : "+"}${size}`;
  return String(Number(number.toPrecision(digits)));
}

function formatNumber(number) { // as `short` of nn/picture/values.py
  if (Number.isNaN(number)) return "none";
  if (!Number.isFinite(number)) return number < 0 ? "−inf" : "inf";
  let text = general(number, Math.abs(number) >= 1000 ? 7 : 3);
  const whole = !/[.e]/.test(text);
  if (whole && Math.abs(Number(text) - number) >= 0.05) text = general(number, text.replace("-", "").length + 1);
  return text.replaceAll("-", "−");
}

function paint(moment, index) {
  const colors = palette();
  moment.querySelector(".sentence").textContent = data.sentences[index];
  moment.querySelectorAll(".surface canvas").forEach(canvas => paintSurface(canvas, index, colors));
  if (surface) paintPoints(moment, index, colors);
  if (curves) paintCurve(moment, index);
  paintLines(moment, index);
  moment.querySelectorAll(".matrices canvas").forEach(canvas => paintMatrix(canvas, index, colors));
  moment.querySelector(".scale").textContent = LEGEND(mode.slice(0, -1), formatNumber(scale(index)));
  moment.querySelector(".now").setAttribute("transform", `translate(${data.curve.x[index]} 0)`);
  moment.querySelectorAll(".now circle").forEach((circle, line) => {
    const y = data.curve.y[line][index];
    circle.setAttribute("visibility", y === null ? "hidden" : "visible");
    circle.setAttribute("cy", y ?? 0);
  });
}

function layMarker() {
  const now = document.createElementNS(SVG, "g"), line = document.createElementNS(SVG, "path");
  now.classList.add("now");
  line.setAttribute("d", "M0 8V272");
  now.append(line, ...data.curve.y.map((_, number) => {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("r", 5.5 - number);
    return circle;
  }));
  stage.querySelector(".curve").append(now);
}

// The mouse picks a weight; the mouse or the keyboard picks a neuron

function describe() {
  for (const line of stage.querySelectorAll(".neurons [data-place]")) {
    line.classList.toggle("picked", picked.includes(Number(line.dataset.place)));
  }
  $("picked").textContent = picked.map(place =>
    `${data.labels[place]}: weight ${formatNumber(at("weights", frame, place))}, gradient ${formatNumber(at("gradients", frame, place))}`
  ).join("; ") || (data.matrices.length ? "Point at a square for its numbers."
    : "Point at a line for its numbers; click a neuron, or go there with Tab, for all of its.");
}

function pick(places) {
  picked = places;
  describe();
}

function pickLine(event) { // the nearest line, because a thin one is hard to hit
  const node = event.target.closest(".node[data-places]");
  if (node) return pick(node.dataset.places.split(" ").map(Number));
  const spot = within(event.currentTarget, event);
  let least = 6, nearest = null;
  for (const line of event.currentTarget.querySelectorAll("line")) {
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map(name => line[name].baseVal.value);
    const along = Math.max(0, Math.min(1, (spot.x - x1) / (x2 - x1)));
    const apart = Math.hypot(x1 + along * (x2 - x1) - spot.x, y1 + along * (y2 - y1) - spot.y);
    if (apart < least) [least, nearest] = [apart, line];
  }
  if (nearest) pick([Number(nearest.dataset.place)]);
}

function pickSquare(event) {
  const canvas = event.currentTarget, { rows } = data.matrices[canvas.dataset.matrix];
  const row = rows[Math.floor(event.offsetY / canvas.clientHeight * rows.length)];
  const place = row?.[Math.floor(event.offsetX / canvas.clientWidth * row.length)];
  if (place !== undefined) pick([place]);
}

function within(svg, event) { // the position of the mouse in the units of an SVG
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

function fill() { // the table, if it is open
  const body = $("numbers").tBodies[0];
  if (!$("numbers").closest("details").open) return;
  while (body.rows.length < size) {
    const row = body.insertRow();
    row.insertCell().textContent = data.labels[body.rows.length - 1];
    row.insertCell();
    row.insertCell();
  }
  for (let place = 0; place < size; place++) {
    body.rows[place].cells[1].textContent = formatNumber(at("weights", frame, place));
    body.rows[place].cells[2].textContent = formatNumber(at("gradients", frame, place));
  }
}

function refresh() {
  paint(stage, frame);
  describe();
  fill();
}

function choose(kind) {
  mode = kind;
  press("weights", mode === "weights");
  press("gradients", mode === "gradients");
  remember("gradients", mode === "gradients" ? "" : null);
  refresh();
}

// On paper: the first moment, the one in the middle and the last, in the colors of light

function printed() {
  const theme = page.dataset.theme, last = data.epochs.length - 1;
  page.dataset.theme = "light";
  $("moments").replaceChildren();
  for (const index of new Set([0, last >> 1, last])) {
    const moment = stage.cloneNode(true);
    moment.querySelectorAll(".screen").forEach(each => each.remove());
    moment.querySelectorAll(".picked").forEach(each => each.classList.remove("picked"));
    $("moments").append(moment);
    paint(moment, index);
  }
  page.dataset.theme = theme;
}

layMatrices();
layMarker();
choose(mode);
addEventListener("beforeprint", printed);
matchMedia("print").addEventListener("change", ({ matches }) => { if (matches) printed(); });
new MutationObserver(refresh).observe(page, { attributeFilter: ["data-theme"] });

for (const kind of ["weights", "gradients"]) $(kind).addEventListener("click", () => choose(kind));
KEYS.g = () => choose(mode === "weights" ? "gradients" : "weights");
explainKey("G", "weights or gradients");
$("numbers").closest("details").addEventListener("toggle", fill);
const neurons = stage.querySelector(".neurons");
for (const event of ["pointermove", "click"]) neurons?.addEventListener(event, pickLine);
for (const node of stage.querySelectorAll(".node[data-places]")) {
  node.addEventListener("focus", () => pick(node.dataset.places.split(" ").map(Number)));
}
for (const canvas of stage.querySelectorAll(".matrices canvas")) {
  for (const event of ["pointermove", "click"]) canvas.addEventListener(event, pickSquare);
}

const go = play({
  word: "epoch",
  numbers: data.epochs,
  pace: Math.max(60, Math.min(1000, 12000 / data.epochs.length)),
  show(index) {
    frame = index;
    refresh();
    return data.sentences[index];
  },
});

stage.querySelector(".curve").addEventListener("click", event => {
  const { x } = within(event.currentTarget, event);
  const apart = data.curve.x.map(each => Math.abs(each - x));
  go(apart.indexOf(Math.min(...apart)));
});
