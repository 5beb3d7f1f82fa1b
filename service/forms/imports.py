"""Forms of imports: files to upload, and which column of a spreadsheet holds what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from service.imports import READERS
from service.models import ColumnMapping
from service.states import FileKind
from staff.models import Employee, Shop
from warehouse.forms import SeveralFilesField


class UploadForm(forms.Form):
    """Files to import, whose they are, and whether only to try."""

    reports = SeveralFilesField(
        label=_("Files"),
        help_text=_(
            "Chat records (zip, JSON, copied text, spreadsheet), daily figures of agents, status logs, reviews, "
            "refunds; several at once, in any order."
        ),
    )
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[("", _("look at each file")), *FileKind.choices], required=False
    )
    shop = forms.ModelChoiceField(
        Shop.objects.order_by("pk"), label=_("Shop"), required=False, empty_label=_("the one the file names")
    )
    rehearse = forms.BooleanField(label=_("Only rehearse: show what would happen, change nothing"), required=False)


class ColumnsForm(forms.Form):
    """Which column holds what, and under which name to keep that."""

    name = forms.CharField(label=_("Name of these columns"), max_length=60)

    def __init__(self, *args: Any, kind: str, header: list[str], **kwargs: Any) -> None:
        """Offer the headers of the file for each field of the kind."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        names = [name for name in dict.fromkeys(header) if name]
        for field in READERS[kind].fields:
            guess = next((one for one in field.guesses if one in names), "")
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=field.label,
                choices=[("", _("no column")), *((name, name) for name in names)],
                required=field.is_needed,
                initial=guess,
            )

    @property
    def columns(self) -> dict[str, str]:
        """Return field → header as chosen."""
        return {
            name.removeprefix("column_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("column_") and value
        }


class MappingForm(forms.Form):
    """A kept mapping: its name, and the header of each thing that is read."""

    name = forms.CharField(label=_("Name of these columns"), max_length=60)

    def __init__(self, data: Any = None, *, mapping: ColumnMapping) -> None:
        """Ask for the header of each field of the kind."""
        initial = {f"column_{name}": header for name, header in mapping.columns.items()}
        super().__init__(data, initial=initial | {"name": mapping.name})
        for field in READERS[mapping.kind].fields:
            self.fields[f"column_{field.name}"] = forms.CharField(
                label=field.label,
                max_length=100,
                required=field.is_needed,
                widget=forms.TextInput({"autocomplete": "off"}),
            )

    @property
    def columns(self) -> dict[str, str]:
        """Return field → header as written."""
        return {
            name.removeprefix("column_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("column_")
        }


class NickForm(forms.Form):
    """Who is behind a sub-account."""

    nick = forms.CharField(max_length=100, widget=forms.HiddenInput)
    employee = forms.ModelChoiceField(
        Employee.objects.filter(is_active=True).order_by("name_pinyin", "pk"),
        label=_("Employee"),
        empty_label=_("choose a person"),
    )
