// A recorded graph computed anew for other numbers of its leaves, forward and backward, with the rows that
// javascript.py writes from the operation table. It needs engine/printer.js.
"use strict";

// The functions that formulas call. As in Python, they throw where the exact result is not a finite number.

class Undefined extends Error {}

function checked(result, x, problem = "no value") {
  if (Number.isNaN(result) && !Number.isNaN(x)) throw new Undefined("no value");
  if (!Number.isFinite(result) && Number.isFinite(x)) throw new Undefined(problem);
  return result;
}

const abs_ = Math.abs, tanh_ = Math.tanh, atan_ = Math.atan;
const exp_ = x => checked(Math.exp(x), x, "too large");
const expm1_ = x => checked(Math.expm1(x), x, "too large");
const sinh_ = x => checked(Math.sinh(x), x, "too large");
const cosh_ = x => checked(Math.cosh(x), x, "too large");
const log_ = x => checked(Math.log(x), x);
const log1p_ = x => checked(Math.log1p(x), x);
const log10_ = x => checked(Math.log10(x), x);
const sqrt_ = x => checked(Math.sqrt(x), x);
const sin_ = x => checked(Math.sin(x), x);
const cos_ = x => checked(Math.cos(x), x);
const tan_ = x => checked(Math.tan(x), x);
const max_ = (x, y) => (x >= y || x !== x ? x : y); // as in Python, NaN included
const min_ = (x, y) => (x <= y || x !== x ? x : y);
const choose_ = (condition, x, y) => (condition ? x : y);

function divided(x, y) {
  if (y === 0) throw new Undefined("no value");
  return x / y;
}

function power(x, y) {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1; // Math.pow() says NaN to some of these
  if (x === 0 && y < 0 && y > -Infinity) throw new Undefined("no value");
  const size = Math.pow(Math.abs(x), y), result = Math.pow(x, y);
  if (!Number.isFinite(size) && Number.isFinite(x) && Number.isFinite(y)) throw new Undefined("too large");
  if (Number.isNaN(result) && !Number.isNaN(size)) throw new Undefined("no value"); // it is complex
  return result;
}

// By its series near 0, and by the continued fraction of 1 - erf(x), where it is small. Source: Abramowitz and Stegun,
// Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
function erf_(x) {
  const size = Math.abs(x);
  if (!(size < 6)) return size === size ? Math.sign(x) : x;
  if (size < 2) {
    let sum = x, term = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return 1.1283791670955126 * Math.exp(-x * x) * sum;
  }
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - (0.5641895835477563 * Math.exp(-x * x)) / fraction);
}

// The graph. Its columns are those of `recorded` in javascript.py; `rules` are its rows; `moves` are pairs of a leaf's
// index and its number. Returns
// - `numbers` and `gradients` of all nodes; `locals`: for each node a list with the local derivative by each argument,
//   undefined where none is asked for.
// - `failure`: what is wrong, "" if nothing is. Then `computed` is how many nodes have a number, and no gradient counts.

function recomputed({ row, args, data, requires_grad, held, wrong }, rules, moves) {
  const numbers = Float64Array.from(data, Number), gradients = Float64Array.from(held, Number), last = row.length - 1;
  for (const [leaf, number] of moves) numbers[leaf] = number;
  const of = node => args[node].map(arg => numbers[arg]);
  const locals = row.map(() => []);
  const stopped = (failure, computed = row.length) => ({ numbers, gradients, locals, failure, computed });

  for (let node = 0; node <= last; node++) {
    if (row[node] < 0) continue;
    const operands = of(node);
    const problem = problemOf(() => {
      const result = (numbers[node] = rules[row[node]].value(...operands));
      if (Number.isFinite(result)) return;
      if (operands.every(Number.isFinite)) throw new Undefined("too large");
      if (Number.isNaN(result) && !operands.some(Number.isNaN)) throw new Undefined("no value");
    });
    if (problem === "too large") return stopped(written(wrong[node].large, operands), node);
    const infinite = operands.findIndex(number => !Number.isFinite(number));
    if (problem) return stopped(written(wrong[node].undefined[infinite + 1], operands), node);
  }

  if (requires_grad[last]) gradients[last] += 1;
  const reached = new Set([last]);
  for (let node = last; node >= 0; node--) {
    if (row[node] < 0 || !reached.has(node)) continue;
    const { slopes, passes, selects } = rules[row[node]], operands = [...of(node), numbers[node]], upstream = gradients[node];
    const chosen = slopes.map((slope, at) => passes[at] && (!selects || slope(...operands) !== 0));
    for (const [at, arg] of args[node].entries()) {
      if (!chosen[at]) continue;
      reached.add(arg);
      if (!requires_grad[arg]) continue;
      let local = NaN;
      const problem = problemOf(() => { local = slopes[at](...operands); });
      const missing = Number.isNaN(local) || (!Number.isFinite(local) && operands.every(Number.isFinite));
      if (problem || missing) return stopped(written(wrong[node].slopes[at], operands));
      locals[node][at] = local;
      const term = upstream * local, after = gradients[arg] + term;
      const failure = notAGradient(wrong[arg].called, upstream, "*", local, term)
        || notAGradient(wrong[arg].called, gradients[arg], "+", term, after);
      if (failure) return stopped(failure);
      gradients[arg] = after;
    }
  }
  return stopped("");
}

function problemOf(work) {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Undefined)) throw error;
    return error.message;
  }
  return "";
}

function notAGradient(name, x, sign, y, result) {
  const missing = Number.isNaN(result);
  if (!missing && (Number.isFinite(result) || !Number.isFinite(x) || !Number.isFinite(y))) return "";
  return `the gradient of ${name} would be ${exactNumber(x)} ${sign} ${exactNumber(y)}, ${missing ? NO_VALUE : TOO_LARGE}`;
}

function written(sentence, numbers) {
  return sentence.map(part => {
    if (typeof part === "string") return part;
    const [index, grouped] = part, text = exactNumber(numbers[index]);
    return grouped && numbers[index] < 0 ? `(${text})` : text;
  }).join("");
}
