# Image of the server: what deploy/package/build.ts makes of the files that .dockerignore lets through, with the
# documentation site, and the npm packages that it loads on use.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The base image provides Node, so the npm package that provides it for "npm start" is removed.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node deploy/package/build.ts

FROM node:24.21.0-bookworm-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title=Ostiary \
  org.opencontainers.image.description="A self-hosted OAuth 2.1 and OpenID Connect provider" \
  org.opencontainers.image.url=https://github.com/ostiary/ostiary \
  org.opencontainers.image.source=https://github.com/ostiary/ostiary \
  org.opencontainers.image.licenses=Apache-2.0 \
  org.opencontainers.image.version=$VERSION \
  org.opencontainers.image.revision=$REVISION
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIRECTORY=/data PORT=3000
COPY --from=dependencies /app/node_modules node_modules
COPY CHANGELOG.md LICENSE package.json ./
COPY bin bin
COPY --from=build /app/dist/package dist/package
# The files belong to root, so the server can read but not change them. It writes to /data, and only
# during development, without DATABASE_URL.
RUN ln -s /app/bin/ostiary.mjs /usr/local/bin/ostiary && install -d -o node -g node -m 700 /data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Liveness, not readiness: restarting the server does not help when the database is down. The name in the
# certificate is not 127.0.0.1.
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "const { env, exit } = process; require(env.TLS_CERT_FILE ? 'https' : 'http').get({ host: '127.0.0.1', port: env.PORT, path: '/health/live', rejectUnauthorized: false }, ({ statusCode }) => exit(statusCode === 200 ? 0 : 1)).on('error', () => exit(1))"]
CMD ["node", "--max-semi-space-size=8", "bin/start.mjs"]
