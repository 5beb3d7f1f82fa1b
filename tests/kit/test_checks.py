"""System checks: what an operator has set wrong is told before anything runs."""

from __future__ import annotations

import dataclasses

import pytest
from django.conf import settings as now_in_force
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from shopops.kit import checks
from shopops.kit.environment import read_environment


@pytest.fixture
def environment(settings, tmp_path):
    def change(**changes):
        settings.ENVIRONMENT = dataclasses.replace(now_in_force.ENVIRONMENT, **changes)

    change(data=tmp_path, media_root=tmp_path / "media", static_root=tmp_path / "static")
    return change


def test_the_environment_of_the_tests_has_nothing_to_complain_about(environment):
    assert [*checks.check_environment(), *checks.check_folders(), *checks.check_static_files()] == []


def test_every_bad_value_stops_a_command_with_one_line_each(environment, tmp_path):
    bad = {"DATABASE_URL": "mysql://x", "REDIS_URL": "", "SHOPOPS_LOG_LEVEL": "LOUD", "SHOPOPS_DATA": str(tmp_path)}
    environment(problems=read_environment(bad, base=tmp_path).problems)
    with pytest.raises(SystemCheckError) as stopped:
        call_command("check")
    said = str(stopped.value)
    assert said.count("shopops.E001") == 3
    assert "REDIS_URL: is not set" in said
    assert "docs/operations.md" in said


def test_a_folder_that_cannot_be_written_is_named(environment, tmp_path):
    (tmp_path / "file").touch()
    environment(media_root=tmp_path / "file" / "media")
    (found,) = checks.check_folders()
    assert found.id == "shopops.E002"
    assert found.msg.startswith("SHOPOPS_MEDIA")


def test_uncollected_static_files_are_a_warning_until_they_are_collected(environment, tmp_path):
    environment(serve_static_from_source=False, static_root=tmp_path / "static")
    assert [found.id for found in checks.check_static_files()] == ["shopops.W001"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text("{}", encoding="utf-8")
    assert checks.check_static_files() == []


def test_a_missing_pango_is_a_warning_with_the_packages_to_install(monkeypatch):
    monkeypatch.setattr(checks.ctypes.util, "find_library", lambda _name: None)
    (found,) = checks.check_pdf_libraries()
    assert found.id == "shopops.W002"
    assert "libpango-1.0-0" in found.hint
