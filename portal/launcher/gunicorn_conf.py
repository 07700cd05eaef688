"""The web server of the demo and of production; WEB_CONCURRENCY sets the processes."""

import multiprocessing
import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", min(4, multiprocessing.cpu_count())))
threads = int(os.environ.get("WEB_THREADS", 4))
preload_app = True  # loaded once, then forked: half the start-up time and memory
control_socket_disable = True
# Uploads of 50 MB over a slow office line come through the front proxy, which buffers them; a minute is long here.
timeout = 60
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
# Query strings may hold names that are searched for; they stay out of the log.
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(L)s"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
