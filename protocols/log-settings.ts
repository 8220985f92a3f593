import Type from "typebox";

const strict = { additionalProperties: false };
const choice = <const Values extends readonly string[]>(values: Values, options: object) =>
  Type.Unsafe<Values[number]>({ type: "string", enum: values, ...options });
const text = (allowed: string, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 4_096, allowed, description }));

/** What logs may come from. */
export const SOURCE_KINDS = ["access", "file", "sls"] as const;
/** How the lines of a file may be written. */
export const FILE_FORMATS = ["combined", "json", "nginx"] as const;

/** Logs that are read and counted, and where they come from. */
export const LogSourceSettings = Type.Object(
  {
    name: Type.String({
      pattern: "^[a-z][a-z0-9-]{0,31}$",
      allowed: "a small letter, then up to 31 small letters, digits or hyphens",
      description: "how the source is called in metrics, questions and commands",
    }),
    kind: choice(SOURCE_KINDS, {
      description:
        "`access` is what the gateway has answered, `file` a log file of this machine, `sls` a logstore of Alibaba Cloud Log Service",
    }),
    path: text("the path of a file", "file only: the file, under the name that is written to"),
    format: Type.Optional(
      choice(FILE_FORMATS, {
        description:
          "file only: `combined` as nginx writes unless told otherwise, `nginx` by a `logFormat`, `json` one object a line; `combined` unless given",
      }),
    ),
    logFormat: text(
      "a log_format of nginx",
      "file of format `nginx` only: the same text as in the configuration of nginx",
    ),
    timeField: text(
      "the name of a field",
      "file of format `json` only: the field that says when it was, since 1970 or in ISO 8601; `time` unless given",
    ),
    endpoint: text("a host such as cn-hangzhou.log.aliyuncs.com, or a URL", "sls only: where the service is"),
    project: text("the name of a project", "sls only: the project"),
    logstore: text("the name of a logstore", "sls only: the logstore"),
    keyId: text(
      "the id of an access key",
      "sls only: the id of the access key; or a `keyFile`, or a `keyRole`",
    ),
    keySecret: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 512,
        secret: true,
        allowed: "a text of 1 to 512 characters",
        description: "sls only: the secret of the access key; best given by the environment",
      }),
    ),
    keyFile: text(
      "the path of a file",
      "sls only: a file of JSON with `AccessKeyId`, `AccessKeySecret` and, of a temporary key, `SecurityToken` and `Expiration`; it is read again before the key ends, and when it is refused",
    ),
    keyRole: text(
      "the name of a RAM role",
      "sls only: the RAM role of the machine, whose temporary keys its metadata service gives out",
    ),
    metadataUrl: text(
      "a URL such as http://100.100.100.200",
      "sls with `keyRole` only: where the metadata service is; http://100.100.100.200 unless given",
    ),
    signature: Type.Optional(
      choice(["v1", "v4"], { description: "sls only: how requests are signed; `v1` unless given" }),
    ),
    region: text(
      "the id of a region, such as cn-hangzhou",
      "sls with signature `v4` only: the region of the project",
    ),
    caFile: text(
      "the path of a file",
      "sls only: the certificate, in PEM, of who certifies the service, where everybody does not know him",
    ),
    group: Type.Optional(
      Type.String({
        pattern: "^[a-z0-9][a-z0-9_-]{1,62}$",
        allowed: "2 to 63 small letters, digits, hyphens and underscores",
        description:
          "sls only: the consumer group that shares the shards out, among the nodes and other consumers; without it the nodes share them out by themselves",
      }),
    ),
    groupTimeoutSeconds: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 300,
        description:
          "sls with `group` only: after so long without a word a consumer of a group that is made here loses its shards, in seconds; 20 unless given",
      }),
    ),
    connectTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 9_000,
        description: "sls only: how long it may take to connect, in milliseconds; 5000 unless given",
      }),
    ),
    pullTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 9_000,
        description: "sls only: how long a whole read may take, in milliseconds; 8000 unless given",
      }),
    ),
    from: Type.Optional(
      choice(["begin", "end"], {
        description:
          "sls only: where reading begins the first time, at the oldest that is kept or at what comes next; `begin` unless given. A checkpoint of the `group` goes before it",
      }),
    ),
    inOrder: Type.Optional(
      Type.Boolean({
        description:
          "sls only: whether shards that a split or merge has made wait for those before them; with `group` it is said to a group that is made here",
      }),
    ),
  },
  strict,
);
export type LogSourceSettings = Type.Static<typeof LogSourceSettings>;

/** Which logs are read and counted. */
export const LogsSettings = Type.Object(
  {
    sources: Type.Array(LogSourceSettings, {
      default: [{ name: "gateway", kind: "access" }],
      description: "the logs that are read and counted in time blocks",
    }),
    budgetBytes: Type.Integer({
      minimum: 1_048_576,
      maximum: 2_147_483_647,
      default: 67_108_864,
      description:
        "how many bytes of logs a node may hold in memory at once; who is further behind gets more",
    }),
  },
  strict,
);
export type LogsSettings = Type.Static<typeof LogsSettings>;
