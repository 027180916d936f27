"""Who sits at this machine."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from starlette.requests import Request

from app.settings import Settings
from app.web.local_request import is_on_this_machine

LOCAL = Settings(base_url='http://localhost:8080')
PUBLIC = Settings(
    base_url='https://app.example.com',
    oidc_issuer='https://x.example',
    oidc_client_id='x',
    secret_key=SecretStr('x' * 32),
)


def from_address(host: str | None, name: str = 'localhost:8080') -> Request:
    client = (host, 50_000) if host is not None else None
    headers = [(b'host', name.encode())]
    return Request({'type': 'http', 'scheme': 'http', 'path': '/', 'headers': headers, 'client': client})


@pytest.mark.parametrize('host', ['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])
def test_a_request_from_this_machine_is_known_by_its_address(host: str) -> None:
    assert is_on_this_machine(from_address(host), LOCAL)


@pytest.mark.parametrize('host', ['203.0.113.5', '192.168.0.2', '::ffff:192.168.0.2', 'localhost', '', None])
def test_everybody_else_is_somewhere_else(host: str | None) -> None:
    assert not is_on_this_machine(from_address(host), LOCAL)


def test_a_page_of_another_site_whose_name_leads_here_is_somewhere_else() -> None:
    assert is_on_this_machine(from_address('127.0.0.1', '127.0.0.1:8080'), LOCAL)
    assert not is_on_this_machine(from_address('127.0.0.1', 'evil.example:8080'), LOCAL)


def test_a_public_app_is_for_nobody_at_this_machine_alone() -> None:
    """What comes from this machine may be a proxy's."""
    assert not is_on_this_machine(from_address('127.0.0.1'), PUBLIC)
