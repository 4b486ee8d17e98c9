"""`Walk`: the list of steps, and a cursor whose moves show the gradients of the pass on the live nodes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, overload

from ..arguments import described, flag, is_whole, public
from ..errors import ArgumentError
from ..files import checked_path
from ..replay import Replay, gradients_kept, held, take_back
from ..terminal import NARROW, Text, TextStyle, checked_style
from ..value import Value
from .explain import explain_reason, explain_step, opening
from .quiz import Prediction, judge
from .source import SourceLines
from .trace import NoStep, Step, Trace, WalkError

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from ..draw import Drawing


MOST_COPIES = 100  # of a worksheet


@public
class Walk(Sequence[Step]):
    """The steps of a pass, and a cursor: `at` steps are taken, and `step` is the latest of them.

    Reading changes nothing. Every move shows, as `.grad` of each node, what that is after `at` steps of a pass
    that starts from 0.0 (with `accumulate=True`, from what `backward()` had left in the leaves), whichever way the
    cursor came; Ctrl-C leaves it so, too. At the start, `at` = 0, the nodes hold what they held before: what
    an earlier `backward()` left is there again.

    `backward()`, `zero_grad()` and a walk that shares a node with this one take back what is shown. The next
    move shows it again, from then on in front of what they left. A gradient that is set by hand stays until
    then, too. All numbers are those of the recording: when the graph has changed, walk(root) again.
    """

    def __init__(self, root: Value, source: SourceLines | None = None, *, accumulate: bool = False) -> None:
        if not isinstance(source, (SourceLines, type(None))):
            raise ArgumentError(f"source is what source_lines() recorded, not {described(source)}.")
        self.trace: Trace = Trace(root, source, accumulate=accumulate)
        self.at: int = 0
        self._replay = Replay((), 0, self.trace.whole)

    def __len__(self) -> int:
        return len(self.trace)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        try:
            found = range(len(self))[index]
        except IndexError:  # the end of a `for` over the steps
            raise NoStep(f"There is no step [{described(index)}]: [0] to [{len(self) - 1}] are there.") from None
        except (TypeError, ValueError, OverflowError):
            raise ArgumentError(
                f"a step is had by its place, such as [0], [-1] or [:3], not by {described(index)}: "
                "goto('forward 2') and node('a') find others."
            ) from None
        return self.trace.step(found) if isinstance(found, int) else [self.trace.step(each) for each in found]

    @property
    def step(self) -> Step | None:
        """The step taken last; None before the first."""
        return self[self.at - 1] if self.at else None

    @property
    def coming(self) -> Step:
        """The step that `next` takes. At the end it raises WalkError, or what stops `backward()` there, too."""
        if self.at < len(self):
            return self[self.at]
        raise self.trace.failure or WalkError("That was the last step: back and goto lead back.")

    @public
    def next(self, by: str = "edge") -> Step:
        """Take the next step and return it; by="node" goes on while the node stays the same.

        Raises WalkError after the last step, and DivisionError, DomainError or RangeError where
        `backward()` does, because a slope is not finite.
        """
        _check(by)
        to = self.coming.number
        while by == "node" and to < len(self) and _same_node(self[to - 1], self[to]):
            to += 1
        self._move(to)
        return self[to - 1]

    @public
    def back(self, by: str = "edge") -> Step | None:
        """Undo the latest step and return the one before it; by="node" undoes all steps of the latest node.

        Raises WalkError before the first step.
        """
        _check(by)
        if not self.at:
            raise WalkError("This is the start: next takes the first step.")
        to = self.at - 1
        while by == "node" and to and _same_node(self[to - 1], self[to]):
            to -= 1
        self._move(to)
        return self.step

    @public
    def goto(self, where: int | str) -> Step | None:
        """Go to a step by its number, to "forward 2", "backward 4", "start" or "end", and return it.

        0 is the start, before the first step. Raises WalkError if there is no such step.
        """
        self._move(self.trace.step_number(where))
        return self.step

    @public
    def run(self) -> Step | None:
        """Take all the steps that are left and return the last.

        Raises what `backward()` raises where a slope is not finite, and then takes none: goto("end") goes to the
        last step before that.
        """
        if self.trace.failure:
            raise self.trace.failure
        self._move(len(self))
        return self.step

    @public
    def node(self, node: Value | str) -> Step:
        """Go to the next step about a node, given itself or its name: after the last comes the first again.

        A step is about a node that it computes, gives a gradient, or takes the gradient on from. Raises
        WalkError if the walk has no such node, or no step about it.
        """
        found = node if isinstance(node, Value) else self.trace.node_called(node)
        if found not in self.trace.at:
            raise WalkError(f"{found!r} is not part of this walk: the root does not depend on it.")
        numbers = [index + 1 for index in self.trace.about(found)]
        if not numbers:
            reason = "the pass stops before it" if found.requires_grad else "it is a constant, and gets no gradient"
            raise WalkError(f"No step is about {self.trace.named[found]}: {reason}.")
        to = next((number for number in numbers if number > self.at), numbers[0])
        self._move(to)
        return self[to - 1]

    @public
    def predict(self, value: float | str) -> Prediction:
        """Whether a number is what the coming step gives, and what was probably mistaken if not.

        The number asked for is the node's data in a forward step, else the gradient that the step leaves.
        Text such as "6", "1/3" or "-2e-3" will do. Nothing moves. Raises WalkError at the end, and
        NumberError (a TypeError) for anything but a number.
        """
        return judge(self.coming, value)

    @public
    def why(self, style: TextStyle | None = None) -> Text:
        """The rule behind the latest step, and a numeric nudge that confirms its local derivative.

        Raises WalkError before the first step.
        """
        if self.step is None:
            raise WalkError("No step is taken yet: next takes the first.")
        return explain_reason(self.step, checked_style(style))

    @public
    def save(self, path: str | os.PathLike[str], worksheet: bool = False, copies: int = 1, seed: int = 0) -> Path:
        """Write the walk as one offline HTML page that plays in any browser, and return its path.

        A name that ends with .gif or .mp4 makes a film for slides, of up to 300 steps; it needs matplotlib, and an
        .mp4 also ffmpeg.

        With worksheet=True the numbers are left blank, to be filled in on paper or on the page, and nothing moves.
        The answers stand on a page of their own. `copies` is the number of sheets. The first has the numbers of this
        walk, and each other sheet has other numbers in the leaves; the same `seed` gives the same numbers.

        Raises PageError (an OSError) for a name that does not end with .html and for a folder that does not exist,
        ArgumentError for copies that are not a whole number from 1 to 100 or that are not of a worksheet, WalkError
        for more than 100,000 steps, for a worksheet of more than 1,000 or of a tangle of arrows, and if there are not
        enough different copies, and DrawError where no graph can be laid out.

        Of more than 1,000 steps, or a tangle of arrows, the page shows the graph folded and the edge of the step with
        its neighbours.
        """
        from ..film import FILM_SUFFIXES
        from ..page.shell import PAGE_SUFFIXES, PageError
        from .film import film
        from .long import long_page
        from .page import MOST_STEPS, Tangle, page
        from .worksheet import worksheet as sheet

        endings = PAGE_SUFFIXES if flag(worksheet, "worksheet") else (*PAGE_SUFFIXES, *FILM_SUFFIXES)
        target = checked_path(
            path, endings, "page", PageError
        )  # before work that is for nothing if it cannot be saved
        for name, number, least, most in ("copies", copies, 1, MOST_COPIES), ("seed", seed, 0, None):
            if not is_whole(number) or number < least or (most and number > most):
                limits = f"from {least} to {most}" if most else f"of {least} or more"
                raise ArgumentError(f"{name} is a whole number {limits}, not {described(number)}.")
        if worksheet:
            return sheet(self, int(copies), int(seed)).save(path)
        if copies != 1:
            raise ArgumentError(f"copies are of a worksheet: save(path, worksheet=True, copies={copies}).")
        if target.suffix.lower() in FILM_SUFFIXES:
            return film(self, target)
        if len(self) <= MOST_STEPS:
            with suppress(Tangle):
                return page(self).save(path)
        return long_page(self).save(path)

    @public
    def draw(self, **options: Any) -> Drawing:
        """Draw the graph with the gradients at the cursor, whatever the nodes hold by now; options are draw()'s.

        The latest step's edge, or node, is highlighted, unless `highlight` says otherwise. Nothing moves.
        """
        from ..draw import draw

        step = self.step
        if step:
            options.setdefault("highlight", step.node if step.argument is None else (step.node, step.argument))
        with gradients_kept(self.trace.nodes):
            self._show(Replay((), self.at, self.trace.whole))
            return draw(self.trace.root, **options)

    @public
    def repl(self) -> None:
        """Step through by typed words; the empty line takes the next step, and `help` lists the others."""
        from .repl import Repl

        Repl(self).talk()

    @public
    def text(self, width: int = 80, color: bool = False) -> Text:
        """All the steps, as they are explained, in so many columns (40 or more)."""
        if not is_whole(width) or width < NARROW:
            raise ArgumentError(f"width is a whole number of columns, {NARROW} or more, not {described(width)}.")
        style = TextStyle.plain(width, flag(color, "color"))
        return Text("\n\n".join([opening(self.trace, style), *(explain_step(step, style) for step in self)]))

    def __str__(self) -> str:
        """Where the cursor is: the latest step, or what is ahead."""
        return explain_step(self.step) if self.step else opening(self.trace, TextStyle.plain())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """What a notebook shows, trusted or not."""
        from .notebook import markup

        return markup(self)

    @public
    def earlier(self) -> bool:
        """Whether a leaf holds a gradient of its own, behind what this walk shows."""
        return any(held(node) for node in self.trace.nodes if node.op is None)

    def _move(self, to: int) -> None:
        try:
            if to and not self._replay.whole():
                take_back(self.trace.nodes)
                self._replay = Replay(self.trace.nodes, self.at, self.trace.whole)
                self._show(self._replay)
            while self.at < to:
                self._step(self.at, True)
                self.at += 1
            while self.at > to:
                self._step(self.at - 1, False)
                self.at -= 1
            self._settle()
        except BaseException:  # Ctrl-C may fall between a gradient and its count: both sides of the cursor settle it
            self._step(self.at - 1, True)
            self._step(self.at, False)
            if not self._replay.whole():  # or into its first display
                self._replay.take_back()
            self._settle()
            raise

    def _settle(self) -> None:
        """Tell the replay where it is; at the start, take it back."""
        self._replay.at = self.at
        if not self.at:
            self._replay.take_back()

    def _show(self, replay: Replay) -> None:
        """Show the gradients at the cursor on all nodes."""
        for node, gradient in zip(self.trace.nodes, self.trace.gradients(self.at)):
            replay.show(node, gradient)

    def _step(self, index: int, done: bool) -> None:
        """Show a step's target the gradient that it has once the step is done, or before."""
        if len(self.trace.forward) <= index < len(self) and self._replay.nodes:
            target, before, after = self.trace.change(index)
            self._replay.show(target, after if done else before)


def _check(by: str) -> None:
    if not isinstance(by, str) or by not in ("edge", "node"):
        raise WalkError(f"A walk goes by 'edge' or by 'node', not by {described(by)}.")


def _same_node(step: Step, other: Step) -> bool:
    return step.node is other.node and step.kind == other.kind
