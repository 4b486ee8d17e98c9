// The editor of the exercises: CodeMirror with Python, its keys and its colors. esbuild makes one file of it.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

// Every color has a contrast of 4.5 : 1 or more with white, and with the line that the cursor is in.
const COLORS = HighlightStyle.define([
  { tag: tags.keyword, color: "#70219e" },
  { tag: [tags.string, tags.special(tags.string), tags.escape], color: "#8f1d1d" },
  { tag: tags.comment, color: "#56626d" },
  { tag: [tags.number, tags.bool, tags.null], color: "#0b5fa5" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName), tags.className], color: "#0b4f8a" },
]);

// Tab indents; Escape, then Tab, leaves the editor, as CodeMirror documents it for those who use no mouse.
export function editor({ parent, text, label, check, changed }) {
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => { check(); return true; } }, indentWithTab]),
      basicSetup,
      python(),
      syntaxHighlighting(COLORS),
      indentUnit.of("    "),
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of(update => { if (update.docChanged) changed(update.state.doc.toString()); }),
    ],
  });
  view.scrollDOM.tabIndex = 0; // long lines are scrolled, also by keys
  return view;
}
