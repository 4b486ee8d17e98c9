"""What PyPI shows: the project's URLs, and README with links into the repository: PyPI has none of its files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")


def absolute(text: str, repository: str) -> str:
    """Return Markdown whose relative links are those of a repository; a picture is linked to as a raw file.

    >>> absolute("![a](b.png) [c](d.md#e)", "https://example.org/x")
    '![a](https://example.org/x/raw/main/b.png) [c](https://example.org/x/blob/main/d.md#e)'
    """

    def changed(link: re.Match[str]) -> str:
        return f"{link[1]}[{link[2]}]({repository}/{'raw' if link[1] else 'blob'}/main/{link[3]})"

    return LINK.sub(changed, text)


class CustomMetadataHook(MetadataHookInterface):  # type: ignore[misc]
    """The hook that hatchling calls when it builds."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the URLs and the text of the project's page."""
        source = Path(self.root, "engine", "installed.py").read_text(encoding="utf-8")
        repository = re.findall(r'^REPOSITORY = "(.*)"$', source, flags=re.MULTILINE)[0]
        metadata["urls"] = {
            "Homepage": repository,
            "Documentation": f"{repository}#readme",
            "Changelog": f"{repository}/blob/main/CHANGELOG.md",
            "Issues": f"{repository}/issues",
        }
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(text, repository)}
