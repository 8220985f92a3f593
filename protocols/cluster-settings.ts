import Type from "typebox";

/** What a node can be there for. A node takes entities, or clients, only when it says so. */
export const NODE_ROLES = ["gateway", "entities", "logs"] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

const file = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 4_096, allowed: "the path of a PEM file", description }),
  );
const strict = { additionalProperties: false };

/** The certificates of an encrypted connection to Redis. */
const TlsSettings = Type.Object(
  {
    caFile: file("the certificates that Redis' own is checked with; those of Node unless given"),
    certFile: file("the certificate that this node shows to Redis"),
    keyFile: file("the key of that certificate"),
    serverName: Type.Optional(
      Type.String({
        minLength: 1,
        allowed: "a host name",
        description: "the name that the certificate of Redis is for, when it is not its host",
      }),
    ),
  },
  strict,
);

/** How several nodes are one system. Without Redis a node stands alone, and stores in its data directory. */
export const ClusterSettings = Type.Object(
  {
    redis: Type.Optional(
      Type.String({
        minLength: 8,
        maxLength: 4_096,
        secret: true,
        allowed: "a URL such as redis://host:6379, redis+sentinel://host/name or redis+cluster://host",
        description:
          "the Redis of the cluster, which all of its nodes share, as a URL; one database is one cluster. A node stands alone unless given",
      }),
    ),
    name: Type.String({
      pattern: "^[a-z][a-z0-9-]{0,31}$",
      allowed: "a small letter, then up to 31 small letters, digits or hyphens",
      default: "banyan",
      description:
        "whose the database is: it is marked with it, and a node of another name does not start on it",
    }),
    allowColdStart: Type.Boolean({
      default: false,
      description:
        "accepts that Redis has lost what it held: entities of which it has nothing begin anew, in the whole cluster, instead of being refused",
    }),
    tls: TlsSettings,
    roles: Type.Array(Type.Unsafe<NodeRole>({ type: "string", enum: NODE_ROLES }), {
      default: ["gateway", "entities", "logs"],
      minItems: 1,
      description:
        "what this node is there for: `gateway` takes clients, `entities` takes entities, `logs` reads logs",
    }),
    capacity: Type.Integer({
      minimum: 0,
      maximum: 10_000,
      default: 100,
      description: "the share of the entities that this node takes, compared to the others; `0` takes none",
    }),
    profile: Type.Unsafe<"safe" | "fast">({
      type: "string",
      enum: ["safe", "fast"],
      default: "safe",
      description:
        "how soon a silent node is taken for dead: `safe` after 7 s, `fast` after 1.75 s, which is for one machine or a quiet network",
    }),
    durability: Type.Unsafe<"memory" | "periodic" | "fsync" | "replicated">({
      type: "string",
      enum: ["memory", "periodic", "fsync", "replicated"],
      default: "fsync",
      description: "what Redis must be set up to promise at least, or the node does not start",
    }),
  },
  strict,
);
export type ClusterSettings = Type.Static<typeof ClusterSettings>;
