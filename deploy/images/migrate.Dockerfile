# Jobs around installing and upgrading
# Built by `npm run images` from the repository's root, after `npm run build`. A job starts once: no compile cache is kept for it.
ARG BASE=gcr.io/distroless/nodejs26-debian13:nonroot

FROM ${BASE}
ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="knative-ts migrate" \
      org.opencontainers.image.description="Jobs around installing and upgrading" \
      org.opencontainers.image.source="https://github.com/knative-ts/knative-ts" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY packages/migrate/dist/*.mjs /app/
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/app/migrate.mjs"]
