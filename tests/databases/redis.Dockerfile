# A stand-in for the official Redis image, built from Debian's package.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends redis && rm -rf /var/lib/apt/lists/*
EXPOSE 6379
CMD ["redis-server", "--protected-mode", "no", "--bind", "0.0.0.0"]
