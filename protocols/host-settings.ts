import Type from "typebox";

/** A limit that is off unless set. */
const limit = (options: object) => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...options });

/** When the host replaces a worker that has worn out by a fresh one, which takes over all of its connections; 0 means never. */
export const RecycleSettings = Type.Object(
  {
    requests: limit({
      default: 0,
      description:
        "how many requests and frames a worker serves before a fresh one takes over, up to 10 % more or less; `0` is no limit",
    }),
    memoryBytes: limit({
      default: 0,
      description:
        "how much memory a worker may hold before a fresh one takes over, in bytes; `0` is no limit",
    }),
    memoryBytesPerMinute: limit({
      default: 0,
      description:
        "how fast its memory may grow through a whole window before a fresh one takes over, in bytes a minute; `0` is no limit",
    }),
    slopeWindowMs: Type.Integer({
      minimum: 1_000,
      maximum: 86_400_000,
      default: 600_000,
      description: "the window in which growth of memory is judged, in milliseconds",
    }),
    zombies: limit({
      default: 1_000,
      description:
        "how many turns that were given up may linger in a worker before a fresh one takes over; `0` is no limit",
    }),
    minLifeMs: Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      default: 60_000,
      description: "how long a worker lives before it may be recycled, in milliseconds",
    }),
  },
  { additionalProperties: false },
);
export type RecycleSettings = Type.Static<typeof RecycleSettings>;

const milliseconds = (options: object) => Type.Integer({ minimum: 1, maximum: 2_147_483_647, ...options });
const text = (options: object) => Type.Optional(Type.String({ minLength: 1, maxLength: 4_096, ...options }));

/** The process that starts the workers, watches them and starts them anew. It reads these when it starts; workers read theirs at each reload. */
export const HostSettings = Type.Object(
  {
    workers: Type.Integer({
      minimum: 0,
      maximum: 1_024,
      default: 1,
      description:
        "how many workers the host runs; `0` runs the node in one process without a host. More than one need `cluster.redis`",
    }),
    workersByRole: Type.Array(
      Type.String({
        pattern: "^(gateway|entities)=[1-9][0-9]{0,2}$",
        allowed: "a role and a number, such as entities=3",
      }),
      {
        default: [],
        description:
          "how many workers the host runs for each role, such as `gateway=1,entities=3`, in place of `host.workers`; those for entities read the logs, too",
      },
    ),
    readyWithinMs: milliseconds({
      minimum: 1_000,
      default: 60_000,
      description: "how long a worker may take to be ready, in milliseconds",
    }),
    handOverWithinMs: milliseconds({
      minimum: 1_000,
      default: 60_000,
      description: "how long a worker may take to hand everything over to the next one, in milliseconds",
    }),
    silentAfterMs: milliseconds({
      minimum: 3_000,
      default: 15_000,
      description: "how long a worker may be silent until it is killed and replaced, in milliseconds",
    }),
    restarts: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 5,
      description: "how many restarts within `restartWindowMs` are quick; further ones wait `retryEveryMs`",
    }),
    restartWindowMs: milliseconds({
      minimum: 1_000,
      default: 60_000,
      description: "how long a restart counts, in milliseconds",
    }),
    restartAfterMs: milliseconds({
      minimum: 10,
      default: 100,
      description: "how long the first restart waits, in milliseconds; each further one waits twice as long",
    }),
    restartAfterMaxMs: milliseconds({
      minimum: 100,
      default: 10_000,
      description: "how long a quick restart waits at most, in milliseconds",
    }),
    retryEveryMs: milliseconds({
      minimum: 1_000,
      default: 60_000,
      description: "how long a restart waits once the quick ones are used up, in milliseconds",
    }),
    watchSettleMs: milliseconds({
      minimum: 10,
      default: 300,
      description: "how long the code must be quiet until `start --watch` reloads, in milliseconds",
    }),
    logFile: text({
      allowed: "a path",
      description: "where `start --daemon` writes the log; `host.log` in the data directory unless given",
    }),
    pidFile: text({
      allowed: "a path",
      description:
        "where the process id of the host is kept; `banyan.pid` in the data directory unless given",
    }),
    user: text({
      allowed: "the name of a user",
      description: "the user that workers run as, where root starts the host; root itself unless given",
    }),
    group: text({
      allowed: "the name of a group",
      description: "the group that workers run as; that of the user unless given",
    }),
    recycle: RecycleSettings,
  },
  { additionalProperties: false },
);
export type HostSettings = Type.Static<typeof HostSettings>;
