"""Passwords nobody may choose."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize("password", ["password123", "iloveyou1", "qwertyuiop"])
def test_common_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


def test_an_uncommon_one_is_taken_and_the_form_says_what_is_wanted():
    validate_password("kuaile-fahuo-2026")
    assert len(password_validators_help_texts()) == 4
