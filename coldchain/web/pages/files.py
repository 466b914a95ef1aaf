"""Style, script and icon: from this machine, kept by browsers for as long as they don't change."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from coldchain.web.assets import asset

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def file(request: Request, name: str) -> Response:
    """One of the files that pages load."""
    found = asset(name)
    current = request.query_params.get("v") == found.version
    headers = {
        "cache-control": "public, max-age=31536000, immutable" if current else "no-cache",
        "etag": f'"{found.version}"',
        "vary": "accept-encoding",
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(found.compressed, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """Browsers ask for this by themselves."""
    return file(request, "icon.svg")
