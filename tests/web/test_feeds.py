"""A sender that brings too much over HTTP is told to wait: nothing is half stored, nothing lost, nobody else waits."""

import httpx
import pytest

from coldchain.monitoring.allowance import Allowance
from coldchain.web.feeds import Feeds
from coldchain.web.services import Token, Webhook
from coldchain.web.visit import token_hash
from tests.web.hospital import WRITER, Hospital
from tests.web.test_api import READING, stored

OTHER = "the-token-of-another-gateway-0123"
TOKENS = (Token("gateway-7", token_hash(WRITER)), Token("gateway-8", token_hash(OTHER)))


def minute(number: int) -> dict[str, object]:
    return READING | {"measured_at": f"2026-11-21T11:{number:02d}:00Z"}


class Steady:
    """A clock that is moved by hand, s."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("case", "taken", "rested_s", "wait_s"),
    [
        ("nothing taken", 0, 0, 0), ("less than is saved up", 99, 0, 0), ("all that is saved up", 100, 0, 0.1),
        ("more than that, at once", 150, 0, 5.1), ("and a rest", 150, 5, 0.1), ("and a longer one", 150, 5.2, 0),
    ],
)  # fmt: skip
def test_what_is_taken_grows_back(case: str, taken: int, rested_s: float, wait_s: float) -> None:
    steady = Steady()
    allowance = Allowance(10, 10, steady)
    allowance.take(taken)
    steady.now_s += rested_s
    assert allowance.wait_s() == pytest.approx(wait_s), case


def test_a_long_rest_saves_up_no_more_than_is_saved_up() -> None:
    steady = Steady()
    allowance = Allowance(10, 10, steady)
    steady.now_s += 1_000_000
    allowance.take(100)
    assert allowance.wait_s() > 0


def test_too_many_readings_are_refused_whole_and_another_gateway_does_not_notice(hospital: Hospital) -> None:
    hospital.refrigerator("warm")
    feeds = Feeds(requests_per_s=1_000, readings_per_s=0.1)
    with hospital.open(tokens=TOKENS, feeds=feeds) as pages, pages.program(OTHER) as honest:
        with pages.program(WRITER) as wild:
            flood = [minute(30) | {"seq": number} for number in range(200)]
            assert wild.post("/api/v1/readings", json=flood).status_code == 200, "one message is never too large"
            answer = wild.post("/api/v1/readings", json=minute(31))
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            error = answer.json()["error"]
            assert error["code"] == "too-much"
            assert "nothing of this was stored" in error["message"]
            assert "gateway-7" in error["message"]
            assert len(stored(hospital)) == 1, "nothing of what was refused"
        assert honest.post("/api/v1/readings", json=minute(32)).status_code == 200
        assert len(stored(hospital)) == 2
        metrics = honest.get("/metrics").text
    assert 'coldchain_requests_refused_total{sender="gateway-7"} 1.0' in metrics
    assert 'sender="gateway-8"' not in metrics


def test_a_gateway_that_tries_again_loses_nothing(hospital: Hospital) -> None:
    hospital.refrigerator("warm")
    with hospital.open(tokens=TOKENS, feeds=Feeds(requests_per_s=10_000, readings_per_s=10_000)) as pages:
        sent = [minute(number) for number in range(20)]
        feeds = Feeds(requests_per_s=0.001, readings_per_s=1_000)
        with hospital.open(tokens=TOKENS, feeds=feeds) as slow, slow.program(WRITER) as gateway:
            answers = [gateway.post("/api/v1/readings", json=each).status_code for each in [*sent, *sent]]
        assert set(answers) == {200, 429}
        refused = [each for each, code in zip([*sent, *sent], answers, strict=True) if code == 429]
        with pages.program(WRITER) as gateway:
            for each in refused:
                assert gateway.post("/api/v1/readings", json=each).status_code == 200
    assert len(stored(hospital)) == 20


def test_a_webhook_is_bounded_too_but_only_by_who_proves_the_secret(hospital: Hospital) -> None:
    webhook = Webhook("cloud", "native", "bearer", b"a secret that both sides know")
    proven = {"authorization": "Bearer a secret that both sides know"}
    feeds = Feeds(requests_per_s=0.001, readings_per_s=1)
    with hospital.open(webhooks=(webhook,), feeds=feeds) as pages, httpx.Client(base_url=pages.address) as cloud:
        for _ in range(5):
            assert cloud.post("/api/v1/webhooks/cloud", content=b"{", headers={}).status_code == 403
        codes = [cloud.post("/api/v1/webhooks/cloud", content=b"{", headers=proven).status_code for _ in range(5)]
    assert (codes[0], codes[-1]) == (422, 429)
