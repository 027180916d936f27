"""The size of the window, from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.native.window import WindowSize, remembered, sized

USUAL = WindowSize()


def test_a_size_is_remembered(tmp_path: Path) -> None:
    WindowSize(900, 700).save(tmp_path / 'size.json')
    assert remembered(tmp_path / 'size.json') == WindowSize(900, 700)


@pytest.mark.parametrize('text', ['', '{', '[]', '{}', '{"width": 900}', '{"width": "900", "height": 700}', '\ud800'])
def test_a_damaged_file_means_the_usual_size(tmp_path: Path, text: str) -> None:
    (tmp_path / 'size.json').write_bytes(text.encode(errors='surrogatepass'))
    assert remembered(tmp_path / 'size.json') == USUAL


def test_no_file_means_the_usual_size(tmp_path: Path) -> None:
    assert remembered(tmp_path / 'size.json') == USUAL


@pytest.mark.parametrize(
    ('width', 'height', 'size'),
    [
        (900, 700, WindowSize(900, 700)),
        (319, 700, USUAL),
        (900, 8193, USUAL),
        (-900, 700, USUAL),
        (True, True, USUAL),
        (900.5, 700, USUAL),
        (None, 700, USUAL),
    ],
)
def test_a_size_that_no_window_has_means_the_usual_one(width: object, height: object, size: WindowSize) -> None:
    assert sized(width, height) == size


def test_a_folder_that_cannot_be_written_to_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    USUAL.save(tmp_path / 'missing/size.json')
    assert 'not remembered' in caplog.text
