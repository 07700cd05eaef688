"""The set-up's promises about files: hashed locks, no addresses, steps done once."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from portal.launcher import assets, environment, paths, system

ROOT = paths.ROOT
LOCKS = sorted(ROOT.glob("requirements*.lock"))
LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.M)


def locked(name: str) -> dict[str, str]:
    return {canonicalize_name(package): version for package, version in LINE.findall((ROOT / name).read_text())}


@pytest.mark.parametrize(
    ("extra", "lock"),
    [(None, ""), (None, "-test"), ("test", "-test"), ("local", "-local"), ("node", "-node")],
)
def test_a_lock_holds_what_the_project_declares(extra, lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = project["optional-dependencies"][extra] if extra else project["dependencies"]
    versions = locked(f"requirements{lock}.lock")
    for requirement in map(Requirement, declared):
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not locked: ./run lock"
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}: ./run lock"


def test_tests_run_on_the_versions_that_are_installed_on_a_server():
    runtime, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: test.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_carries_hashes_and_no_address(lock):
    text = lock.read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_the_front_end_lock_carries_digests_and_no_address():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    bought = {name: package for name, package in packages.items() if name}
    assert [name for name, package in bought.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in bought.items() if "resolved" in package] == []


def test_front_end_files_lose_their_maps():
    kept = b"a{}\n"
    for map_line in [b"/*# sourceMappingURL=bootstrap.min.css.map */", b"//# sourceMappingURL=bootstrap.js.map\n"]:
        assert assets.SOURCE_MAP.sub(b"", kept + map_line) == kept


def test_uv_is_told_the_index_that_the_user_has_given_to_pip(monkeypatch):
    for name in ["UV_DEFAULT_INDEX", "UV_INDEX_URL"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/pypi")
    assert environment.for_installers()["UV_DEFAULT_INDEX"] == "https://mirror.example/pypi"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/pypi")
    assert environment.for_installers()["UV_DEFAULT_INDEX"] == "https://chosen.example/pypi"


def test_a_step_is_done_once_for_its_inputs(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "STAMPS", tmp_path)
    source = tmp_path / "source"
    source.write_text("one")
    paths.mark_done("step", paths.digest(source, "text"))
    assert paths.is_done("step", paths.digest(source, "text"))
    source.write_text("two")
    assert not paths.is_done("step", paths.digest(source, "text"))
    assert paths.digest(source, tmp_path / "missing") != paths.digest(source, "")


def test_what_is_missing_comes_with_the_line_that_brings_it(monkeypatch):
    there = system.Need("there", "x", ("one",), lambda: True)
    gone = [
        system.Need(name, "x", packages, lambda: False) for name, packages in [("a", ("two",)), ("b", ("two", "three"))]
    ]
    monkeypatch.setattr(system, "is_root", lambda: False)
    assert system.provide([there, *gone]) == gone
    assert system.install_line(gone) == "apt-get install -y --no-install-recommends two three"


def test_a_chinese_font_comes_with_the_packages():
    folder = environment.site_packages() / "zhplot" / "fonts"
    assert [path.name for path in folder.glob("*.ttf")] == ["NotoSansSC-Regular.ttf"]
