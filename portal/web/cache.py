"""The cache on Redis, which may fall: a cache that does not answer is an empty one, and no page fails for it."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger("portal.cache")


def forgiving(method: Callable, when_away: Callable) -> Callable:
    """The method; while Redis is away, what `when_away` makes of the same arguments, and a line in the log."""

    @wraps(method)
    def guarded(self, *arguments: Any, **named: Any) -> Any:
        try:
            return method(self, *arguments, **named)
        except RedisError as error:
            log.warning("the cache does not answer: %s", type(error).__name__)
            return when_away(*arguments, **named)

    return guarded


class ForgivingRedisCache(RedisCache):
    """Reads find nothing and writes keep nothing while Redis is away."""

    get = forgiving(RedisCache.get, lambda key, default=None, version=None: default)
    get_many = forgiving(RedisCache.get_many, lambda *_, **__: {})
    has_key = forgiving(RedisCache.has_key, lambda *_, **__: False)
    add = forgiving(RedisCache.add, lambda *_, **__: True)
    set = forgiving(RedisCache.set, lambda *_, **__: None)
    set_many = forgiving(RedisCache.set_many, lambda data, **__: list(data))
    touch = forgiving(RedisCache.touch, lambda *_, **__: False)
    incr = forgiving(RedisCache.incr, lambda key, delta=1, version=None: delta)
    delete = forgiving(RedisCache.delete, lambda *_, **__: False)
    delete_many = forgiving(RedisCache.delete_many, lambda *_, **__: None)
