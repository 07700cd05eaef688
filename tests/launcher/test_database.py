"""Private clusters: who may use one, who stops it, and what its roles may do."""

import os
import shutil
import subprocess
import sys

import pytest

from portal.launcher import database, paths
from portal.launcher.database import Cluster, safe_folder
from portal.launcher.paths import SetUpError

ROOT = paths.ROOT


@pytest.fixture(scope="module")
def programs():
    found = database.cluster("test").programs
    assert (found / "initdb").exists()
    return found


@pytest.fixture
def make(programs, tmp_path_factory, monkeypatch):
    """Clusters of a clone that nobody else uses, all stopped at the end."""
    var = tmp_path_factory.mktemp("clone") / "var"
    monkeypatch.setattr(database, "VAR", var)
    made, homes = [], set()

    def one(name="demo"):
        made.append(Cluster(name, programs, "test"))
        homes.add(made[-1].home.parent)
        return made[-1]

    yield one
    for each in made:
        each.stop()
    for home in homes:
        shutil.rmtree(home)


def test_the_last_to_leave_stops_the_cluster(make):
    first, second = make(), make()
    first.acquire()
    second.acquire()
    first.release()
    assert second.is_running()
    second.release()
    assert not second.is_running()


def test_a_pinned_cluster_outlives_its_users_until_it_is_stopped(make):
    one = make()
    one.acquire()
    one.pin.touch()
    one.release()
    assert one.is_running()
    assert one.stop() is True
    assert not one.is_running()
    assert one.stop() is False


def test_a_killed_user_leaves_no_lease_behind(make):
    one = make()
    program = (
        "import os, sys; from pathlib import Path; from portal.launcher import database\n"
        "database.VAR = Path(sys.argv[1])\n"
        "database.Cluster('demo', Path(sys.argv[2]), 'test').acquire(); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", program, str(database.VAR), str(one.programs)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -9
    assert one.is_running()
    one.acquire()
    one.release()
    assert not one.is_running()


def test_the_socket_the_roles_and_their_defaults_are_those_of_the_design(make):
    one = make()
    one.acquire()
    assert one.socket.stat().st_mode & 0o777 == 0o700
    roles = one.sql(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname LIKE 'portal%' "
        "ORDER BY 1"
    )
    assert roles.splitlines() == ["portal_app|f|f|f|f", "portal_owner|f|f|t|f"]
    one.sql("CREATE TABLE kept (id int)", database="portal", role="portal_owner")
    privileges = one.sql(
        "SELECT string_agg(privilege_type, ',' ORDER BY privilege_type) FROM information_schema.role_table_grants "
        "WHERE table_name = 'kept' AND grantee = 'portal_app'",
        database="portal",
    )
    assert privileges == "DELETE,INSERT,SELECT,UPDATE"
    with pytest.raises(SetUpError, match="permission denied"):
        one.sql("CREATE TABLE mine (id int)", database="portal", role="portal_app")
    with pytest.raises(SetUpError, match="must be owner"):
        one.sql("DROP TABLE kept", database="portal", role="portal_app")
    collation = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'portal'"
    assert one.sql(collation) == ("b|C.UTF-8" if one.version >= 17 else "c|")


def test_only_the_demo_keeps_its_data_through_a_power_cut(make):
    settings, identities = {}, set()
    for name in ["demo", "test"]:
        one = make(name)
        one.acquire()
        identities.add(one.identity())
        settings[name] = one.sql("SHOW fsync"), one.sql("SHOW listen_addresses"), one.sql("SHOW max_connections")
    assert settings == {"demo": ("on", "", "200"), "test": ("off", "", "200")}
    assert len(identities) == 2


def test_a_long_path_moves_the_socket_to_a_short_one(make, tmp_path):
    one = make()
    one.home = tmp_path / ("far" * 30)
    assert str(one.socket).startswith("/tmp/portal-")
    assert len(os.fsencode(one.socket / database.SOCKET_NAME)) <= database.LONGEST_SOCKET_PATH


def test_a_new_clone_at_an_old_path_does_not_get_the_old_ones_data(make):
    one = make()
    one.acquire()
    one.sql("CREATE TABLE left_over (id int)", database="portal", role="portal_owner")
    one.stop()
    subprocess.run(["rm", "-rf", str(database.VAR)], check=True)
    again = make()
    again.acquire()
    with pytest.raises(SetUpError, match="left_over"):
        again.sql("SELECT * FROM left_over", database="portal")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can lay a folder of somebody else")
def test_a_folder_that_somebody_else_has_laid_is_refused(tmp_path):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    os.chown(foreign, 65534, 65534)
    with pytest.raises(SetUpError, match="somebody else"):
        safe_folder(foreign)


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(SetUpError, match="somebody else"):
        safe_folder(tmp_path / "link")


def test_the_callers_own_server_comes_first(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/portal")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    assert database.from_environment().owner == "postgresql://app@db/portal"
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/portal")
    assert database.from_environment().environment() == {
        "DATABASE_URL": "postgresql://app@db/portal",
        "DATABASE_OWNER_URL": "postgresql://owner@db/portal",
    }


def test_the_machines_own_programs_will_do(monkeypatch, make):
    found = database.system_programs()
    if not found:
        pytest.skip("this machine has no PostgreSQL of its own")
    one = make()
    one.programs, one.version = found, database.major_version(found)
    one.acquire()
    assert one.sql("SHOW server_version").startswith(str(one.version))
