# One image for web, worker, beat and migrations. The same locks and the same steps as ./run demo.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# Front-end files: npm comes from a Python package, so no second base image has to be trusted.
FROM base AS assets
COPY run pyproject.toml package.json package-lock.json requirements-node.lock ./
COPY portal/__init__.py portal/
COPY portal/launcher portal/launcher
RUN ./run assets

FROM base AS portal
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/portal --create-home portal \
 && chmod 755 /var/lib/portal
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY . .
COPY --from=assets /app/var/assets /tmp/var/assets
# Static files are part of the image; what people upload is not.
ENV PORTAL_STATIC_ROOT=/app/static
RUN PORTAL_VAR_DIR=/tmp/var python manage.py collectstatic --no-input --verbosity 0 \
 && python -m whitenoise.compress --quiet /app/static \
 && python -m compileall -q portal applications review funding assessment \
 && rm -rf /tmp/var
# Small fonts that halve the time and size of printed documents; a new volume starts with them.
RUN PORTAL_VAR_DIR=/var/lib/portal python manage.py prepare_fonts && chown -R portal /var/lib/portal/fonts
ENV DJANGO_SETTINGS_MODULE=portal.settings.production PORTAL_VAR_DIR=/var/lib/portal
USER portal
VOLUME /var/lib/portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "portal.launcher.ask", "http://127.0.0.1:8000/healthz"]
CMD ["python", "-m", "gunicorn", "--config", "portal/launcher/gunicorn_conf.py", "--bind", "0.0.0.0:8000", "portal.wsgi"]
