"""The demo's second API: a report, for access tokens of its own audience; those of the first API are refused."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .api import REFUSALS, answer, name_of
from .bearer import Bearer

VISITS = {'Monday': 12, 'Tuesday': 19, 'Wednesday': 7}


class ReportsApi:
    """An ASGI app: `GET /summary` with a token; what is in it needs no scope."""

    def __init__(self, bearer: Bearer) -> None:
        self._bearer = bearer
        self.app = Starlette(routes=[Route('/summary', self.summary)], exception_handlers=REFUSALS)

    async def summary(self, request: Request) -> Response:
        """Who asks, for which API their token is, and the report."""
        claims = await self._bearer.check(request.headers.get('Authorization', ''), '')
        you = {'sub': claims['sub'], 'name': name_of(claims['sub'])}
        return answer({'you': you, 'aud': claims['aud'], 'visits': VISITS, 'total': sum(VISITS.values())})
