// The tab Python: a prompt with history, completion and drawings. Its Python is its own, and starts when it is opened.
import { $, offerStop, save, say } from "./app.js";
import { Python } from "./python.js";

const MOST_LINES = 200; // of the history that the browser keeps
const KEPT = "gradwalk-prompt";

export function promptTab() {
  const field = $("prompt-line"), out = $("prompt-out");
  let python = null, lines = [], at = 0, more = false, busy = false;
  try {
    lines = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  } catch {
    // A browser that keeps nothing.
  }
  at = lines.length;

  function put(kind, content) {
    let part;
    if (kind === "page") {
      part = document.createElement("iframe");
      part.title = say("prompt.page");
      part.src = URL.createObjectURL(new Blob([content], { type: "text/html" }));
    } else if (kind === "html") {
      part = document.createElement("div");
      part.className = "drawn";
      part.innerHTML = content; // made by Gradwalk in a notebook's form: pictures and tables, and no script runs so
    } else {
      part = document.createElement("pre");
      part.className = kind;
      part.textContent = content.replace(/\n$/, "");
    }
    out.append(part);
    out.scrollTop = out.scrollHeight;
  }

  const sign = () => { $("prompt-sign").textContent = more ? "..." : ">>>"; };

  function start() {
    python = new Python({
      ready: () => { $("prompt-state").textContent = ""; },
      failed: reason => { $("prompt-state").textContent = say("failed", { reason }); },
      busy: on => offerStop(on && $("prompt").hidden, () => python.interrupt()), // here it has a button of its own
      exhausted: say("exhausted"),
      restarted: () => put("text", `${say("prompt.anew")}\n`),
    });
    $("prompt-state").textContent = say("prompt.loading");
  }

  async function enter(text) {
    put("typed", `${more ? "..." : ">>>"} ${text}`);
    if (text.trim()) {
      lines = [...lines.filter(each => each !== text), text].slice(-MOST_LINES);
      try {
        localStorage.setItem(KEPT, JSON.stringify(lines));
      } catch {
        // The history of this page alone, then.
      }
    }
    at = lines.length;
    busy = true;
    $("prompt-interrupt").disabled = false;
    const slow = setTimeout(() => { if (python.ready) $("prompt-state").textContent = say("prompt.running"); }, 500);
    try {
      const answer = await python.ask("prompt", text);
      more = answer.more ?? false;
      if (answer.error) put("text", `${answer.error}\n`);
      for (const [kind, content] of answer.parts ?? []) put(kind, content);
    } catch (error) {
      more = false;
      if (error.message !== "stopped") put("text", `${error.message}\n`);
    }
    clearTimeout(slow);
    if (python.ready) $("prompt-state").textContent = "";
    busy = false;
    $("prompt-interrupt").disabled = true;
    sign();
    if ($("prompt-files").open) listFiles();
    const indent = more ? text.match(/^\s*/)[0] + (/:\s*$/.test(text) ? "    " : "") : "";
    if (!field.value) field.value = indent;
  }

  // Files: what programs have written, to be taken along; and files put there

  async function listFiles() {
    const { files } = await python.ask("files");
    $("prompt-list").replaceChildren(...files.map(([name, size]) => {
      const item = document.createElement("li"), button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: say("prompt.take", { name, size }) });
      button.addEventListener("click", async () => {
        const { data } = await python.ask("read_file", name);
        save(name, Uint8Array.from(atob(data), letter => letter.charCodeAt(0)));
      });
      item.append(button);
      return item;
    }));
    if (!files.length) $("prompt-list").textContent = say("prompt.none");
  }

  async function add(files) {
    for (const each of files) {
      const bytes = new Uint8Array(await each.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      await python.ask("write_file", each.name, btoa(text));
    }
    await listFiles();
  }

  $("prompt-files").addEventListener("toggle", () => { if ($("prompt-files").open) listFiles(); });
  $("prompt-add").addEventListener("change", async () => {
    await add($("prompt-add").files);
    $("prompt-add").value = "";
  });

  async function complete() {
    const before = field.value, { lines: found } = await python.ask("completions", before);
    if (field.value !== before || !found?.length) return;
    let common = found[0];
    for (const each of found) while (!each.startsWith(common)) common = common.slice(0, -1);
    if (common.length > before.length) field.value = common;
    if (found.length > 1) put("text", `${found.map(each => each.slice(each.search(/[\w.]+\(?\)?$/))).join("  ")}\n`);
  }

  // Several lines that are pasted run one after another, the last when Enter is pressed. Of a session with its prompts
  // and results, what was typed is taken.
  field.addEventListener("paste", async event => {
    const pasted = event.clipboardData.getData("text").replace(/\r/g, "");
    const isSession = /^\s*>>> /m.test(pasted);
    if (busy || !(isSession || /\n./.test(pasted))) return;
    event.preventDefault();
    let typed = pasted.split("\n");
    if (isSession) typed = typed.filter(each => /^\s*(>>>|\.\.\.)/.test(each)).map(each => each.replace(/^\s*(>>>|\.\.\.) ?/, ""));
    const last = typed.pop();
    field.value = "";
    for (const line of typed) {
      if (more && line && !/^\s|^(else|elif|except|finally)\b/.test(line)) await enter(""); // the block before it ends
      field.value = "";
      if (line || more) await enter(line);
    }
    if (more && last && !/^\s/.test(last)) await enter("");
    field.value = last;
  });

  $("prompt-form").addEventListener("submit", event => {
    event.preventDefault();
    if (busy) return;
    const text = field.value;
    field.value = "";
    enter(text);
  });
  field.addEventListener("keydown", event => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      at = Math.max(0, Math.min(lines.length, at + (event.key === "ArrowUp" ? -1 : 1)));
      field.value = lines[at] ?? "";
    } else if (event.key === "Tab" && !event.shiftKey && field.value.trim()) {
      event.preventDefault(); // an empty line lets Tab go on to the next control
      complete();
    } else if (event.key === "Tab" && !event.shiftKey && more) {
      event.preventDefault();
      field.value += "    ";
    } else if (event.key === "c" && event.ctrlKey && busy && field.selectionStart === field.selectionEnd) {
      python.interrupt();
    }
  });
  $("prompt-interrupt").addEventListener("click", () => python.interrupt());
  $("prompt-restart").addEventListener("click", () => { more = false; sign(); python.restart(); });
  sign();

  const started = () => {
    if (!python) start();
    return python;
  };
  return { shown: started, python: started };
}
