"""Encryption at rest."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken

from ..secret_key import derive_key


class CannotDecrypt(Exception):
    """What was encrypted was encrypted with another key, or was changed since."""


class Encryptor:
    """Encrypts text (AES-128-CBC with HMAC-SHA-256, as Fernet has it) with a key of its own for each purpose."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret_key, purpose)))

    def encrypt(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def decrypt(self, encrypted: bytes) -> str:
        """The text; raises `CannotDecrypt` if this key does not open it."""
        try:
            return self._fernet.decrypt(encrypted).decode()
        except InvalidToken as error:
            raise CannotDecrypt from error
