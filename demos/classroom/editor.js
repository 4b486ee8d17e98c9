// The editor of the exercises: CodeMirror with Python, its keys and its colors. esbuild makes one file of it.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { indentUnit } from "@codemirror/language";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";

// Tab indents; Escape, then Tab, leaves the editor, as CodeMirror documents it for those who use no mouse.
export function editor({ parent, text, label, check, changed }) {
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => { check(); return true; } }, indentWithTab]),
      basicSetup,
      python(),
      EditorView.lineWrapping,
      indentUnit.of("    "),
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of(update => { if (update.docChanged) changed(update.state.doc.toString()); }),
    ],
  });
}
