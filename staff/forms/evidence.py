"""The field for files that prove something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SeveralFiles(forms.FileInput):
    """A file control that takes several."""

    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Any number of files, none included; what they are is looked at by whoever keeps them."""

    widget = SeveralFiles

    def __init__(self, **kwargs: Any) -> None:
        """Say what is taken."""
        kwargs.setdefault("label", _("Files"))
        kwargs.setdefault("help_text", _("Pictures, PDF, xlsx, docx, plain text or MP4."))
        super().__init__(required=False, allow_empty_file=True, max_length=None, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files as a list."""
        files = data if isinstance(data, (list, tuple)) else [data]
        return [file for file in (super(EvidenceField, self).clean(one, initial) for one in files if one) if file]
