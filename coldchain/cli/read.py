"""`coldchain read`: what an importer makes of a file: its readings, and the evidence for every choice."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coldchain.cli import learn
from coldchain.cli.options import add_declared_options, declared_of
from coldchain.errors import UsageError

if TYPE_CHECKING:
    from coldchain.errors import FileRefused
    from coldchain.loggers.contract import ChannelRead
    from coldchain.loggers.files import FoundFile
    from coldchain.loggers.logger_file import Declared, LoggerFile

HELP = "show what an importer makes of a file; judges nothing"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, a folder, a zip, a pattern, or -")
    add_declared_options(parser)
    parser.add_argument("--from", dest="start", metavar="TIME", help="readings from here on, such as 2026-03-01T08:00Z")
    parser.add_argument("--to", dest="end", metavar="TIME", help="readings up to here")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="default: text")
    taken = parser.add_argument_group(
        "of audit",
        "--product, --stage, --rules, --max-gap, --uncertainty and --jobs are taken and not used, so that one list of "
        "options serves both commands.",
    )
    for option in ("--product", "--stage", "--rules", "--max-gap", "--uncertainty", "--jobs"):
        taken.add_argument(option, help=argparse.SUPPRESS)
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="also write FILE.pdf or FILE.html: what was read, without a verdict"
    )
    learn.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read every file that is found and print it: 0 fine, 1 a finding, 2 a file that could not be read."""
    from coldchain.cli.read_output import outputs
    from coldchain.loggers.files import find_files

    declared = declared_of(arguments)
    if arguments.learn:
        return learn.run(arguments, declared)
    period = _period(arguments, declared.tz or declared.site_tz)
    if arguments.report:
        from coldchain.cli.read_report import AlsoReport, check_read_report, command_of
        from coldchain.domain.bounds import Edges

        check_read_report(arguments.report)
        output: Output = AlsoReport(outputs(arguments.format), arguments.report, Edges(*period))
    else:
        output = outputs(arguments.format)
    code, count = 0, 0
    for found in _with_progress(find_files(arguments.paths)):
        count += 1
        code = max(code, _one(found, declared, period, output))
    if not count:
        raise UsageError(f"there is no file in {', '.join(arguments.paths)}")
    if arguments.report:
        output.close(command_of(arguments, declared))
    return code


def _one(found: "FoundFile", declared: "Declared", period: "tuple[int | None, int | None]", output: "Output") -> int:
    """Print one file; returns its exit code."""
    from coldchain.errors import FileRefused
    from coldchain.loggers import read
    from coldchain.loggers.contract import settled_channels

    try:
        if found.refused:
            raise found.refused
        file = read(found.name, found.content, declared)
    except FileRefused as error:
        print(f"coldchain: {_plain(found.name)}: {_plain(str(error))}", file=sys.stderr)
        output.refused(found, error)
        return 2
    channels = settled_channels(_within(file, period))
    output.read(file, channels)
    odd = any(read.channel.quarantined or read.conflicting for read in channels)
    return 1 if odd or file.signature == "invalid" else 0


def _within(file: "LoggerFile", period: "tuple[int | None, int | None]") -> "LoggerFile":
    """The file with only the readings inside the declared period."""
    from dataclasses import replace

    start, end = period
    if start is None and end is None:
        return file
    channels = []
    for channel in file.channels:
        inside = channel.at_ms >= channel.at_ms.min(initial=0) if start is None else channel.at_ms >= start
        if end is not None:
            inside = inside & (channel.at_ms <= end)
        channels.append(
            replace(channel, at_ms=channel.at_ms[inside], milli_c=channel.milli_c[inside], lines=channel.lines[inside])
        )
    return replace(file, channels=tuple(channels))


def _period(arguments: argparse.Namespace, tz: str | None) -> "tuple[int | None, int | None]":
    if arguments.start is None and arguments.end is None:
        return None, None
    from coldchain.auditing.asked import instant_of

    start, end = instant_of(arguments.start, "--from", tz), instant_of(arguments.end, "--to", tz)
    if start is not None and end is not None and end <= start:
        raise UsageError("--to must lie after --from")
    return start, end


def _plain(text: str) -> str:
    """A text without control characters: file names and cells come from outside."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _with_progress(files: "Iterator[FoundFile]") -> "Iterator[FoundFile]":
    """The same files, counted on standard error after two seconds, only on a terminal."""
    if not sys.stderr.isatty():
        yield from files
        return
    import time

    began = written = time.monotonic()
    for count, file in enumerate(files, 1):
        now = time.monotonic()
        if now - began > 2 and now - written > 0.2:
            written = now
            print(f"\r{count} files read ", end="", file=sys.stderr, flush=True)
        yield file
    if written > began:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)


class Output:
    """How files are printed, one after the other."""

    def read(self, file: "LoggerFile", channels: "tuple[ChannelRead, ...]") -> None:
        """Print a file."""
        raise NotImplementedError

    def refused(self, found: "FoundFile", error: "FileRefused") -> None:
        """Print what can be printed of a file that could not be read."""

    def close(self, command: str) -> None:
        """Every file has been read; ``command`` reads them again."""
