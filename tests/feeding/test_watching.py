"""What the bridge says of itself by HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from coldchain.bridging.watching import Watched
from coldchain.errors import PortTaken
from coldchain.monitoring.kafka_bridge import BridgeState


@contextmanager
def watched(complaint: str | None = None) -> Iterator[Watched]:
    """Somebody who has forwarded something."""
    with Watched(0, lambda: BridgeState(complaint, 12, 11, 10, 1)) as made:
        yield made


def asked(where: Watched, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{where.port}{path}", timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("complaint", "status", "detail"), [(None, 200, "messages are forwarded"), ("Kafka is away", 503, "Kafka is away")]
)
def test_healthz_says_what_is_wrong(complaint: str | None, status: int, detail: str) -> None:
    with watched(complaint) as where:
        got, body = asked(where, "/healthz")
    assert (got, json.loads(body)) == (status, {"ok": complaint is None, "detail": detail})


def test_metrics_are_counters_that_prometheus_reads() -> None:
    with watched() as where:
        status, body = asked(where, "/metrics")
        assert asked(where, "/else")[0] == 404
    assert status == 200
    assert "# TYPE coldchain_bridge_acknowledged_total counter\ncoldchain_bridge_acknowledged_total 10\n" in body


def test_a_port_that_is_taken_is_named() -> None:
    with watched() as where, pytest.raises(PortTaken, match="choose another by --http"):
        Watched(where.port, lambda: BridgeState(None, 0, 0, 0, 0))
