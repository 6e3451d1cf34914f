"""The storage behind the service: files by their temporary addresses, without a token."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from akika_forensics.twin.attachments import addresses
from akika_forensics.twin.http import downloading
from akika_forensics.twin.http.gate import Gate


class Storage:
    """The handlers. Requests to it are none of the API and do not show in the request log."""

    def __init__(self, gate: Gate) -> None:
        self._twin = gate.twin

    def routes(self) -> list[Route]:
        return [Route("/{realm}/attachments/{name:path}", self.fetch, methods=["GET"])]

    async def fetch(self, request: Request) -> Response:
        """The bytes in blocks. A browser is not to guess another type and not to show them as a page of this address."""
        if request.path_params["realm"] != self._twin.realm_id:
            return Response(status_code=404)
        parameters = dict(parse_qsl(request.url.query, keep_blank_values=True))
        name = request.path_params["name"]
        try:
            found = downloading.fetched(self._twin, name, parameters, request.headers, self._twin.clock())
        except addresses.Refused as refused:
            return Response(refused.xml(), refused.status, media_type="application/xml")
        headers = {
            "Content-Type": found.kind,
            "Content-Length": str(found.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(self._twin.store.files.read(found.id), headers=headers)
