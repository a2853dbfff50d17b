# One image per service:  docker build --build-arg SERVICE=identity -t praxis/identity .
#
# What is downloaded is downloaded here, by a lock file that may not change; the result holds one
# service, the packages that it imports and Deno, and fetches nothing at run time. It runs as an
# ordinary user on a read-only file system (only /tmp must be writable, and content's files), with
# the rights that deploy/images/rights.ts gives the service.

# Where Deno itself comes from: any image that holds /deno, and one with glibc to run it on.
ARG DENO_IMAGE=docker.io/denoland/deno:bin-2.9.6
ARG BASE_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${DENO_IMAGE} AS deno

FROM ${BASE_IMAGE} AS build
COPY --from=deno /deno /usr/local/bin/deno
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1
WORKDIR /src
COPY . .
RUN deno install --frozen
ARG SERVICE
RUN test -f "services/${SERVICE}/main.ts" || { echo "SERVICE=${SERVICE} is no service"; exit 1; }
# The gateway serves the web app.
RUN [ "${SERVICE}" != gateway ] || deno run -A --cached-only web/build.ts
RUN deno run -A --cached-only deploy/images/assemble.ts "${SERVICE}" /app && mkdir /data

FROM ${BASE_IMAGE}
# The words of scans: OCR_LANGUAGES names the languages.
ARG SERVICE
RUN [ "${SERVICE}" != content ] || { apt-get update \
  && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-deu tesseract-ocr-fra \
  && rm -rf /var/lib/apt/lists/*; }
COPY --from=deno /deno /usr/local/bin/deno
COPY --from=build /app /app
# Content's files; a new volume takes its owner from here.
COPY --from=build --chown=10001:10001 /data /data
# Deno keeps what it compiles there; nothing is lost with it.
ENV DENO_DIR=/tmp/deno DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1 NO_COLOR=1
WORKDIR /app
# A number, so that a cluster can see that it is not root.
USER 10001:10001
HEALTHCHECK --start-period=30s --interval=10s --timeout=5s --retries=3 CMD ["/app/start", "health"]
ENTRYPOINT ["/app/start"]
CMD ["main"]
