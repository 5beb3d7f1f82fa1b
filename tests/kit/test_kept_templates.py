"""Templates as they are kept once compiled."""

from __future__ import annotations

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.base import Node, VariableNode
from django.template.loader import get_template

from shopops.kit.kept_templates import Loader, source_of

PAGE = '<p>{{ name }}</p>{% if name %}<c-tag tone="good" title="{{ name }}">{{ name }}</c-tag>{% endif %}'


@pytest.fixture
def template(tmp_path, settings):
    """Compile a page by a loader of its own."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")

    def compiled():
        engine = engines["django"].engine
        loader = Loader(engine, ["django_cotton.cotton_loader.Loader"])
        loader.loaders[0].dirs = [tmp_path]
        return loader.get_template("page.html")

    return compiled


def test_what_only_the_page_of_an_error_shows_is_not_kept(template, settings):
    settings.DEBUG = False
    found = template()
    assert found.source == ""
    assert [node.token for node in found.nodelist.get_nodes_by_type(Node)] == [None] * len(
        found.nodelist.get_nodes_by_type(Node)
    )
    assert len(found.nodelist.get_nodes_by_type(VariableNode)) == 2


def test_while_developing_everything_is_kept(template, settings):
    settings.DEBUG = True
    found = template()
    assert "{{ name }}" in found.source
    assert found.nodelist[1].token.contents == "name"


def test_a_template_drawn_before_is_drawn_the_same_way_again(template, settings):
    settings.DEBUG = False
    page = get_template("shell/navigation.html")
    assert page.render({"menu": [], "current": None}) == page.render({"menu": [], "current": None})


def test_the_source_is_read_with_its_components_written_as_tags():
    found = source_of("staff/jobs/cells.html")
    assert "{# column:" in found
    assert "<c-" not in found


def test_there_is_no_source_of_a_template_that_is_not_there():
    with pytest.raises(TemplateDoesNotExist):
        source_of("staff/nothing_of_the_kind.html")
