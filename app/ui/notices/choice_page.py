"""The page that offers the providers to choose from, where there are several."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...web.links import LOGIN_PATH
from .notice import Notice, Way
from .small_page import Frame, plain_frame, small_page
from .texts import texts


@dataclass(frozen=True, slots=True)
class ChoicePage:
    """The endpoint `GET /login/choose`; each button is the link that led here, with the name of a provider."""

    app_context: AppContext
    frame: Frame = plain_frame

    async def answer(self, request: Request) -> Response:
        """A button for each provider."""
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != 'provider']
        login = self.app_context.settings.step_url(LOGIN_PATH)
        ways = tuple(
            Way(provider.registration.title, f'{login}?{urlencode([*asked, ("provider", provider.name)])}')
            for provider in self.app_context.providers
        )
        return small_page(request, Notice('login', texts['choose_title'], texts['choose_text'], ways), frame=self.frame)
