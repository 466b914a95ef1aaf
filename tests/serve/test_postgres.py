"""The service on a real PostgreSQL."""

from dataclasses import replace
from pathlib import Path

import pytest

from coldchain.bootstrap import build
from coldchain.bootstrap.sole import one_service
from coldchain.errors import ColdchainError
from coldchain.records import Store
from tests.notifying.servers import hook_server
from tests.serve.service import eventually
from tests.serve.test_app import Clock, reading, settings

pytestmark = pytest.mark.postgres


def test_only_one_service_works_on_a_database_and_the_next_may_after_it(postgres_url: str) -> None:
    first, second = Store(postgres_url), Store(postgres_url)
    try:
        refused = pytest.raises(ColdchainError, match="another coldchain service already works on")
        with one_service(first), refused, one_service(second):
            pass
        with one_service(second):
            pass
    finally:
        first.close()
        second.close()


def test_a_reading_goes_its_whole_way(tmp_path: Path, postgres_url: str) -> None:
    clock = Clock()
    with hook_server() as hook:
        app = build(replace(settings(tmp_path, hook), database_url=postgres_url), clock_ms=clock)
        app.start()
        try:
            clock.now_ms += 1000
            reading(app, 9.4)
            eventually(lambda: hook.got, "somebody was told")
            assert all(check.ok for check in app.health())
        finally:
            app.stop()
    assert b'"kind": "certain"' in hook.got[0].body
