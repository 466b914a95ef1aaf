"""The design's promises that numbers can hold: contrast, one set of colours, shapes, small pictures."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import coldchain.web
from coldchain.domain.bounds import Bounds
from coldchain.records.views.series import Bucket
from coldchain.reporting import chart as reporting_chart
from coldchain.web.assets import address, asset, chart_style_ids
from coldchain.web.drawing import duration_bar, silences, sparkline

FOLDER = Path(coldchain.web.__file__).parent
CSS = (FOLDER / "static" / "coldchain.css").read_text()
MIN = 60_000

TEXT = [
    *((text, ground) for text in ("ink", "ink-2") for ground in ("ground", "surface", "sunken")),
    ("button-ink", "button"), ("on-state", "nodata"),
    *((state, on) for state in ("in", "out", "possibly", "nodata", "suspended")
      for on in ("ground", "surface", f"{state}-tint")),
    *(("ink", f"{state}-tint") for state in ("in", "out", "possibly", "nodata", "suspended")),
    *(("ink-2", f"{state}-tint") for state in ("in", "out", "possibly", "nodata", "suspended")),
]  # fmt: skip
"""Which text stands on which ground; AA asks for 4.5."""

EDGES = [("line-2", "surface"), ("line-2", "ground"), ("out", "surface"), ("ink", "surface")]
"""Edges of controls and lines in charts; AA asks for 3."""


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme; the dark one overrides the light one."""
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark)) if scheme == "dark" else found


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(scheme: str) -> None:
    colours = tokens(scheme)
    weak = {
        (a, b): round(contrast(colours[a], colours[b]), 2) for a, b in TEXT if contrast(colours[a], colours[b]) < 4.5
    }
    assert weak == {}
    faint = {
        (a, b): round(contrast(colours[a], colours[b]), 2) for a, b in EDGES if contrast(colours[a], colours[b]) < 3
    }
    assert faint == {}


def test_the_dark_scheme_has_every_colour_of_the_light_one() -> None:
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)[:2]
    names = [set(re.findall(r"--([\w-]+): #", scheme)) for scheme in (light, dark)]
    assert names[0] == names[1]


def test_colours_stand_only_in_tokens() -> None:
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    rules = re.sub(r"\.drawn \[(?:fill|stroke)=\"#[0-9a-f]{6}\"\]", "", rules)
    rules = re.sub(r"@page .*|\.paper-head .*", "", rules)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []


def test_every_colour_of_the_drawn_chart_follows_the_scheme() -> None:
    source = Path(reporting_chart.__file__).read_text()
    for colour in sorted(set(re.findall(r"#[0-9a-f]{6}", source))):
        assert f'"{colour}"]' in CSS, f"the drawn chart uses {colour}, which no token stands for on pages"


def test_touch_and_motion() -> None:
    assert "--target: 2.75rem" in CSS, "44 px"
    assert "prefers-reduced-motion: no-preference" in CSS
    assert ":focus-visible" in CSS
    assert "outline: 0" not in CSS


def test_nothing_in_our_files_points_elsewhere() -> None:
    for path in [*(FOLDER / "static").iterdir(), *(FOLDER / "templates").iterdir()]:
        text = path.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http:" not in text, path.name
        assert "https:" not in text, path.name
        assert not re.search(r"innerHTML\s*=[^=]", text), path.name
        assert "eval(" not in text, path.name


def test_a_file_has_another_address_when_it_changes() -> None:
    assert address("coldchain.css").endswith(asset("coldchain.css").version)
    assert len(asset("plotly.min.js").compressed) < len(asset("plotly.min.js").content) / 2


def test_the_chart_library_finds_every_style_element_it_would_make_without_a_nonce() -> None:
    bundle = asset("plotly.min.js").content.decode()
    assert len(chart_style_ids()) == 1 + bundle.count('createElement("style")') - 1
    assert all(each.split("global")[0] in bundle for each in chart_style_ids())


def bucket(minute: int, low: int = 5_000, high: int = 5_000, readings: int = 2) -> Bucket:
    return Bucket(minute * MIN, (minute + 9) * MIN, low, high, readings)


def test_what_is_silent() -> None:
    found = silences([bucket(10), bucket(20), bucket(100)], 0, 200 * MIN, 30 * MIN)
    assert found == [(0, 10 * MIN), (59 * MIN, 100 * MIN), (139 * MIN, 200 * MIN)]
    assert silences([], 0, 10, 5) == [(0, 10)]


def test_no_line_crosses_a_silence() -> None:
    svg = sparkline([bucket(0), bucket(10), bucket(100), bucket(110)], (2_000, 8_000), 0, 120 * MIN, 30 * MIN, "words")
    assert svg.count('class="trace"') == 2
    assert svg.count('class="gap"') == 1


def test_what_is_beyond_the_limits_is_drawn_over() -> None:
    svg = sparkline([bucket(0), bucket(10, 8_000, 8_001), bucket(20)], (2_000, 8_000), 0, 30 * MIN, 30 * MIN, "words")
    assert svg.count("trace beyond") == 1


@given(
    st.lists(st.tuples(st.integers(0, 1_000), st.integers(-90_000, 90_000), st.integers(0, 9_000)), max_size=30),
    st.one_of(st.none(), st.tuples(st.integers(-80_000, 0), st.integers(1, 80_000)), st.just((-(2**62), 8_000))),
    st.text(max_size=20),
)
def test_a_sparkline_is_always_a_picture_inside_its_frame(
    readings: list[tuple[int, int, int]], good: tuple[int, int] | None, words: str
) -> None:
    at = {minute: (low, low + more) for minute, low, more in readings}
    buckets = [Bucket(minute * MIN, minute * MIN + 1, *at[minute], 2) for minute in sorted(at)]
    printable = "".join(c for c in words if c.isprintable())
    root = ElementTree.fromstring(sparkline(buckets, good, 0, 1_000 * MIN, 30 * MIN, printable))  # noqa: S314 - our own
    assert root.get("aria-label") == printable
    for line in root.iter("polyline"):
        for point in (line.get("points") or "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 280
            assert 0 <= y <= 56


@given(st.lists(st.integers(0, 10**10), min_size=3, max_size=3), st.one_of(st.none(), st.integers(1, 10**10)))
def test_in_the_bar_sure_is_never_longer_than_possible(durations: list[int], allowed: int | None) -> None:
    bounds = Bounds(*sorted(durations))
    root = ElementTree.fromstring(duration_bar(bounds, allowed, "out", "words"))  # noqa: S314 - our own
    widths = {each.get("class") or "hatched": float(each.get("width") or 0) for each in root.iter("rect")}
    assert widths["sure"] <= widths["frame"] + 1
    assert widths["frame"] <= 640
    assert (root.find("line[@class='allowed']") is not None) is (allowed is not None)
