# A stand-in for the official PostgreSQL image, built from Debian's package: the same variables, port and user.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/*
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data
COPY --chmod=755 <<'SH' /usr/local/bin/start
#!/bin/sh
set -eu
mkdir -p "$PGDATA" /run/postgresql && chown -R postgres: "$PGDATA" /run/postgresql
as() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
user=${POSTGRES_USER:-postgres}
printf '%s' "$POSTGRES_PASSWORD" > /run/postgresql/word
as initdb --encoding=UTF8 --locale=C.UTF-8 --username="$user" --pwfile=/run/postgresql/word --auth=scram-sha-256 --auth-local=trust >/dev/null
echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
as pg_ctl -w -o "-c listen_addresses=" start >/dev/null
[ "${POSTGRES_DB:-$user}" = postgres ] || as createdb --username="$user" "${POSTGRES_DB:-$user}"
as pg_ctl -w stop >/dev/null
exec setpriv --reuid=postgres --regid=postgres --init-groups postgres -c "listen_addresses=*"
SH
EXPOSE 5432
CMD ["start"]
