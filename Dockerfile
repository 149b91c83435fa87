# Two images from one file: `--target web` faces the internet on a maintained Python,
# `--target engine` holds Rasa (Python 3.10) and stays on the private network.
FROM python:3.13-slim AS web
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PYTHONPATH=/remanso
WORKDIR /remanso
COPY requirements-web.lock ./
RUN pip install --require-hashes -r requirements-web.lock \
    && useradd --create-home --uid 10001 remanso \
    && mkdir var && chown remanso var
COPY desk.yml config.yml ./
COPY data/responses data/responses
COPY data/gateway data/gateway
COPY data/wording data/wording
COPY data/canned data/canned
COPY data/mail data/mail
COPY data/playbooks data/playbooks
COPY data/practice data/practice
COPY bot bot
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health')"]
CMD ["python", "-m", "bot.cli", "serve", "--only", "web"]

FROM python:3.10-slim AS engine
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PYTHONPATH=/remanso \
    RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 OMP_NUM_THREADS=1
WORKDIR /remanso
COPY requirements-serve.lock ./
RUN pip install --require-hashes -r requirements-serve.lock \
    && useradd --create-home --uid 10001 remanso \
    && mkdir var && chown remanso var
COPY config.yml domain.yml desk.yml endpoints.yml credentials.yml ./
COPY data data
COPY actions actions
COPY bot bot
USER 10001
EXPOSE 5005 5055
CMD ["python", "-m", "bot.cli", "serve", "--only", "engine"]
