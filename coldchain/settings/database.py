"""Where the record lies: the section ``database`` to an address for SQLAlchemy."""

from pathlib import Path
from urllib.parse import quote

from coldchain.settings.reader import Section


def read_database_url(section: Section, data: Path) -> str:
    """The database's address, with its password; a SQLite file in the data folder where none is given."""
    url, password = section.text("url"), section.secret("password")
    section.done()
    if url is None:
        if password is not None:
            section.refuse("url", "a password needs the database's url")
        return f"sqlite:///{data / 'coldchain.db'}"
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return _sqlite_url(section, rest)
    if scheme not in {"postgresql", "postgresql+psycopg"} or not rest:
        section.refuse("url", "url is 'sqlite:///FILE' or 'postgresql://USER@HOST/DATABASE'")
        return url
    login, at, place = rest.rpartition("@")
    if ":" in login and section.from_file("url"):
        section.refuse("url", "the url holds a password: write password_file, or set COLDCHAIN_DATABASE_PASSWORD")
    if password is None:
        return f"postgresql+psycopg://{rest}"
    if not at or ":" in login:
        section.refuse("url", "the url must name a user, and no password, where a password is given separately")
    return f"postgresql+psycopg://{login}:{quote(password.reveal(), safe='')}@{place}"


def _sqlite_url(section: Section, rest: str) -> str:
    path = rest.removeprefix("/")
    if not rest.startswith("/") or path in {"", ":memory:"} or path.startswith("?"):
        section.refuse("url", "the record needs a file, such as 'sqlite:///coldchain.db'")
    return f"sqlite:///{section.base_of('url') / path}"
