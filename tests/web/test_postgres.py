"""The same pages over a real PostgreSQL: what they ask is understood there, too."""

import pytest

from coldchain.records import Store
from tests.web.hospital import READER, Hospital

PAGES = (
    "/", "/locations/warm?range=30d", "/excursions", "/excursions?state=unacknowledged&certainty=certain",
    "/excursions?from=2026-11-01T00:00&to=2026-11-30T00:00", "/quarantine", "/quarantine?reason=sentinel&before=99",
    "/sensors", "/metrics",
)  # fmt: skip


@pytest.mark.postgres
def test_every_page_over_postgresql(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.migrate()
    hospital = Hospital(store).people().refrigerator("warm").refrigerator("other").hears("warm", "5x3 _x20 5 9x3")
    hospital.worker.start()
    hospital.worker.submit(hospital.message("other-probe", hospital.now_ms, -127_000)).result(10)
    number = hospital.excursions()[0].number
    with hospital.open() as pages, pages.person("nurse") as nurse, pages.program(READER) as program:
        assert nurse.post(f"/excursions/{number}/acknowledge", data={"comment": "seen"}).status_code == 303
        for path in (*PAGES, f"/excursions/{number}"):
            assert nurse.get(path).status_code == 200, path
        for path in ("locations", "excursions", "locations/warm/readings", "locations/warm/chart?sensor=1"):
            assert program.get(f"/api/v1/{path}").status_code == 200, path
        assert "Out of range" in nurse.get("/").text
    hospital.worker.close()
    store.close()
