"""Fixed words and addresses in templates: worked out once, and the same as Django's."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.templatetags.static import static
from django.utils import translation

from shopops.kit.templatetags.constant import FixedAddress, FixedWords


def test_fixed_words_are_said_in_the_language_of_the_moment() -> None:
    template = Template('{% translate "Search" %}')

    for language, words in (("en", "Search"), ("zh-hans", "搜索"), ("en", "Search")):
        with translation.override(language):
            assert template.render(Context()) == words
    assert isinstance(template.nodelist[0], FixedWords)


def test_a_fixed_address_is_that_of_the_file() -> None:
    template = Template('{% static "css/tokens.css" %}')

    assert template.render(Context()) == template.render(Context()) == static("css/tokens.css")
    assert isinstance(template.nodelist[0], FixedAddress)


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("{% translate word %}", "搜索"),
        ('{% translate "Search" as found %}[{{ found }}]', "[搜索]"),
        ('{% translate "Search"|cut:"索" %}', "搜"),
        ('{% translate "Search" noop %}', "Search"),
        ('{% translate "<Never heard of>" %}', "<Never heard of>"),
        ("{% static file as address %}[{{ address }}]", "[/static/a.css]"),
        ("{% static file %}", "/static/a.css"),
    ],
)
def test_everything_else_is_as_in_django(markup: str, said: str) -> None:
    with translation.override("zh-hans"):
        assert Template(markup).render(Context({"word": "Search", "file": "a.css"})) == said
        assert Template("{% load i18n static %}" + markup).render(Context({"word": "Search", "file": "a.css"})) == said
