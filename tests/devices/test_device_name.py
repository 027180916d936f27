"""What a device is called."""

from __future__ import annotations

import pytest

from app.devices.device_name import LONGEST, device_name

WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'


@pytest.mark.parametrize(
    ('user_agent', 'name'),
    [
        (f'Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/141.0.0.0 Safari/537.36', 'Chrome on Windows'),
        (
            f'Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
            'Edge on Windows',
        ),
        (f'{MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15', 'Safari on macOS'),
        (f'{MAC} {WEBKIT} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0', 'Opera on macOS'),
        ('Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on Linux'),
        ('Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0', 'Firefox on Android'),
        (f'Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36', 'Chrome on Android'),
        (
            f'Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36',
            'Samsung Internet on Android',
        ),
        (f'{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1', 'Safari on iPhone'),
        (f'{IPHONE} CriOS/141.0.0.0 Mobile/15E148 Safari/604.1', 'Chrome on iPhone'),
        (f'{IPHONE} FxiOS/143.0 Mobile/15E148 Safari/605.1.15', 'Firefox on iPhone'),
        (f'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/141.0.0.0 Safari/537.36', 'Chrome on ChromeOS'),
        (
            f'Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36',
            'Chrome on Linux',
        ),
        (f'Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} QtWebEngine/6.9 Chrome/130.0 Safari/537.36', 'App window on Linux'),
        ('Links (2.29; Linux 6.1 x86_64; GNU C 12)', 'Linux'),
        ('python-httpx/0.28', ''),
        ('', ''),
        ('<script>alert(1)</script>', ''),
        (f'{"x" * LONGEST}Firefox/143.0', ''),
    ],
)
def test_a_device_goes_by_its_browser_and_its_system(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
