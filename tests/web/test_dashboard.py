"""Every query of the shipped dashboard, and of the shipped rules, finds what `/metrics` really says."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from coldchain.domain.devices import Complaint
from coldchain.payloads import Report
from tests.web.hospital import READER, Hospital, Pages
from tests.web.test_devices import says

DEPLOY = Path(__file__).parents[2] / "deploy"
PANELS = json.loads((DEPLOY / "grafana" / "dashboards" / "coldchain.json").read_text(encoding="utf-8"))["panels"]
GROUPS = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text(encoding="utf-8"))["groups"]
QUERIES = [(panel["title"], target) for panel in PANELS for target in panel.get("targets", ())]
SELECTOR = re.compile(r"(?P<name>coldchain_\w+)(?:\{(?P<matchers>[^}]*)\})?(?P<range>\[\w+\])?")
MATCHER = re.compile(r'(\w+)(!?=)"([^"]*)"')


@pytest.fixture
def metrics(hospital: Hospital, pages: Pages) -> dict[str, Metric]:
    """By the name of their samples; the hospital has one sensor, which says all that a device can say."""
    hospital.refrigerator("a").hears("a", "5x5")
    says(hospital, Report("a-probe", 12, 2_950, None, -87, 75, 120, "1.4"))
    with pages.program(READER) as program:
        families = text_string_to_metric_families(program.get("/metrics").text)
        return {sample.name: family for family in families for sample in family.samples}


def selected(expression: str, metrics: dict[str, Metric]) -> list[dict[str, str]]:
    """The labels of the samples that an expression's selectors find; each must find some."""
    found = []
    for selector in SELECTOR.finditer(expression):
        matchers = MATCHER.findall(selector["matchers"] or "")
        samples = [
            sample.labels
            for sample in metrics[selector["name"]].samples
            if all((sample.labels[label] == value) == (sign == "=") for label, sign, value in matchers)
        ]
        assert samples, expression
        found += samples
    return found


def test_every_panel_asks_for_what_there_is(metrics: dict[str, Metric]) -> None:
    assert len(QUERIES) >= 15
    for title, target in QUERIES:
        named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert all(named <= set(labels) for labels in selected(target["expr"], metrics)), title
        for selector in SELECTOR.finditer(target["expr"]):  # only what counts up has an increase
            assert (metrics[selector["name"]].type == "counter") == (selector["range"] is not None), title
    for rule in (rule for group in GROUPS for rule in group["rules"]):
        selected(rule["expr"], metrics)


def test_every_complaint_has_a_name_for_people() -> None:
    (panel,) = (each for each in PANELS if each["title"] == "What is the matter with sensors")
    named = {each["matcher"]["options"] for each in panel["fieldConfig"]["overrides"]}
    assert named >= {complaint.value for complaint in Complaint}


def test_no_panel_lies_on_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}  # fmt: skip
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
