"""Write pictures one after another as a film: a GIF, or an MP4 where ffmpeg is installed, by matplotlib's writers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arguments import public
from .errors import GradwalkError, MissingExtra
from .files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

FILM_SUFFIXES = (".gif", ".mp4")
SLIDE, DPI = (12.8, 7.2), 100  # inches and dots an inch: 1280 × 720 pixels, as wide as a slide
LINGER = 2  # times that the last picture is shown, before a GIF begins again
PLAIN_VIDEO = ("-pix_fmt", "yuv420p")  # the colors that every player knows


@public
def new_figure(purpose: str) -> Any:
    """Return an empty figure of matplotlib for the pictures of a film. No window opens.

    Parameters
    ----------
    purpose: what it is for, for the error's sentence, such as "walk.gif".

    Raises
    ------
    MissingExtra (an ImportError) without matplotlib.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train", purpose) from None
    figure = Figure(SLIDE, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


@public
def save_film(
    target: Path, figure: Any, paint: Callable[[int], None], count: int, seconds: float, error: type[GradwalkError]
) -> Path:
    """Write a film, and return its path. What was there before stays as it was if something fails.

    Parameters
    ----------
    target: the file, ending with .gif or .mp4; its name has been checked.
    figure: a figure of matplotlib.
    paint: called with 0, 1, ... before each picture is taken; changes the figure.
    count: the number of pictures.
    seconds: how long each is shown.
    error: what is raised without ffmpeg for an .mp4, and for a file that cannot be written.
    """
    from matplotlib.animation import FFMpegWriter, PillowWriter

    video = target.suffix.lower() == ".mp4"
    if video and not FFMpegWriter.isAvailable():
        other = target.with_suffix(".gif").name
        raise error(
            f"{target.name!r} needs ffmpeg: install it by `apt install ffmpeg`, `brew install ffmpeg` or "
            f"`winget install ffmpeg`, or save {other!r}."
        )
    rate: Any = 1.0 / seconds  # a fraction will do, whatever the writers' stubs say
    writer: Any = FFMpegWriter(rate, codec="h264", extra_args=[*PLAIN_VIDEO]) if video else PillowWriter(rate)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        draft = Path(folder) / f"film{target.suffix.lower()}"
        with writer.saving(figure, str(draft), DPI):
            for picture in range(count):
                paint(picture)
                for _ in range(LINGER if picture == count - 1 else 1):
                    writer.grab_frame()
        data = draft.read_bytes()
    try:
        write_whole(target, data)
    except OSError as problem:
        raise error(f"{target.name!r} cannot be saved: {problem.strerror or problem}.") from None
    return target
