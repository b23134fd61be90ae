# syntax=docker/dockerfile:1
# everthread and, mounted or copied to /bot, a bot. Debian, because Temporal's native library and libsql need glibc.
#   docker build --tag everthread:0.1.0 .
#   docker run --env-file .env --volume ./my-bot:/bot:ro --volume everthread:/data --publish 127.0.0.1:3000:3000 everthread:0.1.0

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/build-web.mjs scripts/
COPY src src
COPY web web
RUN npm run build

FROM node:22-bookworm-slim AS libraries
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The native library comes for five platforms, 140 MB in all: keep only the one of this platform.
RUN npm ci --omit=dev \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" \
    -exec rm -r {} + \
  && rm -rf node_modules/@temporalio/core-bridge/sdk-core node_modules/@libsql/linux-*-musl

FROM node:22-bookworm-slim
# The slim image has no root certificates, and Temporal's native library uses those of the system.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node /data \
  && mkdir /bot /node_modules \
  && ln -s /app /node_modules/everthread
WORKDIR /app
COPY --from=libraries /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./

ENV NODE_ENV=production \
  BOT=/bot/bot.ts \
  DATABASE_URL=file:/data/store.db \
  HOST=0.0.0.0 \
  PORT=3000
VOLUME /data
EXPOSE 3000
USER node
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "/app/dist/cli/main.js"]
CMD ["start"]
