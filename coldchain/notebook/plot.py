"""Charts in a notebook."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from coldchain.errors import UsageError

FONT = "system-ui, sans-serif"


@dataclass(frozen=True)
class Plot:
    """Charts, one below the other, on white in a light notebook and in a dark one."""

    charts: tuple[tuple[str, str], ...]
    """Each one's caption and its SVG."""

    def _repr_html_(self) -> str:
        shown = "".join(
            f"<figure style='margin:0 0 16px'><figcaption style='font:600 14px system-ui,sans-serif'>{escape(said)}"
            f"</figcaption>{svg}</figure>"
            for said, svg in self.charts
        )
        paper = "background:#fff;color:#16202b;color-scheme:light;padding:12px;max-width:760px"
        return f"<div style='{paper}'>{shown or 'There is no reading to draw.'}</div>"

    def save(self, path: str | Path) -> None:
        """Write the charts as one HTML file, or the only one as SVG where the file is called so.

        Raises:
            UsageError: An SVG was asked of several charts.
        """
        place = Path(path)
        if place.suffix.lower() != ".svg":
            place.write_text(f"<!doctype html><meta charset=utf-8>{self._repr_html_()}", encoding="utf-8")
        elif len(self.charts) == 1:
            place.write_text(self.charts[0][1], encoding="utf-8")
        else:
            raise UsageError(f"an SVG holds one chart and there are {len(self.charts)}; name an .html file")
