"""`python -m portal.launcher.ask URL`: exit code 0 when the address answers 200; for health checks without curl."""

import sys
import urllib.error
import urllib.request


def answers(url: str, seconds: float = 4) -> bool:
    """Whether the address answers 200 in time; a proxy of the environment is not asked."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=seconds) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
