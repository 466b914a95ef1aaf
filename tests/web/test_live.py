"""How open pages hear of changes."""

import asyncio
import threading

import pytest

from coldchain.web.changes import Changes
from coldchain.web.pages import live
from tests.web.hospital import Hospital, Pages


def test_a_listener_hears_the_version_now_and_after_each_change() -> None:
    changes = Changes()

    async def hear() -> list[int]:
        heard = []
        async for version in changes.listen(60):
            heard.append(version)
            if version == 2:
                changes.close()
            else:
                threading.Thread(target=changes.publish).start()  # from another thread, as the ingest worker does
        return heard

    assert asyncio.run(hear()) == [0, 1, 2]


def test_a_slow_listener_hears_of_many_changes_at_once() -> None:
    changes = Changes()

    async def hear() -> list[int]:
        heard = []
        async for version in changes.listen(60):
            heard.append(version)
            if version:
                changes.close()
            for _ in range(100):
                changes.publish()
        return heard

    assert asyncio.run(hear()) == [0, 100]


def test_silence_is_broken_by_a_heartbeat() -> None:
    changes = Changes()

    async def hear() -> list[int]:
        heard = []
        async for version in changes.listen(0.001):
            heard.append(version)
            if len(heard) == 3:
                changes.close()
        return heard

    assert asyncio.run(hear()) == [0, 0, 0]


def test_a_change_after_the_loop_of_a_listener_ended_harms_nobody() -> None:
    changes = Changes()

    async def leave() -> None:
        async for _ in changes.listen(60):
            return

    asyncio.run(leave())
    changes.publish()
    assert changes.version == 1


def test_a_page_hears_of_a_commit(hospital: Hospital, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 3600.0)
    hospital.refrigerator("warm")
    with pages.person("nurse") as nurse, nurse.stream("GET", "/live") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        first = next(line for line in lines if line.startswith("event:"))
        hospital.worker.submit(hospital.message("warm-probe", hospital.now_ms, 9_000)).result(120)
        second = next(line for line in lines if line.startswith("event:"))
        number = next(line for line in lines if line.startswith("id:"))
        data = next(line for line in lines if line.startswith("data:"))
    assert (first, second, number) == ("event: change", "event: change", "id: 1")
    assert data == f"data: {hospital.now_ms}"


def test_the_stream_ends_with_the_session(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    with pages.person("nurse") as nurse, nurse.stream("GET", "/live") as stream:
        lines = stream.iter_lines()
        next(line for line in lines if line == "event: beat")
        with pages.visitor() as elsewhere:
            elsewhere.cookies.set("coldchain_session", nurse.cookies["coldchain_session"])
            elsewhere.post("/sign-out")
        rest = [line for line in lines if line.startswith("event:")]
    assert rest[-1] == "event: ended"


def test_the_stream_ends_with_the_session_although_readings_keep_coming(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    with pages.person("nurse") as nurse, nurse.stream("GET", "/live") as stream:
        with pages.visitor() as elsewhere:
            elsewhere.cookies.set("coldchain_session", nurse.cookies["coldchain_session"])
            elsewhere.post("/sign-out")
        for _, line in zip(range(100_000), stream.iter_lines(), strict=False):
            pages.hospital.changes.publish()  # there is always something new by the time we are told
            if line == "event: ended":
                break
        else:
            pytest.fail("the stream went on, or broke off without a word")


def test_a_stopping_service_waits_for_no_page(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 3600.0)
    with hospital.open() as pages, pages.person("nurse") as nurse, nurse.stream("GET", "/live") as stream:
        lines = stream.iter_lines()
        next(line for line in lines if line.startswith("event:"))
        hospital.changes.close()
        assert [line for line in lines if line.startswith("event:")] == []
