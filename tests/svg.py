"""What a drawing says, read back from its SVG: a digit string may also stand in a coordinate."""

from __future__ import annotations

import re
from xml.etree import ElementTree


def words(markup: str) -> str:
    """Return the text of every SVG in a file or a page, a line an element: its labels, titles and descriptions."""
    pictures = re.findall(r"<svg\b.*?</svg>", markup, flags=re.DOTALL)
    assert pictures, "there is no picture"
    texts = [text for picture in pictures for text in ElementTree.fromstring(picture).itertext()]
    return "\n".join(text.replace("\xa0", " ") for text in texts)
