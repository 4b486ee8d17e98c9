"""A page: one offline HTML file with a player that moves through numbered frames.

`Page(title, body, data, script, style)` puts a caller's pieces into the shell; `.html` is the text, `.save(path)`
writes the file. The caller's body is HTML, shown in <main>: text in it must have gone through `html.escape`. Its
script finds

- `data`: what the caller gave, whole. Numbers that are not finite arrive as null.
- `$(id)`: the element of that id.
- `play({...})`: shows the player, then the frame that the address asks for, else the first. It takes

  - `word`: what a frame is called, as in "epoch"; the address ends with #epoch=12.
  - `numbers`: the number that each frame goes by, ascending: [0, 1, 2] or [0, 10, 20].
  - `show(frame)`: called with the frame's index; returns a sentence for those who listen.
  - `stops` (if any): the frames, by index and ascending, that Shift+→ and Shift+← go to; else every tenth.
  - `leap` (if any): what such a stop is, as in "node".
  - `pace` (if any): how long autoplay shows a frame, in milliseconds; by default 2,000.
  - `onward(frame, way)` (if any): the frame that next (`way` is 1) and back (-1) go to; by default the one beside it.
  - `predict()` (if any): called by the key P and by a button, and asks for what comes next.

  and returns a function `go(frame)`, which moves the player.
- `KEYS`: what each key does; a page may add its own, and `explainKey(letter, meaning)` lists it.
- `press(id, on)` shows a button as pressed or not,
  `remember(word, value)` writes to the address (null takes out), and `asked()` is what stands there.

A page whose script never calls `play` has no player, as a sheet of paper has none. The style knows these classes:
`columns` (side by side where there is room), `panel`, `unseen` (for those who listen), `scroll` (a large picture's
frame; give it tabindex="0", a role and a label), `screen` and `paper` (shown only there; where no script runs, both),
`forward`, `backward`, `quiet`, `math`, and the colors `--ink --quiet --paper --soft --line --forward --backward` with
the tints `--forward-soft --backward-soft`, light and dark. What `engine.draw` made follows them inside of an element
of the class `drawing`. Sizes in rem grow with the projector mode.

No request ever leaves a page: its policy forbids all but the scripts and styles that it was made with, so `style=`
and `onclick=` attributes do nothing; `element.style` and `addEventListener` work.
"""

from .shell import Page as Page, PageError as PageError
