# A stand-in for the official MySQL image, built from Debian's MariaDB: the same variables and port.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends mariadb-server && rm -rf /var/lib/apt/lists/* \
    && ln -s mariadb-admin /usr/bin/mysqladmin || true
COPY --chmod=755 <<'SH' /usr/local/bin/start
#!/bin/sh
set -eu
mkdir -p /run/mysqld && chown -R mysql: /run/mysqld /var/lib/mysql
{
    echo "FLUSH PRIVILEGES;"
    echo "CREATE DATABASE IF NOT EXISTS \`${MYSQL_DATABASE:-app}\`;"
    echo "ALTER USER root@localhost IDENTIFIED BY '${MYSQL_ROOT_PASSWORD:-}';"
    echo "CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '${MYSQL_ROOT_PASSWORD:-}';"
    echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
    if [ -n "${MYSQL_USER:-}" ]; then
        echo "CREATE USER IF NOT EXISTS '$MYSQL_USER'@'%' IDENTIFIED BY '${MYSQL_PASSWORD:-}';"
        echo "GRANT ALL ON \`${MYSQL_DATABASE:-app}\`.* TO '$MYSQL_USER'@'%';"
    fi
} > /run/mysqld/init.sql
exec mariadbd --user=mysql --bind-address=0.0.0.0 --init-file=/run/mysqld/init.sql
SH
EXPOSE 3306
CMD ["start"]
