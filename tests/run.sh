#!/usr/bin/env bash
# Runs every test: finds (or, as root, installs) a Chromium, a PostgreSQL and a Redis, starts private ones, and stops them again.
# TAMEMAP_TEST_DATABASE=postgresql bash tests/run.sh [tests/…]: as an installation with PostgreSQL and Redis, without SQLite; the
# town of the browser tests, too, which then has two server processes (takes longer than make test).
set -euo pipefail
cd "$(dirname "$0")/.."

have_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
postgres_bin() {
  local found
  found=$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1 || true)
  [ -n "$found" ] && dirname "$found"
}

wanted=()
have_chromium >/dev/null || wanted+=(chromium)
[ "$(fc-list 2>/dev/null | grep -ci cjk)" != 0 ] || wanted+=(fonts-noto-cjk)
postgres_bin >/dev/null || wanted+=(postgresql)
command -v redis-server >/dev/null || wanted+=(redis-server)
if [ "${#wanted[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${wanted[*]} for the tests …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } \
      >/dev/null 2>&1 || echo "… could not install all of: ${wanted[*]}"
  else
    echo "Not here, and not mine to install: ${wanted[*]}. With them more is tested (apt-get install ${wanted[*]})."
  fi
fi

cluster=""
redis=""
stop() {
  if [ -n "$redis" ]; then
    kill "$redis" 2>/dev/null || true
    wait "$redis" 2>/dev/null || true
  fi
  if [ -n "$cluster" ]; then
    as_postgres "$bin/pg_ctl" -D "$cluster/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$cluster"
  fi
}
trap stop EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

if command -v redis-server >/dev/null; then
  port=$(free_port)
  redis-server --port "$port" --bind 127.0.0.1 --save "" --appendonly no --loglevel warning --logfile "" >/dev/null 2>&1 &
  redis=$!
  export TAMEMAP_TEST_REDIS="redis://127.0.0.1:$port"
  echo "Testing what needs Redis with a private one."
else
  echo "No redis-server here: what needs one is skipped."
fi

# PostgreSQL refuses to run as root
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

if bin=$(postgres_bin) && { [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1; }; then
  cluster=$(mktemp -d /tmp/tamemap-postgresql-XXXXXX)
  [ "$(id -u)" = 0 ] && chown postgres "$cluster"
  port=$(free_port)
  if as_postgres "$bin/initdb" -D "$cluster/data" -U tamemap --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$cluster/log" 2>&1 &&
    as_postgres "$bin/pg_ctl" -D "$cluster/data" -w -l "$cluster/server.log" \
      -o "-p $port -k $cluster -h 127.0.0.1 -c fsync=off -c max_connections=200" start >>"$cluster/log" 2>&1; then
    export TAMEMAP_TEST_POSTGRESQL="postgresql+psycopg://tamemap@127.0.0.1:$port"
    echo "Testing on SQLite and on PostgreSQL ($("$bin/postgres" --version | cut -d' ' -f3))."
  else
    cat "$cluster/log"
    echo "PostgreSQL could not be started: testing on SQLite only."
  fi
else
  echo "No PostgreSQL server here: testing on SQLite only."
fi

if [ "${TAMEMAP_TEST_DATABASE:-}" = postgresql ] && { [ -z "${TAMEMAP_TEST_POSTGRESQL:-}" ] || [ -z "$redis" ]; }; then
  echo "Asked for PostgreSQL and Redis, but they are not both here."
  exit 1
fi

# the screens are built once, before the tests share the two processors
.venv/bin/python -m tamemap build
.venv/bin/python -m pytest -n 2 --dist loadscope "$@"
