// The tab Walk: an expression with its numbers, or a program, and the page that walks through it.
import { $, asked, pointed, remember, say } from "./app.js";

export function walkTab({ python, walks, own }) { // own() is the Python in which a reader's programs run
  const frame = $("walk-frame"), field = $("expression");
  let shown = null, address = "", asking = 0;

  const fields = () => [...$("variables").querySelectorAll("input")];
  const typed = () => Object.fromEntries(fields().map(each => [each.dataset.name, each.value]));
  const inAddress = numbers => Object.entries(numbers).map(([name, number]) => `${name}=${number}`).join(" ");
  const fromAddress = text => Object.fromEntries(text.split(" ").filter(Boolean).map(word => {
    const at = word.indexOf("=");
    return [word.slice(0, at), word.slice(at + 1)];
  }));
  const message = (text, wrong = false) => {
    $("walk-message").textContent = text;
    $("walk-message").className = wrong ? "wrong" : "";
    for (const each of [field, $("walk-source")]) each.toggleAttribute("aria-invalid", wrong);
  };

  function ask(variables) { // a field for each variable; what is being typed stays
    const same = fields().map(each => each.dataset.name).join() === variables.map(([name]) => name).join();
    if (same) return variables.forEach(([, number], index) => { if (fields()[index] !== document.activeElement) fields()[index].value = number; });
    const legend = $("variables").firstElementChild;
    $("variables").replaceChildren(legend, ...variables.map(([name, number], index) => {
      const box = document.createElement("p"), label = document.createElement("label"), input = document.createElement("input");
      Object.assign(input, { type: "text", inputMode: "decimal", id: `variable${index}`, value: number, size: 5 });
      input.dataset.name = name;
      input.addEventListener("change", () => draw());
      Object.assign(label, { htmlFor: input.id, textContent: `${name} =` });
      box.className = "field";
      box.append(label, input);
      return box;
    }));
  }

  function put(source, title, step) { // a page, into the frame
    frame.classList.remove("old");
    frame.hidden = false;
    frame.title = title;
    if (address) URL.revokeObjectURL(address);
    address = source.startsWith("blob:") ? source : "";
    frame.contentWindow.location.replace(`${source}${step ? `#step=${step}` : ""}`);
  }

  function show(walk, source, step) {
    shown = walk;
    ask(walk.variables);
    put(source, say("walk.drawn", { expression: walk.expression }), step);
    remember({ e: walk.expression, n: inAddress(walk.numbers), step, py: null });
    message(walk.notes.join(" "));
  }

  // The step of the walk goes into the address, as the page inside moves.
  frame.addEventListener("load", () => {
    const place = frame.contentDocument?.getElementById("place");
    if (!place) return;
    const note = () => remember({ step: new URLSearchParams(frame.contentWindow.location.hash.slice(1)).get("step") });
    new MutationObserver(note).observe(place, { childList: true, characterData: true, subtree: true });
  });

  const readyMade = (expression, numbers) =>
    walks.find(each => each.expression === expression && inAddress(each.numbers) === inAddress(numbers));

  async function draw(step = null) {
    const expression = field.value.trim(), numbers = {}, turn = ++asking;
    for (const [name, text] of Object.entries(typed())) {
      numbers[name] = pointed(text);
      if (numbers[name] === null) return message(say("walk.comma", { text }), true);
    }
    const made = readyMade(expression, numbers);
    if (made) return show(made, made.page, step);
    frame.classList.add("old");
    message(document.documentElement.dataset.python === "ready" ? "" : say("walk.waiting"));
    if (!shown) frame.hidden = true; // nothing is shown that the address does not say
    let walk;
    try {
      walk = await python.ask("walk_page", expression, JSON.stringify(numbers));
    } catch (error) {
      walk = { error: error.message === "stopped" ? say("stopped") : error.message };
    }
    if (turn !== asking) return;
    if (walk.error) return message(walk.error, true);
    const source = URL.createObjectURL(new Blob([walk.html], { type: "text/html" }));
    show({ ...walk, expression, numbers: Object.fromEntries(walk.variables) }, source, step);
  }

  // A program, instead of an expression

  const inPython = () => !$("walk-program").hidden;
  function choose(program) {
    $("walk-python").setAttribute("aria-pressed", program);
    for (const each of [field.parentElement, $("variables"), $("examples")]) each.hidden = program;
    $("walk-program").hidden = !program;
    if (program && !$("walk-source").value) $("walk-source").value = say("walk.first");
    message(program ? say("walk.run") : "");
  }

  async function run() {
    const source = $("walk-source").value, turn = ++asking;
    remember({ py: source, e: null, n: null, step: null });
    frame.classList.add("old");
    const python = own();
    message(say(python.ready ? "walk.running" : "walk.waiting"));
    let walk;
    try {
      walk = await python.ask("walk_source", source);
    } catch (error) {
      walk = { error: error.message === "stopped" ? say("stopped") : error.message };
    }
    if (turn !== asking) return;
    if (walk.error) return message(walk.error, true);
    shown = null;
    message(walk.printed ? say("walk.printed", { text: walk.printed }) : "");
    put(URL.createObjectURL(new Blob([walk.html], { type: "text/html" })), say("walk.drawn.program"));
  }

  function load() { // what the address says, else the first example
    const words = asked();
    if (words.has("py")) { // it does not run by itself: a link may come from anybody
      if (inPython() && $("walk-source").value === words.get("py")) return;
      $("walk-source").value = words.get("py");
      return choose(true);
    }
    if (inPython()) choose(false);
    const expression = words.get("e") ?? walks[0].expression;
    const numbers = words.has("e") ? fromAddress(words.get("n") ?? "") : walks[0].numbers;
    if (shown && expression === shown.expression && inAddress(numbers) === inAddress(shown.numbers)) return;
    field.value = expression;
    ask(Object.entries(numbers));
    draw(words.get("step"));
  }

  $("walk-form").addEventListener("submit", event => {
    event.preventDefault();
    if (inPython()) run();
    else draw();
  });
  $("walk-python").addEventListener("click", () => {
    choose(!inPython());
    (inPython() ? $("walk-source") : field).focus();
  });
  $("walk-source").addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  $("examples").append(...walks.map(each => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: each.name });
    button.addEventListener("click", () => {
      field.value = each.expression;
      ask(Object.entries(each.numbers));
      draw();
    });
    return button;
  }));
  return { shown: load };
}
