import Type from "typebox";

const strict = { additionalProperties: false };
const positive = (options: object) => Type.Integer({ minimum: 1, maximum: 2_147_483_647, ...options });
const choice = <const Values extends readonly string[]>(values: Values, options: object) =>
  Type.Unsafe<Values[number]>({ type: "string", enum: values, ...options });
const text = (options: object) => Type.String({ minLength: 1, maxLength: 4_096, ...options });

/** How grave an alarm is, least first: worth knowing, worth a look today, worth being woken for. */
export const SEVERITIES = ["notice", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The channel that is always there: alarms as events of the log. */
export const LOG_CHANNEL = "log";

/** The ways to reach people, apart from the log. */
export const CHANNEL_KINDS = ["webhook", "mail", "sms", "dingtalk", "wecom", "feishu"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** One way to reach people. Which of the settings belong to a kind, `deploy/alarm-rules.ts` says. */
export const AlarmChannel = Type.Object(
  {
    name: Type.String({
      pattern: "^[a-z][a-z0-9-]{0,31}$",
      allowed: "a small letter, then up to 31 small letters, digits or hyphens",
      description: "how the channel is called in routes and commands",
    }),
    kind: choice(CHANNEL_KINDS, {
      description:
        "`webhook` posts signed JSON, `mail` speaks SMTP, `sms` calls a provider over HTTP, the others are group robots",
    }),
    url: Type.Optional(
      Type.String({
        pattern: "^https?://[^\\s]+$",
        maxLength: 2_048,
        secret: true,
        allowed: "an address that begins with http:// or https://",
        description: "where it is sent, all but mail; robots have a key in it, so it is treated as secret",
      }),
    ),
    secret: Type.Optional(
      Type.String({
        minLength: 8,
        maxLength: 512,
        secret: true,
        allowed: "a text of 8 to 512 characters",
        description: "the key that signs, for webhook, dingtalk and feishu",
      }),
    ),
    method: Type.Optional(
      choice(["POST", "PUT", "GET"], { description: "sms only: how it is sent; POST unless given" }),
    ),
    headers: Type.Optional(
      Type.Array(
        Type.String({
          pattern: "^[A-Za-z0-9-]+: ?[^\\r\\n]+$",
          secret: true,
          allowed: 'a header such as "authorization: Bearer …"',
        }),
        { description: "sms only: headers of the request, one a line" },
      ),
    ),
    body: Type.Optional(
      text({ description: "sms only: the body, with {{to}} and {{text}} where number and text belong" }),
    ),
    accepted: Type.Optional(
      text({
        description: "sms only: what the provider's answer holds when it has accepted; any 2xx unless given",
      }),
    ),
    host: Type.Optional(
      text({ allowed: "an address or a host name", description: "mail only: the SMTP server" }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: "mail only: its port; 465 with tls and 587 otherwise, unless given",
      }),
    ),
    security: Type.Optional(
      choice(["tls", "starttls", "none"], {
        description:
          "mail only: `tls` from the start, `starttls` (the default), or `none` on a network of your own",
      }),
    ),
    user: Type.Optional(text({ description: "mail only: the name to log in with" })),
    password: Type.Optional(
      text({ secret: true, allowed: "a text", description: "mail only: the password to log in with" }),
    ),
    from: Type.Optional(text({ description: "mail only: the sender's address" })),
    to: Type.Optional(
      Type.Array(text({ allowed: "an address or a number" }), {
        minItems: 1,
        description: "mail and sms: the addresses or numbers of those who are told",
      }),
    ),
    perMinute: Type.Optional(
      positive({
        description: "how many messages go out in a minute at most; robots 18, others 60, unless given",
      }),
    ),
  },
  strict,
);
export type AlarmChannel = Type.Static<typeof AlarmChannel>;

const channelNames = (options: { description: string; default?: string[]; minItems?: number }) =>
  Type.Array(text({ allowed: "the name of a channel" }), options);

/** Who is told when nobody acts. */
export const EscalationStep = Type.Object(
  {
    afterMs: positive({ description: "how long an alarm has gone unacknowledged, in milliseconds" }),
    channels: channelNames({ minItems: 1, description: "who is told then" }),
    severity: choice(SEVERITIES, {
      default: "critical",
      description: "the least grave alarm that this step is for",
    }),
  },
  strict,
);
export type EscalationStep = Type.Static<typeof EscalationStep>;

/** Who is told of what goes wrong, and how. */
export const AlarmSettings = Type.Object(
  {
    channels: Type.Array(AlarmChannel, {
      default: [],
      description: "the ways to reach people besides `log`, which is always there",
    }),
    routes: Type.Object(
      {
        notice: channelNames({
          default: [LOG_CHANNEL],
          description: "the channels for what is worth knowing",
        }),
        warning: channelNames({
          default: [LOG_CHANNEL],
          description: "the channels for what is worth a look today",
        }),
        critical: channelNames({
          default: [LOG_CHANNEL],
          description: "the channels for what is worth being woken for",
        }),
      },
      strict,
    ),
    escalation: Type.Array(EscalationStep, {
      default: [],
      description: "who is told in addition when nobody acknowledges an alarm",
    }),
    quietMs: positive({
      default: 900_000,
      description: "how long something must not happen again until its alarm ends by itself, in milliseconds",
    }),
    timeoutMs: positive({
      default: 10_000,
      description: "how long one try to reach a channel may take, in milliseconds",
    }),
    retryForMs: positive({
      default: 3_600_000,
      description: "how long a message is tried until it is given up, in milliseconds",
    }),
  },
  strict,
);
export type AlarmSettings = Type.Static<typeof AlarmSettings>;
