import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawAudit } from "../../../../deploy/drawings/audit-drawing.ts";
import { drawBeats } from "../../../../deploy/drawings/beats-drawing.ts";
import type { Paint } from "../../../../deploy/drawings/columns.ts";
import { drawMemory } from "../../../../deploy/drawings/memory-drawing.ts";
import { drawProcesses } from "../../../../deploy/drawings/processes-drawing.ts";
import type { Processes } from "../../../../deploy/drawings/processes-drawing.ts";
import { drawPs } from "../../../../deploy/drawings/ps-drawing.ts";
import { drawQuarantine, drawStalls } from "../../../../deploy/drawings/stalls-drawing.ts";
import { timeOf } from "../../../../deploy/drawings/units.ts";
import { drawTop } from "../../../../deploy/drawings/top-drawing.ts";
import type { Top } from "../../../../deploy/drawings/top-drawing.ts";
import { drawSample, traceHeading } from "../../../../deploy/drawings/trace-drawing.ts";
import { drawWhy } from "../../../../deploy/drawings/why-drawing.ts";
import type { Why } from "../../../../deploy/drawings/why-drawing.ts";

type Actor = Top["top"][number];

const plain: Paint = (_style, text) => text;
const NOW_MS = 1_700_000_000_000;
const AT = timeOf(NOW_MS);
const BUDGET = { left: 4, max: 5, withinMs: 60_000 };

function actor(path: string, parts: Partial<Actor> = {}): Actor {
  return {
    name: path.slice(1),
    path,
    type: "room",
    state: "running",
    incarnation: 1,
    mailbox: { depth: 0, oldestAgeMs: 0 },
    handled: 3,
    failed: 0,
    refused: 0,
    restarts: 0,
    restart: "permanent",
    supervision: { strategy: "oneForOne" },
    budgets: { crash: BUDGET, stall: BUDGET },
    pulse: { stalls: 0 },
    uptimeMs: 61_000,
    childCount: 0,
    ...parts,
  };
}

const top = (actors: Actor[]): Top => ({
  node: "elm",
  status: "ready",
  uptimeMs: 61_000,
  actors: 9,
  zombies: 1,
  quarantined: 2,
  stalls: 3,
  sort: "mailboxAge",
  top: actors,
});

describe("banyan top", () => {
  it("shows whose mail waits, whose turn is open, and the node above them", () => {
    const busy = actor("/rooms", {
      mailbox: { depth: 12, oldestAgeMs: 2_500 },
      pulse: { stalls: 0, openTurn: { kind: "publish", busyMs: 1_200 } },
    });
    assert.equal(
      drawTop(top([busy, actor("/gateway")]), plain),
      [
        "elm: ready, up 1 min; 9 actors, 3 stalls, 2 quarantined, 1 zombies; by age of the oldest message",
        "",
        "actor     type  state    mailbox  oldest  busy  turn     restarts  handled",
        "/rooms    room  running       12     2 s   1 s  publish         0        3",
        "/gateway  room  running        0       -     -  -               0        3",
      ].join("\n"),
    );
  });

  it("marks what an operator should look at, and says when there is nothing", () => {
    const styles: string[] = [];
    const paint: Paint = (style, text) => (styles.push(style), text);
    drawTop(top([actor("/a", { state: "suspended" }), actor("/b", { restarts: 1 }), actor("/c")]), paint);
    assert.deepEqual(styles, ["dim", "alarm", "warn"]);
    assert.match(drawTop(top([]), plain), /No mail waits anywhere\.$/);
    assert.match(drawTop({ ...top([]), sort: "restarts" }, plain), /No actor was ever restarted\.$/);
  });
});

describe("banyan beats", () => {
  it("shows who owes what until when, and what is forgiven", () => {
    const puller = actor("/puller", {
      pulse: {
        stalls: 0,
        heartbeat: { everyMs: 10_000, withinMs: 20_000, leftMs: 12_000 },
        lastBeat: { atMs: NOW_MS, ageMs: 8_000, note: "page 7" },
      },
    });
    const slow = actor("/slow", {
      pulse: {
        stalls: 0,
        progressWithinMs: 30_000,
        openTurn: { kind: "publish", busyMs: 1_000, leftMs: 29_000 },
      },
    });
    assert.equal(
      drawBeats({ total: 3, beats: [puller, slow] }, plain),
      [
        "actor    type  owes                 deadline  left  last beat  note    strategy     crashes  stalls",
        "/puller  room  a beat each 10 s         20 s  12 s    8 s ago  page 7  one for one      4/5     4/5",
        "/slow    room  progress in publish      30 s  29 s          -  -       one for one      4/5     4/5",
        "… 1 more",
        "",
        "crashes, stalls: restarts that are still forgiven, of how many",
      ].join("\n"),
    );
    assert.match(drawBeats({ total: 0, beats: [] }, plain), /^No actor owes a sign of life now/);
  });

  it("shows what falls due first of a duty and an open turn", () => {
    const pulse = {
      stalls: 0,
      progressWithinMs: 30_000,
      openTurn: { kind: "pull", busyMs: 29_000, leftMs: 1_000 },
      heartbeat: { everyMs: 10_000, withinMs: 20_000, leftMs: 12_000 },
    };
    assert.match(
      drawBeats({ total: 1, beats: [actor("/p", { pulse })] }, plain),
      /progress in pull +30 s +1 s/,
    );
  });
});

const why: Why = {
  actor: actor("/rooms", {
    failed: 2,
    restarts: 1,
    pulse: { stalls: 1 },
    strikes: { kind: "publish", count: 1 },
  }),
  supervisor: { path: "/", strategy: "oneForOne" },
  failures: [
    {
      atMs: NOW_MS,
      message: "no such\nroom",
      cause: "crash",
      kind: "publish",
      stack: "Error: no such room\n    at publish (room.js:3:1)",
    },
  ],
  stalls: [
    {
      atMs: NOW_MS,
      path: "/rooms",
      type: "room",
      silence: "turn",
      deadlineMs: 30_000,
      kind: "publish",
      strikes: 1,
    },
  ],
  quarantined: [
    {
      id: 4,
      atMs: NOW_MS,
      path: "/rooms",
      kind: "publish",
      handler: "room.publish",
      fingerprint: "ab12",
      strikes: 3,
    },
  ],
  deadLetters: [{ atMs: NOW_MS, kind: "publish", reason: "handlerFailed" }],
  zombies: 1,
};

describe("banyan why", () => {
  it("tells how an actor is, and each kind of trouble that it has had", () => {
    assert.equal(
      drawWhy(why, plain),
      [
        "/rooms (room)",
        "  state       running, up 1 min, 3 messages handled",
        "  mailbox     empty",
        "  failures    2, 1 of them stalls; 1 restarts",
        "  forgiven    4 of 5 crashes in 1 min; 4 of 5 stalls in 1 min",
        "  supervisor  / (oneForOne)",
        "  strikes     1 on publish",
        "  zombies     1 turns of it were given up and have not ended",
        "",
        "failed               cause  on       because",
        `${AT}  crash  publish  no such room`,
        "  at publish (room.js:3:1)",
        "",
        "stalled              silence  after  on       strikes  last word",
        `${AT}  turn      30 s  publish        1  -`,
        "",
        "quarantined          id  kind     strikes  fingerprint",
        `${AT}   4  publish        3  ab12`,
        "",
        "lost                 kind     reason",
        `${AT}  publish  handlerFailed`,
      ].join("\n"),
    );
  });

  it("says so when nothing has gone wrong", () => {
    const calm = { ...why, failures: [], stalls: [], quarantined: [], deadLetters: [] };
    assert.match(drawWhy(calm, plain), /\n\nNothing has gone wrong with it, as far as is remembered\.$/);
  });
});

describe("banyan stalls and banyan quarantine", () => {
  it("show who fell silent, and turns that go on", () => {
    const drawn = drawStalls(
      {
        total: 7,
        recent: why.stalls,
        zombies: [{ type: "room", count: 2, oldestMs: 61_000, retainedBytes: 2_048 }],
      },
      plain,
    );
    assert.match(
      drawn,
      /\/rooms {2}room +turn +30 s {2}publish +1 {2}-\n\n7 since the start\.\n\nzombies of +turns +oldest +hold at least\nroom +2 +1 min +2\.0 KiB$/,
    );
    assert.equal(
      drawStalls({ total: 0, recent: [], zombies: [] }, plain),
      "Nobody has fallen silent since the start.",
    );
  });

  it("show what was put aside", () => {
    const drawn = drawQuarantine({ total: 1, evicted: 2, messages: why.quarantined }, plain);
    assert.match(
      drawn,
      /^id +since .*\n 4 .* \/rooms {2}publish +3 {2}ab12 +-\n\n2 older ones were given up/,
    );
    assert.equal(drawQuarantine({ total: 0, evicted: 0, messages: [] }, plain), "No message is quarantined.");
  });
});

describe("banyan memory", () => {
  it("shows the process, and its types with their slopes", () => {
    const process = {
      rss: 104_857_600,
      heapUsed: 1_048_576,
      heapTotal: 2_097_152,
      external: 1_024,
      arrayBuffers: 0,
    };
    const types = [
      { type: "room", actors: 10, waiting: 2, sampled: 10, bytes: 20_480, bytesPerMinute: 1_024 },
    ];
    assert.equal(
      drawMemory(
        { pid: 7, process, rssBytesPerMinute: 2_048, sinceMs: 300_000, isEstimate: true, types },
        plain,
      ),
      [
        "process 7: 100 MiB resident, +2.0 KiB/min (over 5 min); heap 1.0 MiB of 2.0 MiB, outside of it 1.0 KiB",
        "",
        "type  actors  waiting  holds about         grows  sampled",
        "room      10        2       20 KiB  +1.0 KiB/min       10",
        "",
        "What the types hold is an estimate from a few states of each.",
      ].join("\n"),
    );
  });
});

const worker: Processes["processes"][number] = {
  role: "worker",
  number: 2,
  pid: 9,
  state: "serving",
  version: "1.0.0",
  startedAtMs: NOW_MS - 61_000,
  lastBeatMs: 300,
};

describe("banyan processes", () => {
  it("shows processes, how they ended, and why they were recycled", () => {
    const drawn = drawProcesses(
      {
        hasHost: true,
        doing: "serving",
        restarts: 1,
        reloads: 0,
        processes: [worker],
        ended: [
          {
            number: 1,
            pid: 8,
            atMs: NOW_MS,
            lifeMs: 5_000,
            code: null,
            signal: "SIGKILL",
            kind: "killed",
            text: "was killed by SIGKILL",
            advice: "see the kernel's log",
          },
        ],
        recycled: [{ number: 1, pid: 7, atMs: NOW_MS, cause: "memorySize", text: "held 2 GiB" }],
        refusedReloads: [{ atMs: NOW_MS, why: "SyntaxError in\n  room.js" }],
      },
      NOW_MS,
      plain,
    );
    assert.equal(
      drawn,
      [
        "The host is serving; 1 restarts, 0 reloads.",
        "",
        "process   pid  state       up  memory  grows  connections  requests  zombies   last beat",
        "worker 2    9  serving  1 min       -      -            -         -        -  300 ms ago",
        "",
        "ended                process   pid  lived  how     what it means",
        `${AT}  worker 1    8    5 s  killed  was killed by SIGKILL; see the kernel's log`,
        "",
        "recycled             process   pid  cause       why",
        `${AT}  worker 1    7  memorySize  held 2 GiB`,
        "",
        "reload refused       because",
        `${AT}  SyntaxError in room.js`,
      ].join("\n"),
    );
  });

  it("says that nothing watches one process", () => {
    const alone = { hasHost: false, doing: "serving", restarts: 0, reloads: 0, ended: [], recycled: [] };
    const drawn = drawProcesses(
      { ...alone, processes: [{ ...worker, role: "node", number: 0 }] },
      NOW_MS,
      plain,
    );
    assert.match(
      drawn,
      /^One process, without a host: nothing starts it again when it dies\.\n\n.*\nnode +9 /,
    );
  });
});

describe("banyan ps", () => {
  it("marks strays, and says how to end them", () => {
    const one = {
      pid: 12,
      parentPid: 1,
      title: "banyan-worker 1",
      role: "worker",
      state: "S",
      rssBytes: 1_048_576,
      startedAtMs: NOW_MS - 5_000,
      folder: undefined,
      dataDir: "/data",
    } as const;
    const drawn = drawPs([{ ...one, isStray: true, why: "its host is gone: kill 12" }], NOW_MS, plain);
    assert.match(
      drawn,
      /\n 12 {2}banyan-worker 1 {2}5 s {2}1\.0 MiB {2}\/data +stray: its host is gone: kill 12$/,
    );
    assert.match(drawPs([], NOW_MS, plain), /^No banyan process runs/);
  });
});

describe("banyan audit", () => {
  it("shows who did what to whom, and why nothing was done", () => {
    const who = { address: "::1", token: "0123456789ab" };
    const drawn = drawAudit(
      {
        acts: [
          {
            id: "b",
            atMs: NOW_MS,
            who,
            act: "stop",
            target: "/",
            outcome: "refused",
            answer: { text: "the root stands" },
          },
          {
            id: "a",
            atMs: NOW_MS,
            who,
            act: "suspend",
            target: "/rooms",
            outcome: "done",
            answer: { done: 1 },
          },
          { id: "c", atMs: NOW_MS, who, act: "restart", target: "node", outcome: "begun" },
        ],
      },
      plain,
    );
    assert.equal(
      drawn,
      [
        "when                 who         act      target  outcome  because",
        `${AT}  ::1 012345  stop     /       refused  the root stands`,
        `${AT}  ::1 012345  suspend  /rooms  done`,
        `${AT}  ::1 012345  restart  node    begun    the process ended before it was answered`,
      ].join("\n"),
    );
    assert.equal(drawAudit({ acts: [] }, plain), "No operator has done anything yet.");
  });
});

describe("banyan trace", () => {
  it("shows one turn a line, below its headings", () => {
    const sample = {
      sequence: 1,
      atMs: NOW_MS,
      kind: "publish",
      waitedMs: 12,
      tookMs: 0.25,
      outcome: "handled",
    } as const;
    const [heading, line] = [traceHeading(), drawSample(sample)];
    assert.match(line, /publish +12 ms +0\.250 ms {2}handled$/);
    assert.equal(heading.indexOf("message"), line.indexOf("publish"));
    assert.equal(heading.indexOf("took") + "took".length, line.indexOf("0.250 ms") + "0.250 ms".length);
  });
});
