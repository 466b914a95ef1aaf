"""Server-sent events: a page hears that something changed and asks again; silence shows that the line is dead."""

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from coldchain.web.services import Services
from coldchain.web.visit import SignedIn, person_of

router = APIRouter(include_in_schema=False)

HEARTBEAT_S = 5.0
"""A page that hears nothing for three of these says so and turns grey."""


@router.get("/live")
async def live(request: Request, visit: SignedIn) -> StreamingResponse:
    """A stream of `change` events, each with the server's time; ends with the session or the service."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(request, visit.services), headers=headers, media_type="text/event-stream")


async def _events(request: Request, services: Services) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    heard: int | None = None
    asked_s = time.monotonic()
    async for version in services.changes.listen(HEARTBEAT_S):
        if time.monotonic() - asked_s >= HEARTBEAT_S:  # however much there is to tell
            asked_s = time.monotonic()
            if await run_in_threadpool(person_of, request) is None:
                yield "event: ended\ndata: \n\n"  # signed out elsewhere, or the session is over
                return
        name = "beat" if version == heard else "change"
        heard = version
        yield f"event: {name}\nid: {version}\ndata: {services.clock_ms()}\n\n"
