"""Encryption at rest."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken

from ..secret_key import derive_key


class CannotDecrypt(Exception):
    """What was sealed was sealed with another key, or was changed since."""


class Encryptor:
    """Seals text (AES-128-CBC with HMAC-SHA-256, as Fernet has it) with a key of its own for each purpose."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret_key, purpose)))

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        """The text; raises `CannotDecrypt` if this key does not open it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise CannotDecrypt from error
