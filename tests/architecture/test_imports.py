"""Who may import whom: the order of the apps, the order of the rooms, and no room without a place."""

from __future__ import annotations

from importlinter.cli import lint_imports

from tests.architecture.code import ROOT


def test_every_import_keeps_to_the_order_of_apps_and_rooms(capsys):
    found = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert found == 0, capsys.readouterr().out
