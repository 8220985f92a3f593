import Type from "typebox";
import { AlarmSettings } from "./alarm-settings.ts";
import { AlertSettings } from "./alert-settings.ts";
import { ClusterSettings } from "./cluster-settings.ts";
import { HostSettings } from "./host-settings.ts";
import { JournalSettings } from "./journal-settings.ts";
import { LogsSettings } from "./log-settings.ts";
import { DayZones, MetricSettings } from "./metric-settings.ts";
import { ReminderSettings } from "./reminder-settings.ts";

/**
 * Everything an operator may set, with its default and its meaning, as data: settings are read with it, refused by it,
 * and documented from it. `secret` marks a value that no message, log line or page may repeat; `allowed` says in words
 * what a pattern means.
 */
const port = (options: object) => Type.Integer({ minimum: 0, maximum: 65_535, ...options });
const positive = (options: object) => Type.Integer({ minimum: 1, maximum: 2_147_483_647, ...options });
const secret = (options: object) =>
  Type.String({
    minLength: 16,
    maxLength: 512,
    secret: true,
    allowed: "a text of 16 to 512 characters",
    ...options,
  });
const choice = <const Values extends readonly string[]>(values: Values, options: object) =>
  Type.Unsafe<Values[number]>({ type: "string", enum: values, ...options });
const strict = { additionalProperties: false };

/** The name of a listener or of a key: what is typed in paths and commands. */
const Name = (options: object) =>
  Type.String({
    pattern: "^[a-z][a-z0-9-]{0,31}$",
    allowed: "a small letter, then up to 31 small letters, digits or hyphens",
    ...options,
  });

/** A door of the gateway: one port, and the routes that answer behind it. */
export const ListenerSettings = Type.Object(
  {
    name: Name({ description: "how the listener is called in the tree, in `push` and in `connections`" }),
    kind: choice(["http", "tcp"], { description: "`http` takes HTTP and WebSocket, `tcp` takes frames" }),
    host: Type.String({
      minLength: 1,
      allowed: "an address or a host name",
      default: "127.0.0.1",
      description: "the address to bind",
    }),
    port: port({ description: "the port to bind; 0 takes any free one" }),
    framing: Type.Optional(
      choice(["length", "line"], {
        description: "TCP only: a 4-byte length before each frame, or one frame a line",
      }),
    ),
    routes: Type.Optional(
      Type.Array(Type.String({ pattern: "^/", allowed: 'a path such as "/chatroom"' }), {
        minItems: 1,
        description:
          "the routes that answer here; all of them unless given. On a TCP listener connections are on the first, and the actions of the others can be called",
      }),
    ),
  },
  strict,
);
export type ListenerSettings = Type.Static<typeof ListenerSettings>;

/** What one connection, and all together, may take. */
const LimitSettings = Type.Object(
  {
    frameBytes: positive({
      default: 65_536,
      description: "the largest frame that a client may send, in bytes",
    }),
    messagesPerSecond: positive({
      default: 100,
      description: "how many frames a connection may send, sustained",
    }),
    burst: positive({ default: 200, description: "how many frames a connection may send at once" }),
    outboundBytes: positive({
      default: 262_144,
      description: "how much may wait for a slow reader, in bytes",
    }),
    connections: positive({ default: 10_000, description: "how many connections the node holds" }),
    connectionsPerAddress: positive({
      default: 5_000,
      description: "how many connections one address may hold",
    }),
    subscriptions: positive({ default: 100, description: "how many rooms a connection may be in" }),
    handshakeMs: positive({ default: 10_000, description: "how long a handshake may take, in milliseconds" }),
    pingEveryMs: positive({
      default: 25_000,
      description: "how often a quiet client is pinged, in milliseconds",
    }),
  },
  strict,
);

/** What a room keeps, and how many there may be. */
const RoomSettings = Type.Object(
  {
    historySize: positive({
      default: 200,
      description: "how many publications a room keeps for those who come back",
    }),
    historyMs: positive({
      default: 3_600_000,
      description: "how long a room keeps a publication, in milliseconds",
    }),
    liveHistoryMs: positive({
      default: 86_400_000,
      description: "how long a live room has a publication at hand for those who come back, in milliseconds",
    }),
    rooms: positive({ default: 10_000, description: "how many rooms may be open" }),
    members: positive({ default: 50_000, description: "how many members a room may have" }),
    graceMs: positive({ default: 60_000, description: "how long an empty room lingers, in milliseconds" }),
    liveGraceMs: positive({
      default: 21_600_000,
      description:
        "how long an empty live room stays in memory, in milliseconds; what was posted stays stored",
    }),
    durability: choice(["memory", "periodic", "fsync", "replicated"], {
      default: "fsync",
      description:
        "what a post to a live room survives before anybody sees it: `memory` nothing, `periodic` the end of the process, `fsync` a power cut, `replicated` the loss of the machine",
    }),
  },
  strict,
);

/** A key of a service that may push. */
export const PushKey = Type.Object(
  {
    id: Name({ description: "how the service names its key, and who the publications are from" }),
    kind: choice(["hmac", "apiKey"], {
      default: "hmac",
      description: "`hmac` signs each request, `apiKey` is sent along as it is",
    }),
    secret: secret({ description: "the key itself, at least 16 characters" }),
    scopes: Type.Array(Type.String({ minLength: 1 }), {
      default: ["push"],
      minItems: 1,
      description:
        "what the key may do: `push`, or `push:live/*` for some rooms only; `messages`, or `messages:live-room/*` for some entities only",
    }),
  },
  strict,
);
export type PushKey = Type.Static<typeof PushKey>;

const PushSettings = Type.Object(
  {
    keys: Type.Array(PushKey, {
      default: [],
      description:
        "the keys of the services; when empty, one is made at the first start and kept in the data directory",
    }),
    windowMs: positive({
      default: 300_000,
      description: "how far a signed timestamp may be off, in milliseconds",
    }),
  },
  strict,
);

const OpsSettings = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      allowed: "an address or a host name",
      default: "127.0.0.1",
      description: "the address of the operators' port",
    }),
    port: port({ default: 9510, description: "the operators' port; 0 takes any free one" }),
    token: Type.Optional(
      secret({ description: "the operators' bearer token; made at the first start unless given" }),
    ),
  },
  strict,
);

/** How the event loop of the process is watched. */
const WatchdogSettings = Type.Object(
  {
    blockedAfterMs: positive({
      default: 1_000,
      description: "how long the event loop may stand still before it is named who holds it, in milliseconds",
    }),
    killAfterMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description:
          "how long until the process is killed for it, in milliseconds; `0` never kills. Unless given 10000 under a host, which starts another one, and never without",
      }),
    ),
  },
  strict,
);

const LogSettings = Type.Object(
  {
    level: choice(["debug", "info", "warn", "error", "fatal"], {
      default: "info",
      description: "the least grave event that is written",
    }),
    format: choice(["auto", "pretty", "json"], {
      default: "auto",
      description: "how events are written; `auto` is pretty on a terminal and JSON elsewhere",
    }),
  },
  strict,
);

/** All settings of a node. */
export const NodeSettings = Type.Object(
  {
    name: Name({ default: "banyan", description: "the name of this node" }),
    dataDir: Type.String({
      minLength: 1,
      default: ".banyan",
      description: "where the node keeps what must survive it",
    }),
    listeners: Type.Array(ListenerSettings, {
      minItems: 1,
      description: "the doors of the gateway",
      default: [
        { name: "web", kind: "http", host: "127.0.0.1", port: 9501 },
        {
          name: "length",
          kind: "tcp",
          host: "127.0.0.1",
          port: 9502,
          framing: "length",
          routes: ["/chatroom", "/v1/messages"],
        },
        {
          name: "line",
          kind: "tcp",
          host: "127.0.0.1",
          port: 9503,
          framing: "line",
          routes: ["/chatroom", "/v1/messages"],
        },
      ],
    }),
    origins: Type.Array(
      Type.String({
        pattern: "^(\\*|https?://[^/]+)$",
        allowed: 'an origin such as "https://example.com", or "*"',
      }),
      {
        default: [],
        description: "the web origins that may connect besides the node's own; `*` allows all",
      },
    ),
    limits: LimitSettings,
    rooms: RoomSettings,
    push: PushSettings,
    ops: OpsSettings,
    watchdog: WatchdogSettings,
    host: HostSettings,
    journal: JournalSettings,
    reminders: ReminderSettings,
    cluster: ClusterSettings,
    alarms: AlarmSettings,
    metrics: MetricSettings,
    dayZones: DayZones,
    alerts: AlertSettings,
    logs: LogsSettings,
    log: LogSettings,
    stopWithinMs: positive({
      default: 10_000,
      description: "how long an orderly stop may take, in milliseconds",
    }),
  },
  strict,
);
export type NodeSettings = Type.Static<typeof NodeSettings>;
