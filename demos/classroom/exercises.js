// The tab Exercises: a list, an editor, a check, hints, the solution after an attempt. What is typed stays in this
// browser, and can be taken along as the folder that `gradwalk exercises` reads.
import { Answering } from "./answering.js";
import { $, asked, remember, save, say } from "./app.js";

const KEPT = "gradwalk-exercises"; // where the browser keeps files, states and hints

export function exercisesTab({ python, own }) { // own() is the Python in which a reader's programs run
  let course = null, current = null, editor = null, spare = null, checking = 0;
  const kept = { files: {}, states: {}, hints: {}, tried: {}, stuck: {} };
  const said = each => [kept.hints[each.name] ?? []].flat().filter(hint => typeof hint === "string"); // once, it was a count

  try {
    Object.assign(kept, JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
  } catch {
    // A browser that keeps nothing, or something else under that name: the course begins anew.
  }
  function keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify(kept));
      $("exercise-kept").textContent = "";
    } catch {
      $("exercise-kept").textContent = say("exercises.not_kept");
    }
  }

  addEventListener("storage", event => { // another tab of the browser keeps something: what is open here stays
    if (event.key !== KEPT || !event.newValue) return;
    const open = current && kept.files[current.name];
    Object.assign(kept, JSON.parse(event.newValue));
    if (open !== undefined && current) kept.files[current.name] = open;
    if (course) list();
  });

  const source = each => kept.files[each.name] ?? each.template;
  const state = each => kept.states[each.name] ?? "not begun";

  function rename() { // what was kept under numbers, which change as the course grows, goes under names
    for (const [key, text] of Object.entries(kept.files)) {
      const each = /^ex\d+$/.test(key) && course.find(({ title }) => text.toLowerCase().includes(`: ${title.toLowerCase()}.`));
      if (!each) continue;
      kept.files[each.name] ??= text;
      delete kept.files[key];
    }
  }

  function list() {
    $("exercise-list").replaceChildren(...course.map(each => {
      const item = document.createElement("li"), button = document.createElement("button"), mark = document.createElement("span");
      button.type = "button";
      button.textContent = `${each.number} ${each.title}`;
      button.toggleAttribute("aria-current", each === current);
      if (each === current) button.setAttribute("aria-current", "true");
      mark.textContent = state(each) === "not begun" ? "" : say(`exercises.${state(each)}`);
      mark.className = state(each) === "done" ? "right" : "quiet";
      button.append(" ", mark);
      button.addEventListener("click", () => { open(each); $("exercise-title").focus(); });
      item.append(button);
      return item;
    }));
    $("exercise-count").textContent = say("exercises.count", { done: course.filter(each => state(each) === "done").length, all: course.length });
  }

  function open(each) {
    current = each;
    remember({ ex: each.name });
    $("exercise-title").textContent = `${each.id} ${each.title}`;
    checking++; // what is still searched belongs to another exercise
    report("");
    note("");
    $("exercise-walk").hidden = !each.walks;
    $("exercise-frame").hidden = true;
    printed("");
    hints();
    text(source(each));
    list();
  }

  function text(content) { // in the editor, without a note that it was changed
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: content } });
  }

  function changed(content) {
    if (!current || content === source(current)) return;
    kept.files[current.name] = content;
    if (state(current) === "done") kept.states[current.name] = "begun";
    keep();
  }

  function hints() {
    const seen = said(current);
    $("exercise-hints").replaceChildren(...seen.map(hint => {
      const item = document.createElement("li");
      item.textContent = hint;
      return item;
    }));
    $("exercise-hint").disabled = seen.length >= current.hints;
    $("exercise-solution").hidden = !kept.tried[current.name];
    $("exercise-shown").hidden = true;
  }

  function report(words, state = "") {
    $("exercise-report").textContent = words;
    $("exercise-report").className = state === "done" ? "right-report" : state && state !== "not begun" ? "wrong-report" : "";
    $("exercise-report").hidden = !words;
  }

  function printed(words) {
    $("exercise-printed").textContent = words;
    $("exercise-printed").hidden = !words;
  }

  // Runs the file as a program, with what stands below its functions, in the Python of the reader's programs.
  async function run() {
    const each = current, content = editor.state.doc.toString();
    $("exercise-run").disabled = true;
    printed(say("exercises.running"));
    try {
      const { text, why, error } = await own().ask("run_file", content);
      if (current === each) printed([text.trimEnd(), why ?? error].filter(Boolean).join("\n") || say("exercises.nothing"));
    } catch (error) {
      if (current === each) printed(error.message === "stopped" ? say("stopped") : error.message);
    } finally {
      $("exercise-run").disabled = false;
    }
  }

  const note = words => { $("exercise-note").textContent = words; };

  // A check: one worker runs the answer, and is ended; another judges what it gave

  async function check() {
    const each = current, content = editor.state.doc.toString(), turn = ++checking;
    $("exercise-check").disabled = true;
    report(say("exercises.checking"));
    note("");
    kept.files[each.name] = content;
    try {
      const { request, uses } = await python.ask("check_request", each.id, content);
      let message = "";
      if (request) {
        const answering = spare ?? new Answering();
        spare = null;
        message = await answering.run(request, uses, each.seconds);
      }
      const columns = Math.max(36, Math.min(100, Math.floor($("exercise-work").clientWidth / letter())));
      const verdict = await python.ask("check_result", each.id, content, message, columns);
      if (verdict.error) throw new Error(verdict.error);
      const typedOn = source(each) !== content; // while it was checked
      kept.states[each.name] = typedOn && verdict.state === "done" ? "begun" : verdict.state;
      if (verdict.state !== "not begun") kept.tried[each.name] = true;
      keep();
      list();
      if (current !== each || turn !== checking) return;
      hints();
      report(verdict.text, verdict.state);
      if (verdict.state === "done") next(each);
      else if (verdict.state !== "not begun") look(each, content, columns, turn);
    } catch (error) {
      report(error.message === "stopped" ? say("stopped") : error.message, "error");
    } finally {
      $("exercise-check").disabled = false;
      spare ??= new Answering();
    }
  }

  // Which line is wrong: each run of the search is one worker's. Another check, or another exercise, ends it.
  async function look(each, content, columns, turn) {
    try {
      let asked = await python.ask("search_begin", each.id, content);
      if (asked.request) note(say("exercises.searching"));
      while (asked.request && turn === checking) {
        const answering = spare ?? new Answering();
        spare = new Answering();
        const messages = await answering.trials(asked.request, asked.uses, asked.seconds);
        if (turn !== checking) return;
        asked = await python.ask("search_on", each.id, messages, JSON.stringify(kept.stuck[each.name] ?? null), columns);
      }
      if (turn !== checking) return;
      note(asked.more ? say("exercises.more", { more: asked.more }) : "");
      if (!asked.found) return;
      kept.stuck[each.name] = asked.noted;
      keep();
      report(asked.text, asked.state);
    } catch (error) {
      if (turn === checking) note(error.message === "stopped" ? "" : error.message);
    }
  }

  function letter() { // the width of a letter of the report, in pixels
    const canvas = document.createElement("canvas").getContext("2d"), style = getComputedStyle($("exercise-report"));
    canvas.font = `${style.fontSize} ${style.fontFamily}`;
    return canvas.measureText("0".repeat(100)).width / 100 || 9;
  }

  function next(each) {
    const coming = course[course.indexOf(each) + 1];
    $("exercise-next").hidden = !coming;
    if (!coming) return;
    $("exercise-next").textContent = say("exercises.next", { title: coming.title });
    $("exercise-next").onclick = () => { $("exercise-next").hidden = true; open(coming); $("exercise-title").focus(); };
  }

  async function walk() {
    const { html, error } = await python.ask("check_walk", current.id);
    if (error) return report(error, "error");
    const frame = $("exercise-frame");
    frame.hidden = false;
    frame.src = URL.createObjectURL(new Blob([html], { type: "text/html" }));
    frame.scrollIntoView({ block: "nearest" });
  }

  async function download() {
    const { zip } = await python.ask("folder", JSON.stringify(kept.files));
    save("exercises.zip", Uint8Array.from(atob(zip), letter => letter.charCodeAt(0)));
  }

  async function begin() {
    $("exercise-count").textContent = say("exercises.loading");
    const [{ editor: make }, { exercises }] = await Promise.all([import("./editor.js"), python.ask("course")]);
    course = exercises;
    rename();
    current = course.find(each => [each.name, each.id].includes(asked().get("ex"))) ?? course.find(each => state(each) !== "done") ?? course[0];
    editor = make({ parent: $("exercise-editor"), text: source(current), label: say("exercises.editor"), check, changed });
    open(current);
    $("exercise-work").hidden = false;
    spare = new Answering();
  }

  $("exercise-check").addEventListener("click", check);
  $("exercise-run").addEventListener("click", run);
  $("exercise-walk").addEventListener("click", walk);
  $("exercise-hint").addEventListener("click", async () => {
    const each = current, { text } = await python.ask("hint", each.id, said(each).length + 1);
    kept.hints[each.name] = [...said(each), text];
    keep();
    if (current !== each) return;
    hints();
    $("exercise-hints").lastElementChild.scrollIntoView({ block: "nearest" });
  });
  $("exercise-solution").addEventListener("click", async () => {
    const { text } = await python.ask("solution", current.id);
    $("exercise-shown").textContent = text;
    $("exercise-shown").hidden = false;
  });
  $("exercise-reset").addEventListener("click", () => {
    if (!confirm(say("exercises.sure"))) return;
    delete kept.files[current.name];
    delete kept.states[current.name];
    keep();
    open(current);
  });
  $("exercise-download").addEventListener("click", download);

  let begun = null;
  return {
    shown() {
      begun ??= begin().catch(error => { $("exercise-count").textContent = error.message; begun = null; });
    },
  };
}
