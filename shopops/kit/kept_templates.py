"""Compiled templates as they are kept: without what only a page about an error would show.

Django keeps the markup each node came from, and the whole source once more, for its debug page. Without
`SHOPOPS_DEBUG` nobody sees that page, and a web worker that has shown every page saves some 5 MiB.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template import Origin, Template, TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Node
from django.template.loaders import cached
from django_cotton.templatetags import InlineTemplate


class Loader(cached.Loader):
    """Django's loader that compiles each template once, and keeps less of it."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Return a template, compiled at its first use.

        :raises TemplateDoesNotExist: if there is none of this name.
        """
        found = super().get_template(template_name, skip)
        if found.source and not settings.DEBUG:
            _forget(found.nodelist)
            found.source = ""
        return found


def source_of(name: str) -> str:
    """Return the text of a template, its components already written as tags, without compiling it.

    :raises TemplateDoesNotExist: if there is none of this name.
    """
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)  # noqa: S101 -- for the type checker
    for loader in backend.engine.template_loaders:
        for origin in loader.get_template_sources(name):
            try:
                return str(loader.get_contents(origin))  # type: ignore[attr-defined]  # Django's stubs leave it out
            except TemplateDoesNotExist:
                continue
    raise TemplateDoesNotExist(name)


def _forget(start: object) -> None:
    """Take the markup from the nodes that can be reached from `start`."""
    met: set[int] = set()
    waiting: list[Any] = [start]
    while waiting:
        one = waiting.pop()
        if id(one) in met:
            continue
        met.add(id(one))
        if isinstance(one, Node):
            one.token = None
            waiting.extend(vars(one).values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        elif isinstance(one, InlineTemplate):  # an attribute of a component with tags in it
            waiting.append(one.nodelist)
