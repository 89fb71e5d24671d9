# The viewer is built with Node, the wheel is built around it, and the image holds neither Node nor sources.

FROM node:20-slim AS viewer
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY openapi.json /src/openapi.json
COPY frontend ./
RUN npm run build

FROM python:3.11-slim AS wheel
WORKDIR /src
COPY . .
COPY --from=viewer /src/tilemaker/server/static tilemaker/server/static
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
COPY constraints.txt /tmp/constraints.txt
COPY --from=wheel /wheels /tmp/wheels
RUN pip install --no-cache-dir -c /tmp/constraints.txt /tmp/wheels/*.whl && rm -r /tmp/wheels && useradd --create-home tilemaker
USER tilemaker
# Mount the configuration and the maps it names, read-only, at /config.
ENV TILEMAKER_CONFIG_PATH=/config/sky.json WEB_CONCURRENCY=2
EXPOSE 8000
CMD ["gunicorn", "tilemaker.server:app", "--worker-class", "uvicorn_worker.UvicornWorker", "--bind", "0.0.0.0:8000"]
