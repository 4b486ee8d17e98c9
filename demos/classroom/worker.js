// Python, its engine and Graphviz, in a worker: calls functions of classroom.py by name.
// With the name "answer" it is a worker for one answer of a student: it gets no course, and is ended after it.
import { loadPyodide } from "./py/pyodide.mjs";
import { instance } from "./viz.js";

const SITE = "/lib/python3.14/site-packages";
const FLOOD = 10_000_000; // bytes that an answer may print
const forAnswer = self.name === "answer";
const began = performance.now(), times = {};
const here = name => new URL(name, import.meta.url).href;
const lap = name => { times[name] = Math.round(performance.now() - began); };
const fetched = async name => (await fetch(here(name))).arrayBuffer();
const unpacked = {};

async function unpack(python, name) { // once
  unpacked[name] ??= fetched(`py/${name}.zip`).then(data => python.unpackArchive(data, "zip", { extractDir: SITE }));
  return unpacked[name];
}

async function start() {
  const engine = fetched("py/engine.zip"), viz = forAnswer ? null : instance();
  const python = await loadPyodide({ indexURL: here("py/"), stdLibURL: here("py/python_stdlib.zip") });
  lap("python");
  python.setStdin({ stdin: () => null }); // nobody types: the input has an end
  python.unpackArchive(await engine, "zip", { extractDir: SITE });
  lap("unpacked");
  if (forAnswer) {
    const runner = python.pyimport("demos.exercises.inside.runner");
    python.pyimport("engine");
    lap("ready");
    return { python, runner };
  }
  const graphviz = await viz;
  globalThis.gradwalkLayout = dot => graphviz.renderString(dot, { format: "svg" });
  const classroom = python.pyimport("demos.classroom.classroom");
  lap("ready");
  return { python, classroom };
}

const started = start();
let printed = 0;

function limited(bytes) {
  printed += bytes.length;
  if (printed > FLOOD) postMessage({ flood: true });
  return bytes.length;
}

// Runs a student's answer; the page ends the worker when it has what it gave, or at the limit.
async function answer({ python, runner }, id, request, uses, seconds, interrupt) {
  for (const name of uses) await unpack(python, name);
  if (interrupt) python.setInterruptBuffer(interrupt);
  for (const stream of ["setStdout", "setStderr"]) python[stream]({ write: limited });
  const { copy } = JSON.parse(request), box = copy.slice(0, copy.lastIndexOf("/"));
  python.FS.mkdirTree(box);
  python.FS.writeFile(copy, JSON.parse(request).source);
  python.FS.chdir(box);
  const call = python.runPython(`
import json
def call(text, seconds, run, send, alarm):
    request = json.loads(text) | {"kinds": [], "guard": True, "readable": ["/lib"], "seconds": seconds}
    return run(request, *([send, alarm] if "trials" in request else []))
call`);
  const send = text => postMessage({ trial: text }), alarm = after => postMessage({ alarm: after });
  postMessage({ begun: true });
  postMessage({ id, result: JSON.stringify(call(request, seconds, runner.answer_once, send, alarm)) });
}

onmessage = async ({ data: { id, name, args } }) => {
  const all = await started;
  try {
    if (name === "interrupt") return all.python.setInterruptBuffer(args[0]);
    if (name === "answer") return await answer(all, id, ...args);
    if (name !== "walk_page") for (const each of ["nn", "course"]) await unpack(all.python, each);
    postMessage({ id, result: all.classroom[name](...args) });
  } catch (error) {
    const message = String(error.message ?? error), ended = Boolean(error.pyodide_fatal_error) || /call stack|fatal/i.test(message);
    postMessage({ id, error: message, ended }); // a Python that ran out of its stack answers nothing more
  }
};

started.then(
  () => postMessage({ state: "ready", times }),
  error => postMessage({ state: "failed", reason: String(error.message ?? error) }),
);
