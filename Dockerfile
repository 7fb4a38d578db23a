# syntax=docker/dockerfile:1

# ---- Builds: every package, the compiler and Prisma's commands; nothing of it is delivered
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY prisma.config.ts tsconfig.json tsconfig.build.json ./
COPY tools ./tools
COPY prisma ./prisma
COPY src ./src
RUN npm run generate && npm run build

# ---- The packages the server runs on
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Prisma's commands and the compiler are optional peers of @prisma/client: without dev alone they would come along.
# No install script is needed: argon2 brings its binaries.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --omit=peer --ignore-scripts

# ---- What is delivered
FROM node:24-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    MEDIA_ROOT=/var/lib/pbx-api/media
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY bin ./bin
COPY prisma/migrations ./prisma/migrations
# The image's own unprivileged user, by number so that Kubernetes can tell it is not root. It owns the folder for audio,
# also where a volume is mounted there, and no file beside it.
RUN install --directory --mode=750 --owner=1000 --group=1000 /var/lib/pbx-api/media
USER 1000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
