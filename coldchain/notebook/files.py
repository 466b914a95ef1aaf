"""Logger files in a notebook: what an importer understood of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from coldchain.loggers import LoggerFile
from coldchain.loggers.contract import settled_channels
from coldchain.notebook.plot import FONT, Plot


@dataclass(frozen=True, repr=False)
class Files(Sequence[LoggerFile]):
    """Logger files as an importer understood them; a sequence of `LoggerFile`."""

    files: tuple[LoggerFile, ...]

    def __repr__(self) -> str:
        """A line a file: its name, format and how many readings each channel holds."""
        lines = [
            f"{file.name} ({file.format}): "
            + (", ".join(f"{one.name} {len(one.at_ms)} readings" for one in file.channels) or "no readings")
            for file in self.files
        ]
        return "\n".join(lines) or "no files"

    def __getitem__(self, index: Any) -> Any:
        return self.files[index]

    def __len__(self) -> int:
        return len(self.files)

    def to_pandas(self) -> Any:
        """A DataFrame with a row a reading: ``file, channel, measured_at`` (UTC), ``temperature_c``."""
        import numpy as np
        import pandas as pd

        channels = [(file.name, channel) for file in self.files for channel in file.channels]
        tables = [
            pd.DataFrame(
                {
                    "file": name,
                    "channel": channel.name,
                    "measured_at": pd.DatetimeIndex(channel.at_ms.astype("datetime64[ms]"), tz="UTC"),
                    "temperature_c": channel.milli_c / 1000,
                }
            )
            for name, channel in channels
        ]
        if not tables:
            nothing = np.array([], dtype="datetime64[ms]")
            return pd.DataFrame({"file": [], "channel": [], "measured_at": nothing, "temperature_c": []})
        return pd.concat(tables, ignore_index=True)

    def plot(self) -> Plot:
        """A chart of each channel: what was read, nothing judged; an hour without a reading is not bridged."""
        from coldchain.reporting.chart import draw
        from coldchain.reporting.picture import chart_of_readings

        shown = [
            (f"{file.name} · {one.channel.name}", chart_of_readings(one.settled.trace, file.evidence, file.name))
            for file in self.files
            for one in settled_channels(file)
        ]
        return Plot(tuple((name, draw(chart, FONT)) for name, chart in shown if chart is not None))

    def _repr_html_(self) -> str:
        rows = "".join(_file_row(file) for file in self.files)
        heads = ("File", "Format", "Channel", "Readings", "In quarantine", "Evidence")
        head = "".join(f"<th>{name}</th>" for name in heads)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _file_row(file: LoggerFile) -> str:
    found = [
        f"{name.replace('_', ' ')}: {one.value} ({one.source})" for name, one in file.evidence.items() if one.value
    ]
    evidence = "<br>".join(escape(said) for said in found)
    return "".join(
        f"<tr><td>{escape(file.name)}</td><td>{escape(file.format)}</td><td>{escape(channel.name)}</td>"
        f"<td>{len(channel.at_ms)}</td><td>{len(channel.quarantined)}</td><td>{evidence}</td></tr>"
        for channel in file.channels
    )
