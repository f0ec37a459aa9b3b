# Holds requests while a revision has no capacity
# Built by `npm run images` from the repository's root, after `npm run build`.
ARG BASE=gcr.io/distroless/nodejs26-debian13:nonroot

FROM ${BASE} AS warm
COPY scripts/images/warm-compile-cache.ts scripts/images/stand-in-api.ts /warm/
COPY packages/activator/dist/*.mjs /app/
USER 65532
RUN ["/nodejs/bin/node", "--max-semi-space-size=4", "/warm/warm-compile-cache.ts", "/app/activator.mjs", "/tmp/compile-cache"]

FROM ${BASE}
ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="knative-ts activator" \
      org.opencontainers.image.description="Holds requests while a revision has no capacity" \
      org.opencontainers.image.source="https://github.com/knative-ts/knative-ts" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY packages/activator/dist/*.mjs /app/
COPY --from=warm /tmp/compile-cache /app/compile-cache
ENV NODE_COMPILE_CACHE=/app/compile-cache
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "/app/activator.mjs"]
