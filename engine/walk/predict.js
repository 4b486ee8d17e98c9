// Predictions in the page of a long walk: what is asked before a step, and how an answer is judged. They are the
// functions of engine/walk/quiz.py, under the same names, with the rules that engine/program/backends/javascript.py writes.
"use strict";

function quizOf(walk, words, columns) {
  const { args, root, numbers, rowOf } = walk, { name, data, spell, slope, formula, asked, grad, parenthesized } = words;
  const CLOSE = 0.005, [NODE, KNOWN, UPSTREAM, LOCAL, QUESTION] = "node given upstream local question".split(" ");

  function question(step) {
    const { kind, node } = step, number = `${name(node)} = ${data(node)}`;
    if (kind === "seed") {
      const same = `When ${name(root)} moves by 0.01, ${name(root)} moves by 0.01`;
      return [[QUESTION, `${same}. How many times as much is that? It goes into ${asked(step)}.`]];
    }
    const known = [...new Set(args[node])].filter(walk.hasName).map(arg => `${name(arg)} = ${data(arg)}`);
    if (kind === "forward") return [[NODE, formula(node)], [KNOWN, known.join(", ") || "numbers"], [QUESTION, `What is ${name(node)}?`]];
    return [
      [NODE, formula(node)],
      [KNOWN, [...known, number].join(", ")],
      [UPSTREAM, `${slope(root, node)} = ${shownNumber(step.upstream)}`],
      [LOCAL, words.rule(step) + words.twin(step)],
      [QUESTION, `${asked(step)} is ${shownNumber(step.before)} now. What will it be after this step?`],
    ];
  }

  function writtenAlike(value) {
    if (!value || !Number.isFinite(value)) return [value, value];
    const text = formatNumber(value), mantissa = text.split("e")[0].replace(".", "").replace(/^[-0]+/, "");
    const digits = Math.max(Math.abs(value) >= 1000 ? 7 : 4, mantissa.length);
    const half = 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
    return [Math.min(Number(text) - half, value), Math.max(Number(text) + half, value)];
  }

  function around(number) {
    if (!Number.isFinite(number)) return [number, number];
    const margin = Math.max(CLOSE * Math.abs(number), 1e-12);
    return [number - margin, number + margin];
  }

  function cases(step) {
    const wrong = mistakes(step), [, rest] = wrong.pop(), what = `${asked(step)} is ${shownNumber(step.after)}.`;
    const range = ([low, high], right, message) => ({ low, high, right, message });
    return [
      range(writtenAlike(step.after), true, `Right: ${what}`),
      range(around(step.after), true, `Right, but for rounding: ${what}`),
      ...wrong.map(([number, hint]) => range(around(number), false, `${hint}.`)),
      range([-Infinity, Infinity], false, `${rest}.`),
    ].filter(({ low }) => !Number.isNaN(low));
  }

  function mistakes(step) {
    if (step.kind === "forward") return forward(step);
    if (step.kind === "backward") return backward(step);
    return [
      [numbers[root], `that is the number in ${name(root)}; its gradient says how it moves with itself`],
      [NaN, `whatever ${name(root)} moves by, it moves by just that`],
    ];
  }

  function result(work) { // null where there is none
    let number = null;
    return problemOf(() => { number = work(); }) ? null : number;
  }

  function forward({ node, after }) {
    const text = spell(node, name), answers = [[-after, "the size is right, the sign is not"]];
    for (const { rule, spelled } of args[node].length === 2 ? columns.operators : []) {
      for (const order of [args[node], args[node].toReversed()]) {
        const number = result(() => RULES[rule].value(...order.map(arg => numbers[arg])) + 0);
        const other = spelled.map(part => (typeof part === "string" ? part : parenthesized(name(order[part])))).join("");
        if (number !== null) answers.push([number, `that is ${other}, and ${name(node)} is ${text}`]);
      }
    }
    return [...answers, [NaN, `put the numbers into ${text}, ${words.meaning(node)}`]];
  }

  function backward(step) {
    const { node, target, argument, before, upstream, local, contribution } = step;
    const above = `${slope(root, node)} = ${shownNumber(upstream)}`, here = slope(node, target);
    const factors = [
      [contribution, "that is the contribution"],
      [-contribution, "the size is right, the sign is not"],
      [local, `that is the local derivative alone; multiply it by the upstream gradient, ${above}`],
      [upstream, `that is the upstream gradient alone; multiply it by the local derivative, ${here}`],
      [upstream + local, "that adds the two factors; the chain rule multiplies them"],
    ];
    const operands = [...args[node].map(arg => numbers[arg]), numbers[node]];
    args[node].forEach((arg, place) => {
      if (place === argument) return;
      const other = result(() => RULES[rowOf(node).rule].slopes[place](...operands));
      if (other === null) return;
      const both = `that takes both at once; this step goes by one ${name(target)}`;
      const mixed = `that takes ${slope(node, arg)} for the local derivative; it is ${here}`;
      factors.push(arg === target ? [upstream * (other + local), both] : [upstream * other, mixed]);
    });
    const held = `+= adds to the ${shownNumber(before)} that ${grad(target)} holds already`;
    return [
      ...factors.map(([number, hint]) => [before + number, hint]),
      ...(before ? factors.map(([number, hint]) => [number, `${hint}, and ${held}`]) : []),
      [before, `${grad(target)} holds that already, and a contribution comes on top`],
      [numbers[target], `that is the number in ${name(target)}, not its gradient`],
      [NaN, `multiply the upstream gradient, ${above}, by the local derivative, ${here}, and add`],
    ];
  }

  return { question, cases };
}
