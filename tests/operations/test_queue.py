"""Redis may fall: acts and pages go on."""

import socket
import time
from datetime import timedelta

import pytest
from celery import Celery
from django.core.cache import caches
from django.test import override_settings
from kombu.exceptions import OperationalError

from portal.settings import parse
from tests.services import redis_server

CACHE = {"BACKEND": "portal.web.cache.ForgivingRedisCache", "OPTIONS": {"socket_connect_timeout": 1}}


@pytest.fixture
def nobody():
    """The address of a port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@pytest.fixture
def cache_at():
    def at(url):
        with override_settings(CACHES={"default": {**CACHE, "LOCATION": url}}):
            return caches.create_connection("default")

    return at


def test_a_cache_that_is_away_is_an_empty_one(cache_at, nobody):
    cache = cache_at(nobody)
    cache.set("key", 1)
    assert cache.get("key") is None
    assert cache.get("key", "other") == "other"
    assert cache.get_or_set("key", lambda: 7) == 7
    assert cache.add("count", 0, timeout=5) is True
    assert cache.incr("count") == 1
    assert cache.get_many(["key"]) == {}
    assert cache.delete("key") is False


def test_a_cache_that_is_there_keeps_and_counts(cache_at, tmp_path):
    with redis_server(tmp_path) as url:
        cache = cache_at(url)
        cache.set("key", {"a": 1}, timeout=60)
        assert cache.get("key") == {"a": 1}
        assert cache.add("key", 2) is False
        cache.add("count", 0)
        assert [cache.incr("count"), cache.incr("count", 2)] == [1, 3]


def test_an_act_does_not_wait_for_a_broker_that_is_away(nobody, settings, tmp_path):
    """The message is lost at once, where Celery alone would try for seven seconds; the sweep finds its delivery."""
    address, options = parse.broker(nobody, tmp_path)
    app = Celery("alone", broker=address)
    app.conf.broker_transport_options = options
    app.conf.task_publish_retry = settings.CELERY_TASK_PUBLISH_RETRY
    began = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("portal.events.deliver")
    assert time.monotonic() - began < 3


def test_the_sweep_runs_each_minute(settings):
    sweeps = [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] == "portal.events.deliver"]
    assert [entry["schedule"] for entry in sweeps] == [timedelta(minutes=1)]
