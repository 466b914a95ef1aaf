"""What somebody had typed when their session ended: kept through the door, and sent only when they say so."""

import json
from dataclasses import dataclass

from fastapi import Request
from starlette.exceptions import HTTPException

from coldchain.web.visit import inside

_OUR_OWN = frozenset({"/sign-in", "/sign-out", "/time"})
"""Forms that lose nothing."""

_UNSEEN = frozenset({"revision", "seen", "once", "next", "back"})
"""What a form says by itself; nobody typed it."""

LONGEST = 50_000
"""Characters that are carried through the door: with the rest of its form they have to fit into one."""


@dataclass(frozen=True)
class Unsent:
    """A form that came without a session.

    Attributes:
        action: Where it was sent to, a path of this site.
        fields: Name and value of each field, without passwords.
    """

    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What a person would know again, for the page that asks whether to send it."""
        return [(name.replace("-", " "), value) for name, value in self.fields if value and name not in _UNSEEN]

    def to_text(self) -> str:
        """For a hidden field."""
        return json.dumps([self.action, self.fields])

    @classmethod
    def of_text(cls, text: str) -> "Unsent | None":
        """The inverse of `to_text`; ``None`` where there is nothing, or nothing of ours."""
        try:
            action, fields = json.loads(text)
            found = tuple((str(name), str(value)) for name, value in fields)
        except (ValueError, TypeError):
            return None
        return cls(action, found) if isinstance(action, str) and inside(action) == action else None


async def unsent_of(request: Request) -> Unsent | None:
    """The form of a request that came without a session; ``None`` where nothing would be lost."""
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or request.url.path in _OUR_OWN or not kind.startswith("application/x-www-form"):
        return None
    try:
        form = await request.form()
    except HTTPException:
        return None
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    query = f"?{request.url.query}" if request.url.query else ""
    found = Unsent(request.url.path + query, tuple(each for each in fields if not each[0].startswith("password")))
    return found if found.typed and len(found.to_text()) <= LONGEST and inside(found.action) == found.action else None
