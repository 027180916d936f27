from __future__ import annotations

import pytest

from app.secret_key import derive_key
from app.sessions.encryption import CannotDecrypt, Encryptor

KEY = 'k' * 32


@pytest.mark.parametrize('text', ['', 'a', '{"a": 1}', 'Zoë \N{SNOWMAN} \0', 'x' * 100_000])
def test_what_was_encrypted_comes_out_again(text: str) -> None:
    assert Encryptor(KEY, 'sessions').decrypt(Encryptor(KEY, 'sessions').encrypt(text)) == text


def test_a_encrypted_text_cannot_be_read_or_compared() -> None:
    encryptor = Encryptor(KEY, 'sessions')
    assert b'the token' not in encryptor.encrypt('the token')
    assert encryptor.encrypt('the token') != encryptor.encrypt('the token')


@pytest.mark.parametrize('position', [0, 5, 12, 30, -1], ids=['version', 'time', 'iv', 'text', 'signature'])
def test_a_changed_one_is_refused(position: int) -> None:
    encrypted = bytearray(Encryptor(KEY, 'sessions').encrypt('the token' * 5))  # of a length without padding
    encrypted[position] = ord('A') if encrypted[position] != ord('A') else ord('Q')
    with pytest.raises(CannotDecrypt):
        Encryptor(KEY, 'sessions').decrypt(bytes(encrypted))


@pytest.mark.parametrize('encrypted', [b'', b'the token', b'\xff\x00', b'gAAAAA=='])
def test_what_was_never_encrypted_is_refused(encrypted: bytes) -> None:
    with pytest.raises(CannotDecrypt):
        Encryptor(KEY, 'sessions').decrypt(encrypted)


@pytest.mark.parametrize(('key', 'purpose'), [(KEY, 'other'), ('j' * 32, 'sessions'), (KEY + ' ', 'sessions')])
def test_another_key_or_purpose_does_not_open_it(key: str, purpose: str) -> None:
    encrypted = Encryptor(KEY, 'sessions').encrypt('the token')
    with pytest.raises(CannotDecrypt):
        Encryptor(key, purpose).decrypt(encrypted)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derive_key(KEY, purpose) for purpose in ('sessions', 'demo-provider', 'session', '')}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
    assert derive_key(KEY, 'sessions') == derive_key(KEY, 'sessions')
