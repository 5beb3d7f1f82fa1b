"""Passwords everybody tries first."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Refuses the twenty thousand commonest passwords, read when one is chosen: kept, they take 1.5 MiB a process."""

    def __init__(self) -> None:
        """Keep nothing."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a common password.

        :raises ValidationError: if it is one.
        """
        password_validation.CommonPasswordValidator().validate(password, user)
