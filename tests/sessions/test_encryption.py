from __future__ import annotations

import pytest

from app.secret_key import derive_key
from app.sessions.encryption import CannotDecrypt, Encryptor

KEY = 'k' * 32


@pytest.mark.parametrize('text', ['', 'a', '{"a": 1}', 'Zoë \N{SNOWMAN} \0', 'x' * 100_000])
def test_what_was_sealed_comes_out_again(text: str) -> None:
    assert Encryptor(KEY, 'sessions').unseal(Encryptor(KEY, 'sessions').seal(text)) == text


def test_a_sealed_text_cannot_be_read_or_compared() -> None:
    vault = Encryptor(KEY, 'sessions')
    assert b'the token' not in vault.seal('the token')
    assert vault.seal('the token') != vault.seal('the token')


@pytest.mark.parametrize('position', [0, 5, 12, 30, -1], ids=['version', 'time', 'iv', 'text', 'signature'])
def test_a_changed_one_is_refused(position: int) -> None:
    sealed = bytearray(Encryptor(KEY, 'sessions').seal('the token' * 5))  # of a length without padding
    sealed[position] = ord('A') if sealed[position] != ord('A') else ord('Q')
    with pytest.raises(CannotDecrypt):
        Encryptor(KEY, 'sessions').unseal(bytes(sealed))


@pytest.mark.parametrize('sealed', [b'', b'the token', b'\xff\x00', b'gAAAAA=='])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(CannotDecrypt):
        Encryptor(KEY, 'sessions').unseal(sealed)


@pytest.mark.parametrize(('key', 'purpose'), [(KEY, 'other'), ('j' * 32, 'sessions'), (KEY + ' ', 'sessions')])
def test_another_key_or_purpose_does_not_open_it(key: str, purpose: str) -> None:
    sealed = Encryptor(KEY, 'sessions').seal('the token')
    with pytest.raises(CannotDecrypt):
        Encryptor(key, purpose).unseal(sealed)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derive_key(KEY, purpose) for purpose in ('sessions', 'demo-provider', 'session', '')}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
    assert derive_key(KEY, 'sessions') == derive_key(KEY, 'sessions')
