"""`translate` and `static` with fixed words: worked out once a language, and once for all.

A page says a hundred fixed words and links a dozen fixed files; looking them up again each time took a tenth of the
request. Everything else about the two tags is Django's. The settings put them into every template after Django's own,
so they hold where a template loads nothing itself.
"""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, Node, Parser, Token, Variable
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

register = template.Library()


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Say fixed words in the reader's language: `{% translate "Search" %}`."""
    node = do_translate(parser, token)
    return FixedWords(node) if says_fixed_words(node) else node


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """Give the address of a file: `{% static "css/tokens.css" %}`."""
    node = StaticNode.handle_token(parser, token)
    return FixedAddress(node) if node.varname is None and _is_fixed(node.path) else node


class FixedWords(Node):
    """A translation of words that stand in the template."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        """Take the place of Django's node."""
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        """Return the words."""
        language = get_language()
        words = self.said.get(language)
        if words is None:
            words = self.said[language] = self.node.render(context)
        return words


class FixedAddress(Node):
    """The address of a file that stands in the template."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        """Take the place of Django's node."""
        self.node = node
        self.address: str | None = None

    def render(self, context: template.Context) -> str:
        """Return the address."""
        if self.address is None:
            self.address = self.node.render(context)
        return self.address


def says_fixed_words(node: Node) -> bool:
    """Say whether a node is a translation that is always the same in one language."""
    if isinstance(node, TranslateNode):
        return not node.asvar and node.message_context is None and _is_fixed(node.filter_expression)
    return isinstance(node, FixedWords)


def _is_fixed(expression: FilterExpression) -> bool:
    """Say whether an expression is a text and no more."""
    words = expression.var
    return not expression.filters and (
        isinstance(words, str) or (isinstance(words, Variable) and words.literal is not None)
    )
