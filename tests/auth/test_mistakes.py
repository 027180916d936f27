"""What cannot be meant is said where it is written."""

from __future__ import annotations

from typing import Any

import pytest

from app import Auth
from tests.auth.conftest import settings


@pytest.fixture
def auth() -> Auth:
    return Auth(settings=settings())


def builder() -> None: ...


def test_a_page_without_a_path_is_no_page(auth: Auth) -> None:
    page: Any = auth.page
    with pytest.raises(TypeError, match=r"@auth\.page\('/'\)"):
        page(builder)


@pytest.mark.parametrize('guard', [{'role': 'admin'}, {'scope': 'x'}, {'check': bool}])
def test_a_page_for_everybody_has_no_guard(auth: Auth, guard: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match='optional=True lets everybody in'):
        auth.page('/', optional=True, **guard)
