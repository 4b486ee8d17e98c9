// Writes the site: node build.mjs SOURCES OUT, in a folder with node_modules, engine.zip, nn.zip and course.zip.
//
// Python's library and the packages are compiled by the Python that will run them in the browser, and the first walks
// are made by it. So a site that is built has run once.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { instance } from "@viz-js/viz";
import { build } from "esbuild";
import { loadPyodide } from "pyodide";

process.on("uncaughtException", error => { // Python's tells its last line last, and Node would print the script with it
  console.error(String(error.message ?? error).trim().split("\n").slice(-2).join(" "));
  process.exit(1);
});

const [sources, out] = process.argv.slice(2);
const modules = path.join(process.cwd(), "node_modules");
const require = createRequire(import.meta.url);
const pyodide = path.dirname(require.resolve("pyodide/package.json"));
const SITE = "/lib/python3.14/site-packages";
const read = name => fs.readFileSync(path.join(sources, name), "utf8");

function write(name, content) {
  const target = path.join(out, name);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
}

// Python compiles

const viz = await instance();
globalThis.gradwalkLayout = dot => viz.renderString(dot, { format: "svg" });
const python = await loadPyodide({ indexURL: pyodide + path.sep });
const { FS } = python;
const archives = ["engine", "nn", "course"];
for (const name of archives) FS.writeFile(`/${name}.zip`, fs.readFileSync(`${name}.zip`));
FS.writeFile("/stdlib.zip", fs.readFileSync(path.join(pyodide, "python_stdlib.zip")));
FS.writeFile("/pack.py", fs.readFileSync("pack.py"));
python.runPython("import sys; sys.path.insert(0, '/')");
const pack = python.pyimport("pack").pack, tag = python.runPython("sys.implementation.cache_tag");

// The first walks

const texts = JSON.parse(read("texts.json"));
python.unpackArchive(FS.readFile("/engine.zip"), "zip", { extractDir: SITE });
const classroom = python.pyimport("demos.classroom.classroom");
const walks = texts.examples.map(({ name, expression, numbers }, index) => {
  const made = JSON.parse(classroom.walk_page(expression, JSON.stringify(numbers)));
  if (made.error) throw new Error(`${expression}: ${made.error}`);
  const { html, ...rest } = made;
  write(`walks/${index}.html`, html);
  return { name, expression, numbers, page: `walks/${index}.html`, ...rest };
});

// Compiled is what was needed until now; the rest of Python's library, and the exercises, stay sources

const needed = () => python.runPython("import sys; set(sys.modules)");
pack("/stdlib.zip", "/packed_stdlib.zip", "/lib/python314.zip", "", needed());
for (const name of archives.slice(1)) python.unpackArchive(FS.readFile(`/${name}.zip`), "zip", { extractDir: SITE });
classroom.prepare();
for (const name of archives) {
  pack(`/${name}.zip`, `/packed_${name}.zip`, SITE, tag, needed());
  write(`py/${name}.zip`, FS.readFile(`/packed_${name}.zip`));
}
write("py/python_stdlib.zip", FS.readFile("/packed_stdlib.zip"));

// The page: texts go into the place of {{their.name}}

const escape = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
const filled = template => template.replace(/\{\{([\w.]+)\}\}/g, (_, name) => {
  if (!(name in texts.page)) throw new Error(`texts.json has no ${name}`);
  return escape(texts.page[name]);
});
const inert = data => JSON.stringify(data).replace(/</g, "\\u003c");
const index = filled(read("index.html")).replace("%data%", () => inert({ texts: texts.script, walks }));
write("index.html", index);
for (const name of fs.readdirSync(sources)) {
  if (/\.(js|css)$/.test(name) && !["editor.js", "sw.js"].includes(name)) write(name, read(name));
}
write("page.css", fs.readFileSync(path.join(sources, "../../engine/page/page.css")));
write("icon.svg", read("icon.svg"));
const bundle = { bundle: true, minify: true, format: "esm", legalComments: "none", logLevel: "error" };
await build({ ...bundle, entryPoints: [path.join(sources, "editor.js")], outfile: path.join(out, "editor.js"), nodePaths: [modules] });
write("viz.js", fs.readFileSync(path.join(modules, "@viz-js/viz/dist/viz.js")));

// Pyodide itself; of its list of packages only the head, for none of them is used

for (const name of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]) write(`py/${name}`, fs.readFileSync(path.join(pyodide, name)));
const lock = JSON.parse(fs.readFileSync(path.join(pyodide, "pyodide-lock.json"), "utf8"));
write("py/pyodide-lock.json", JSON.stringify({ ...lock, packages: {} }));

// Licences: what the site is made of, and the texts that their packages carry

const lines = [read("LICENSES.txt")];
for (const name of fs.readdirSync(modules).flatMap(each => each.startsWith("@") ? fs.readdirSync(path.join(modules, each)).map(inner => `${each}/${inner}`) : [each])) {
  const file = path.join(modules, name, "LICENSE");
  if (/^(@codemirror|@lezer|@marijn|codemirror|crelt|style-mod|w3c-keyname)/.test(name) && fs.existsSync(file)) {
    lines.push(`\n--- ${name}\n\n${fs.readFileSync(file, "utf8").trim()}\n`);
  }
}
write("LICENSES.txt", lines.join(""));

// The service worker knows all files, and is another one when any of them is

const files = fs.readdirSync(out, { recursive: true }).map(each => each.replaceAll("\\", "/")).filter(each => fs.statSync(path.join(out, each)).isFile()).sort();
const hash = createHash("sha256");
for (const name of files) hash.update(name).update(fs.readFileSync(path.join(out, name)));
write("sw.js", `const NAME = "gradwalk-${hash.digest("hex").slice(0, 16)}";\nconst FILES = ${JSON.stringify(files)};\n${read("sw.js")}`);

// Packed files, for servers that send what is packed already

for (const name of [...files, "sw.js"]) {
  const data = fs.readFileSync(path.join(out, name)), packed = gzipSync(data, { level: 9 });
  if (packed.length < .95 * data.length) write(`${name}.gz`, packed);
}
