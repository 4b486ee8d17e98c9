"""`Plot`: the axes of a plot, which show and save themselves."""

from __future__ import annotations

from io import BytesIO
from re import findall
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from engine import checked_path, public, show_picture, write_whole

from ..checks import NetworkError

if TYPE_CHECKING:
    import os
    from pathlib import Path

PLOT_SUFFIXES = (".png", ".svg", ".pdf")


class Plot(Axes):
    """Axes of matplotlib that can also show and save themselves. Every plot returns such axes.

    >>> from nn import plot
    >>> plot.losses([8.0, 2.0, 0.5])
    Plot "Loss, step by step": .show() opens it, .save("loss_step_by_step.png") writes it
    """

    @public
    def show(self) -> None:
        """Open the plot in the browser; in a notebook, display it below the cell.

        Raises NetworkError where there is no screen or no browser: save the plot there.
        """
        show_picture(self, self._word(), self.save, NetworkError)

    @public
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the kind that the name ends with: .png, .svg or .pdf. Returns its path.

        Raises NetworkError for another ending, for a folder that does not exist, and for a file that cannot be
        written; what was there before is then as it was.
        """
        target = checked_path(path, PLOT_SUFFIXES, self._word(), NetworkError)
        try:
            write_whole(target, self._bytes(target.suffix.lower()[1:]))
        except OSError as error:
            raise NetworkError(f"{target.name!r} cannot be saved: {error.strerror or error}.") from None
        return target

    def _repr_png_(self) -> bytes:
        """Return the picture that a notebook shows, as PNG."""
        return self._bytes("png")

    def _bytes(self, form: str) -> bytes:
        file = BytesIO()
        figure = self.get_figure(root=True)
        assert figure  # a plot is made in one
        figure.savefig(file, format=form)
        return file.getvalue()

    def _word(self) -> str:
        """Return the plot's title as a name for a file."""
        title = self.get_title(loc="left").partition(":")[0].lower()
        return "_".join(findall(r"\w+", title)[:4]) or "plot"

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        title = " ".join(self.get_title(loc="left").split())
        return f'Plot "{title}": .show() opens it, .save("{self._word()}.png") writes it'
