"""The same pages over a real PostgreSQL: what they ask is understood there, too."""

import pytest

from coldchain.records import Store
from tests.stock.pharmacy import HOUR, logger_csv
from tests.web.hospital import READER, WRITER, Hospital

PAGES = (
    "/", "/locations/warm?range=30d", "/excursions", "/excursions?state=unacknowledged&certainty=certain",
    "/excursions?from=2026-11-01T00:00&to=2026-11-30T00:00", "/quarantine", "/quarantine?reason=sentinel&before=99",
    "/sensors", "/products", "/products/test", "/products/lemtrada", "/metrics",
)  # fmt: skip


@pytest.mark.postgres
def test_every_page_over_postgresql(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.migrate()
    hospital = Hospital(store).people().refrigerator("warm").refrigerator("other").hears("warm", "5x3 _x20 5 9x3")
    hospital.worker.start()
    hospital.worker.submit(hospital.message("other-probe", hospital.now_ms, -127_000)).result(120)
    number = hospital.excursions()[0].number
    with hospital.open() as pages, pages.person("nurse") as nurse, pages.program(READER) as program:
        assert nurse.post(f"/excursions/{number}/acknowledge", data={"comment": "seen"}).status_code == 303
        for path in (*PAGES, f"/excursions/{number}"):
            assert nurse.get(path).status_code == 200, path
        for path in ("locations", "excursions", "locations/warm/readings", "locations/warm/chart?sensor=1"):
            assert program.get(f"/api/v1/{path}").status_code == 200, path
        assert "Out of range" in nurse.get("/").text
        brought = nurse.post("/imports", files=[("file", ("leg.csv", logger_csv("5x3 9x9 5", hospital.now_ms - HOUR)))])
        here = brought.headers["location"]
        assert nurse.post(f"{here}/filings", data={"product": "lemtrada"}).status_code == 303
        for path in ("/imports", "/imports?q=leg", here, f"{here}?product=lemtrada", f"{here}/file", "/layouts"):
            assert nurse.get(path).status_code == 200, path
        unseen = {"column": "a\x00b", "layout": "\x00"}
        assert program.post("/api/v1/imports/1/answers", json=unseen).status_code == 403
    with hospital.open() as pages, pages.program(WRITER) as writer:
        assert writer.post("/api/v1/imports/1/answers", json=unseen).json()["state"] == "refused"
    hospital.worker.close()
    store.close()


@pytest.mark.postgres
def test_what_no_text_is_refused_before_postgresql_sees_it(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.migrate()
    hospital = Hospital(store).people().refrigerator("warm").hears("warm", "5x3 9")
    with hospital.open() as pages, pages.person("nurse") as nurse, pages.visitor() as visitor:
        for path in ("/locations/a%00", "/excursions/%00", "/excursions?location=%00", "/quarantine?reason=a%00b"):
            assert nurse.get(path).status_code == 404, path
        for path in ("locations/%00", "excursions/%00", "excursions?location=%00"):
            assert nurse.get(f"/api/v1/{path}").status_code == 404, path
        assert visitor.post("/sign-in", data={"name": "nurse\x00", "password": "x"}).status_code == 422
        number = hospital.excursions()[0].number
        said = nurse.post(f"/api/v1/excursions/{number}/acknowledge", json={"comment": "seen\x00"})
        assert said.status_code < 500
    hospital.worker.close()
    store.close()
