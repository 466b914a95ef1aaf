"""How instants, ages and durations read on a page: short, with the zone, and UTC for whoever needs it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from coldchain.domain.instant import iso, utc

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def age(duration_ms: int) -> str:
    """How old something is, never rounded up: ``3 s``, ``1 min``, ``2 h 5 min``, ``3 d 1 h``."""
    seconds = max(duration_ms, 0) // 1000
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    large, small, units = (
        (minutes // 60, minutes % 60, "h min") if minutes < 1440 else (minutes // 1440, minutes // 60 % 24, "d h")
    )
    unit, smaller = units.split()
    return f"{large} {unit} {small} {smaller}" if small else f"{large} {unit}"


@dataclass(frozen=True)
class Clock:
    """The time now and the zone in which a page shows times.

    Attributes:
        now_ms: UTC ms.
        zone: Shown; the title of every time says UTC as well.
    """

    now_ms: int
    zone: ZoneInfo

    def local(self, at_ms: int) -> datetime:
        """An instant in the page's zone."""
        return utc(at_ms).astimezone(self.zone)

    def offset(self, at_ms: int) -> str:
        """The zone's distance from UTC at an instant: ``UTC+01:00``."""
        minutes = int((self.local(at_ms).utcoffset() or timedelta()).total_seconds() // 60)
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'−' if minutes < 0 else '+'}{hours:02d}:{rest:02d}" if minutes else "UTC"

    @property
    def zone_name(self) -> str:
        """Such as ``Europe/Berlin, UTC+01:00``."""
        offset = self.offset(self.now_ms)
        return offset if self.zone.key == offset else f"{self.zone.key}, {offset}"

    def short(self, at_ms: int, *, seconds: bool = False) -> str:
        """``02:14`` today, ``20 Nov 02:14`` on another day, with the year where it is another one."""
        if self.local(at_ms).date() == self.local(self.now_ms).date():
            return self._of_day(at_ms, seconds)
        return self.dated(at_ms, seconds=seconds)

    def dated(self, at_ms: int, *, seconds: bool = False) -> str:
        """``20 Nov 02:14`` on any day: of two instants in one sentence the second is read as of the first one's day."""
        year = self.local(at_ms).year != self.local(self.now_ms).year
        return f"{self.date(at_ms, year=year)} {self._of_day(at_ms, seconds)}"

    def _of_day(self, at_ms: int, seconds: bool) -> str:
        return self.local(at_ms).strftime("%H:%M:%S" if seconds else "%H:%M")

    def date(self, at_ms: int, *, year: bool = True) -> str:
        """``21 Nov 2026``."""
        moment = self.local(at_ms)
        return f"{moment.day} {_MONTHS[moment.month - 1]}" + (f" {moment.year}" if year else "")

    def day(self, text: str) -> str:
        """A day such as ``2026-03-01`` as people write it: ``1 Mar 2026``."""
        found = date.fromisoformat(text)
        return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"

    def is_past(self, text: str) -> bool:
        """Whether a day such as ``2026-03-01`` is over, here and now."""
        return self.was_past(text, self.now_ms)

    def was_past(self, text: str, at_ms: int) -> bool:
        """Whether that day was over at an instant, on the clock of this zone."""
        return self.local(at_ms).date() > date.fromisoformat(text)

    def full(self, at_ms: int) -> str:
        """``21 Nov 2026 02:14:05 UTC+01:00``: for what may be quoted."""
        return f"{self.date(at_ms)} {self.local(at_ms):%H:%M:%S} {self.offset(at_ms)}"

    def table(self, at_ms: int) -> str:
        """``21 Nov 2026 02:14:05``: for columns whose head names the zone."""
        return f"{self.date(at_ms)} {self.local(at_ms):%H:%M:%S}"

    def lag(self, duration_ms: int) -> str:
        """How long after; `age` in a template."""
        return age(duration_ms)

    def element(self, at_ms: int, text: str) -> Markup:
        """A text that stands for an instant, as HTML that programs understand and that says UTC when pointed at."""
        title = f"{utc(at_ms):%Y-%m-%d %H:%M:%S} UTC"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(iso(at_ms), title, text)

    def moment(self, at_ms: int, *, seconds: bool = False) -> Markup:
        """`short` as a time element."""
        return self.element(at_ms, self.short(at_ms, seconds=seconds))

    def exactly(self, at_ms: int) -> Markup:
        """`full` as a time element."""
        return self.element(at_ms, self.full(at_ms))

    def ago(self, at_ms: int) -> Markup:
        """How long ago, as an element that the page's script keeps up to date."""
        return Markup('<span class="age" data-age-since="{}">{} ago</span>').format(at_ms, age(self.now_ms - at_ms))

    def running(self, since_ms: int) -> Markup:
        """How long it has lasted, as an element that the page's script keeps up to date."""
        return Markup('<span class="age" data-running-since="{}">{}</span>').format(
            since_ms, age(self.now_ms - since_ms)
        )

    def input_value(self, at_ms: int) -> str:
        """An instant as a ``datetime-local`` field holds it, in the page's zone."""
        return f"{self.local(at_ms):%Y-%m-%dT%H:%M}"
