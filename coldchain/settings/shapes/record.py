"""What a command that works on the record alone is told: where it lies, and by which clock and rules."""

from dataclasses import dataclass, field
from pathlib import Path

from coldchain.errors import ColdchainError


@dataclass(frozen=True)
class Archive:
    """Where readings of long ago go.

    Attributes:
        after_ms: How old a day is when its readings are moved from the database into a file; ``None``: they never are.
        folder: Where the files lie; ``None`` for a folder beside the SQLite file.
        keep_ms: For how long readings have to be kept; what is older, and what nothing rests on, may be removed by
            ``coldchain retention``. ``None``: for ever.
    """

    after_ms: int | None = None
    folder: Path | None = None
    keep_ms: int | None = None


@dataclass(frozen=True)
class RecordSettings:
    """The settings of the record; nothing of the ways in and out, whose secrets such a command need not know.

    Attributes:
        database_url: For SQLAlchemy; may hold a password, so it does not print. See `shown_database`.
        data: The folder for what the service writes.
        tz: The site's time zone, an IANA name; for device times without a zone and for texts.
        rules: A folder of own product files, on top of the shipped ones.
        layouts: A folder of learned layouts for imported files.
    """

    database_url: str = field(repr=False)
    data: Path
    tz: str = "UTC"
    rules: Path | None = None
    layouts: Path | None = None
    archive: Archive = Archive()

    @property
    def shown_database(self) -> str:
        """The database's address without its password, for messages."""
        scheme, found, rest = self.database_url.partition("://")
        login, at, place = rest.rpartition("@")
        user = login.split(":", 1)[0]
        return f"{scheme}{found}{user}{at}{place}"

    @property
    def libpq_database(self) -> str:
        """The same for PostgreSQL's own tools, which know no drivers."""
        return self.shown_database.replace("postgresql+psycopg://", "postgresql://")

    def make_folder(self) -> None:
        """Make the data folder, for nobody else's eyes.

        Raises:
            ColdchainError: It cannot be made.
        """
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ColdchainError(f"cannot make the data folder {self.data}: {error.strerror}") from error
