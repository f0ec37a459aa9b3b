# Defaults and validates Knative objects
# Built by `npm run images` from the repository's root, after `npm run build`.
ARG BASE=gcr.io/distroless/nodejs26-debian13:nonroot

FROM ${BASE} AS warm
COPY scripts/images/warm-compile-cache.ts scripts/images/stand-in-api.ts /warm/
COPY packages/webhook/dist/*.mjs /app/
USER 65532
RUN ["/nodejs/bin/node", "--max-semi-space-size=2", "--no-maglev", "--no-turbofan", "/warm/warm-compile-cache.ts", "/app/webhook.mjs", "/tmp/compile-cache"]

FROM ${BASE}
ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="knative-ts webhook" \
      org.opencontainers.image.description="Defaults and validates Knative objects" \
      org.opencontainers.image.source="https://github.com/knative-ts/knative-ts" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY packages/webhook/dist/*.mjs /app/
COPY --from=warm /tmp/compile-cache /app/compile-cache
ENV NODE_COMPILE_CACHE=/app/compile-cache
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=2", "--no-maglev", "--no-turbofan", "/app/webhook.mjs"]
