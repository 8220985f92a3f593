/** The house as data: its top level, its layers, and the one home of each third-party package. The tidy test holds it. */

/** Everything that lies at the root, apart from dot files and what Git ignores. */
export const TOP_LEVEL: readonly string[] = [
  "actors",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "deploy",
  "LICENSE",
  "package-lock.json",
  "package.json",
  "protocols",
  "README.md",
  "README.zh-CN.md",
  "runtime",
  "test",
  "tsconfig.json",
];

/** Which layers each layer may import besides itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  protocols: [],
  runtime: ["protocols"],
  actors: ["protocols", "runtime"],
  deploy: ["protocols", "runtime", "actors"],
  test: ["protocols", "runtime", "actors", "deploy"],
};

/**
 * The folders that may import each dependency; tests may import all. One `*` stands for one folder name.
 * A package without a home is a tool: nothing imports it.
 */
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  "@alicloud/log": ["runtime/sls/"],
  "@datadog/sketches-js": ["test/"],
  "@fastify/swagger": ["runtime/net/"],
  "@preact/signals": ["actors/*/page/", "runtime/pages/kit/"],
  commander: ["deploy/"],
  esbuild: ["runtime/pages/"],
  "fast-check": ["test/"],
  fastify: ["runtime/net/"],
  ioredis: ["runtime/redis/"],
  lmdb: ["runtime/persistence/"],
  moleculer: ["test/"],
  msgpackr: ["runtime/codec/"],
  nact: ["runtime/kernel/"],
  nodemailer: ["runtime/alarms/"],
  pino: ["runtime/telemetry/"],
  "pino-pretty": ["runtime/telemetry/"],
  "playwright-core": ["test/"],
  preact: ["actors/*/page/", "runtime/pages/kit/"],
  "prom-client": ["runtime/telemetry/"],
  "smtp-server": ["test/"],
  "socket.io": ["test/"],
  typebox: ["protocols/", "runtime/codec/"],
  ws: ["runtime/net/"],
  yaml: ["deploy/"],

  "@types/node": [],
  "@types/ws": [],
  knip: [],
  oxfmt: [],
  oxlint: [],
  "oxlint-tsgolint": [],
  typescript: [],
};
