# The viewer is built with Node, the wheel is built around it, and the image holds neither Node nor sources.
# Without a container engine, .ci/prove-image runs these very steps in a clean root.

FROM node:22-bookworm-slim AS viewer
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY openapi.json /src/openapi.json
COPY frontend ./
RUN npm run build

FROM python:3.11-slim-bookworm AS wheel
WORKDIR /src
COPY . .
COPY --from=viewer /src/tilemaker/server/static tilemaker/server/static
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="tilemaker" org.opencontainers.image.description="Sky maps in the browser, straight from FITS files"
# What it depends on first: that changes less often than the program does.
COPY pyproject.toml constraints.txt /tmp/
RUN python -c "import tomllib; about = tomllib.load(open('/tmp/pyproject.toml', 'rb'))['project']; print(*about['dependencies'], *about['optional-dependencies']['soauth'], sep='\n')" > /tmp/requirements.txt && pip install --no-cache-dir -c /tmp/constraints.txt -r /tmp/requirements.txt && rm /tmp/requirements.txt
COPY --from=wheel /wheels /tmp/wheels
RUN pip install --no-cache-dir --no-deps /tmp/wheels/*.whl && rm -r /tmp/wheels /tmp/pyproject.toml /tmp/constraints.txt
# By number, so that a cluster can see that it is not root.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tilemaker
USER 10001:10001
# Nothing is written but to /tmp and /dev/shm, and the service runs without either. Mount the configuration and the maps it
# names, read-only, at /config.
ENV HOME=/tmp TILEMAKER_CONFIG_PATH=/config/sky.json TILEMAKER_LOG_FORMAT=json WEB_CONCURRENCY=8 PYTHONUNBUFFERED=1
EXPOSE 8000
# By address, which is answered whatever TILEMAKER_HOSTS and TILEMAKER_ROOT_PATH say.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Connections are kept longer than nginx keeps them, so that it never asks over one that is just being closed.
CMD ["gunicorn", "tilemaker.server:app", "--worker-class", "tilemaker.server.worker.Worker", "--bind", "0.0.0.0:8000", "--keep-alive", "75", "--graceful-timeout", "30", "--timeout", "60", "--no-control-socket"]
