"""The trail: what was done, by whom, when; and what people were told."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staff.models.organisation import Employee


class Event(models.Model):
    """One thing that was done. Never changed, never deleted; has no foreign key to what it is about."""

    verb = models.CharField(_("verb"), max_length=60)
    subject_type = models.CharField(_("kind of thing"), max_length=60)
    subject_id = models.BigIntegerField(_("thing"))
    subject_label = models.CharField(_("called"), max_length=120)
    by = models.ForeignKey(
        Employee, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    batch = models.UUIDField(_("batch"), null=True, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("subject_type", "subject_id", "at"), name="event_subject"),
            models.Index(fields=("verb", "at"), name="event_verb"),
            models.Index(fields=("by", "at"), name="event_by"),
            models.Index(fields=("batch",), name="event_batch", condition=models.Q(batch__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"


class Notification(models.Model):
    """A sentence for one employee, with the page it is about."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    """A sentence, or the English template of one that is filled with `values` in the reader's language."""
    values = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("employee", "-at"), name="notification_unread", condition=models.Q(read_at=None)),
            models.Index(fields=("employee", "-at", "-id"), name="notification_employee"),
        )

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """Return the sentence in the language of whoever reads it."""
        values = {name: gettext(*one.values()) if isinstance(one, dict) else one for name, one in self.values.items()}
        return gettext(self.text) % values if values else gettext(self.text)
