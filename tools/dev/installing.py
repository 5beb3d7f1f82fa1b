"""What must be on the machine: the project's environment and a few system packages."""

from __future__ import annotations

import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.dev.places import LOCK, ROOT, VENV, python, say

#: Debian package → how to see that it is not needed: a shared library, or None for Python's own venv.
SYSTEM_PACKAGES: Mapping[str, str | None] = {
    "python3-venv": None,
    "libpango-1.0-0": "pango-1.0",
    "libpangoft2-1.0-0": "pangoft2-1.0",
    "libharfbuzz-subset0": "harfbuzz-subset",
}
BROWSER_PACKAGES: Mapping[str, str | None] = {"libatomic1": "atomic"}  # of the program that drives Chromium
STAMP = VENV / ".shopops-lock"


def ensure_environment() -> None:
    """Make ``.venv`` and install the locked packages, unless exactly these are there already.

    One command does it; others that are given meanwhile wait for it.
    """
    if _is_complete():
        return
    ours = ROOT / ".data"
    ours.mkdir(exist_ok=True)
    with (ours / "installing.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_complete():
            _install()


def _is_complete() -> bool:
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == _lock_stamp() and _runs(python())


def _install() -> None:
    if not _runs(python()):
        if VENV.exists():
            say(f"{VENV} does not run; making it anew")
            shutil.rmtree(VENV)
        _make_venv()
    say("Installing the locked Python packages (once; about a minute) ...")
    command = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, "--require-hashes", "-r", str(LOCK)], cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(
            "pip could not install the packages; its message stands above. Mend that and run the command again."
        )
    STAMP.write_text(_lock_stamp(), encoding="utf-8")


def ensure_system_packages(wanted: Mapping[str, str | None] = SYSTEM_PACKAGES) -> list[str]:
    """Install the system packages that are missing, and give back those that still are."""
    missing = missing_system_packages(wanted)
    if missing and may_install():
        apt_install(missing)
        missing = missing_system_packages(wanted)
    return missing


def missing_system_packages(wanted: Mapping[str, str | None] = SYSTEM_PACKAGES) -> list[str]:
    """Name the Debian packages that this machine needs and does not have."""
    missing = []
    for package, library in wanted.items():
        if library is None:
            if importlib.util.find_spec("ensurepip") is None and not VENV.exists():
                missing.append(package)
        elif ctypes.util.find_library(library) is None:
            missing.append(package)
    return missing


def may_install() -> bool:
    """Say whether apt is here and we may use it without asking anybody for a password."""
    return shutil.which("apt-get") is not None and (os.geteuid() == 0 or bool(_sudo()))


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages; False when that did not work (apt's own words are shown then)."""
    say(f"Installing system packages: {' '.join(packages)} ...")
    apt = [*_sudo(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    for step in ([*apt, "update"], install):
        done = subprocess.run(step, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode and step is install:
            say(f"{done.stdout}{done.stderr}")
            return False
    return True


def line_to_run(packages: Sequence[str]) -> str:
    """Give the one line with which a person installs these packages."""
    if sys.platform == "darwin":
        return "brew install " + " ".join("python" if name == "python3-venv" else "pango" for name in packages[:1])
    if shutil.which("apt-get"):
        prefix = "" if os.geteuid() == 0 else "sudo "
        return f"{prefix}apt-get update && {prefix}apt-get install -y --no-install-recommends {' '.join(packages)}"
    return f"install what your system calls {', '.join(packages)} (names of Debian packages)"


def _make_venv() -> None:
    say(f"Making {VENV.relative_to(ROOT)} with Python {sys.version.split()[0]} ...")
    done = subprocess.run([sys.executable, "-m", "venv", VENV], check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        line = line_to_run(["python3-venv"])
        raise SystemExit(f"Python cannot make an environment. Run this line, then try again:\n\n  {line}")


def _lock_stamp() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}\n"


def _runs(interpreter: Path) -> bool:
    try:
        done = subprocess.run([interpreter, "-c", "import pip"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _sudo() -> list[str]:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return []
