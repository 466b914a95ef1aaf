"""Every error this program raises on purpose.

::

    ColdchainError                 one plain sentence; `retry` says whether trying again can help
    ├── UsageError                 wrong options or arguments of a command
    ├── SettingsError              a settings file or variable; `.problems` names all of them
    ├── RulebookError              product files; `.problems` names all of them
    │   └── UnknownProduct         no product file has this id
    ├── LayoutError                layout files; `.problems` names all of them
    ├── FileRefused                a logger file that cannot be read without guessing; `.code`, `.options`
    ├── PayloadRefused             a sensor message that cannot be used; `.reason`
    ├── NotPermitted               who asks may not do this
    ├── NotFound                   what was asked for is not in the record
    ├── TooMuch                    a sender brings more than it may; `.wait_s`      (retry)
    ├── StoreUnavailable           the database does not answer                      (retry)
    │   └── StoreUnusable          it cannot be used as it is: not there, not writable, not of this program
    ├── ClusterUnavailable         the Dask cluster does not answer, or cannot judge  (retry)
    ├── BrokerUnavailable          the MQTT broker, or Kafka, does not answer         (retry)
    ├── PortTaken                  another program listens where we were told to
    └── DeliveryFailed             an alert was not taken by its channel             (retry, or not: see the instance)

Exceptions of other libraries are translated at the border that knows the library, ``from`` the original.
"""

import re
from dataclasses import dataclass


class ColdchainError(Exception):
    """An error with one plain sentence that says what is wrong, where, and what to do."""

    retry = False
    """Whether the same call can succeed later without anybody changing anything."""


class UsageError(ColdchainError):
    """A command was called with options or arguments that do not fit."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong at one place of a file; lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class _WithProblems(ColdchainError):
    """An error that names every problem at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in sorted(problems)))
        self.problems = sorted(problems)


class SettingsError(_WithProblems):
    """The settings are not usable; all their problems are named."""


class RulebookError(_WithProblems):
    """Product files are not usable; all their problems are named."""


class LayoutError(_WithProblems):
    """Layout files are not usable; all their problems are named."""


class UnknownProduct(RulebookError):
    """No product file has the id that was asked for."""

    def __init__(self, message: str) -> None:
        ColdchainError.__init__(self, message)
        self.problems = []


_LONG_MESSAGE, _LONGEST_MESSAGE = 300, 2_000
_LONG_WORD = re.compile(r"(\S{80})\S+")
"""What is quoted from a damaged file may be a word of a megabyte."""


def _shortened(message: str) -> str:
    shortened = _LONG_WORD.sub(r"\1…", message)
    return shortened if len(shortened) <= _LONGEST_MESSAGE else f"{shortened[:_LONGEST_MESSAGE]}…"


class FileRefused(ColdchainError):
    """A logger file that cannot be read without guessing, or at all.

    Args:
        code: One of the error codes of the file contract, such as ``ambiguous-date-order``.
        message: One sentence: what is wrong, where, what to do. It may quote the file: its longest words are cut.
        options: Command-line options that would settle it, such as ``--date-order DMY``.
    """

    def __init__(self, code: str, message: str, options: tuple[str, ...] = ()) -> None:
        super().__init__(message if len(message) <= _LONG_MESSAGE else _shortened(message))
        self.code = code
        self.options = options

    def __reduce__(self) -> tuple[type, tuple[str, str, tuple[str, ...]]]:
        """How it travels to another process."""
        return type(self), (self.code, str(self), self.options)


class PayloadRefused(ColdchainError):
    """A sensor message that cannot be used.

    Args:
        reason: The quarantine reason, such as ``damaged`` or ``sentinel``.
        message: One sentence: what is wrong and where.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotPermitted(ColdchainError):
    """Who asks is not allowed to do this."""


class NotFound(ColdchainError):
    """What was asked for is not in the record."""


class TooMuch(ColdchainError):
    """A sender brings more than it may; the same will be taken later.

    Args:
        message: One sentence: who, how much, when to come again.
        wait_s: After so many seconds.
    """

    retry = True

    def __init__(self, message: str, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class StoreUnavailable(ColdchainError):
    """The database does not answer."""

    retry = True


class StoreUnusable(StoreUnavailable):
    """The database cannot be used as it is, and waiting will not change that."""

    retry = False


class ClusterUnavailable(ColdchainError):
    """The cluster that should judge files does not answer, has lost its workers, or runs another program."""

    retry = True


class BrokerUnavailable(ColdchainError):
    """The MQTT broker, or Kafka, does not answer."""

    retry = True


class PortTaken(ColdchainError):
    """Another program listens where we were told to."""


class DeliveryFailed(ColdchainError):
    """A channel did not take an alert.

    Args:
        message: What the channel said.
        retry: Whether the same alert may be taken later.
    """

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry
