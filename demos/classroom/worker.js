// Python, its engine and Graphviz, in a worker: calls functions of classroom.py by name.
import { loadPyodide } from "./py/pyodide.mjs";
import { instance } from "./viz.js";

const SITE = "/lib/python3.14/site-packages";
const began = performance.now(), times = {};
const here = name => new URL(name, import.meta.url).href;
const lap = name => { times[name] = Math.round(performance.now() - began); };
const fetched = async name => (await fetch(here(name))).arrayBuffer();

async function start() {
  const engine = fetched("py/engine.zip"), viz = instance();
  const python = await loadPyodide({ indexURL: here("py/"), stdLibURL: here("py/python_stdlib.zip") });
  lap("python");
  python.unpackArchive(await engine, "zip", { extractDir: SITE });
  lap("unpacked");
  const graphviz = await viz;
  globalThis.gradwalkLayout = dot => graphviz.renderString(dot, { format: "svg" });
  const classroom = python.pyimport("demos.classroom.classroom");
  lap("ready");
  return { python, classroom };
}

const started = start();
let course = null;

// The packages that a drawing does not need: fetched when first asked for, and unpacked once
function more(python) {
  course ??= fetched("py/course.zip").then(data => python.unpackArchive(data, "zip", { extractDir: SITE }));
  return course;
}

onmessage = async ({ data: { id, name, args } }) => {
  const { python, classroom } = await started;
  try {
    if (name !== "walk_page") await more(python);
    postMessage({ id, result: classroom[name](...args) });
  } catch (error) {
    postMessage({ id, error: String(error.message ?? error) });
  }
};

started.then(
  () => postMessage({ state: "ready", times }),
  error => postMessage({ state: "failed", reason: String(error.message ?? error) }),
);
