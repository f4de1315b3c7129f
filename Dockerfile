# The server as an image: the files named in .dockerignore and what npm brings. Nothing is built.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has a Node of its own; the one that npm brings for "npm start" is left out.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production PORT=3000
COPY --from=dependencies /app/node_modules node_modules
COPY . .
# The files belong to root: the server can read them and change none.
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Alive, not ready: an outage of the database is no reason to start the server again.
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8", "bin/start.mjs"]
