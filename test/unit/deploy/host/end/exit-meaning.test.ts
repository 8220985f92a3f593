import fc from "fast-check";
import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { exitMeaning } from "../../../../../deploy/host/end/exit-meaning.ts";
import type { ExitKind, WorkerExit } from "../../../../../deploy/host/end/exit-meaning.ts";
import { EXIT_CODES } from "../../../../../deploy/refusal.ts";
import type { Block } from "../../../../../runtime/supervision/watchdog/block.ts";

const BLOCK: Block = {
  atMs: 0,
  pid: 7,
  kind: "held",
  namedAfterMs: 1_020,
  flight: { path: "/rooms/chat", type: "room", kind: "publish", message: "{}" },
  at: "spin (file:room.js:12)",
  stack: ["spin (file:room.js:12)"],
  seenAt: ["spin (file:room.js:12)"],
  isFatal: true,
};

type Known = Partial<WorkerExit>;
const meaningOf = (known: Known) => exitMeaning({ pid: 7, code: null, signal: null, ...known });

const table: readonly (readonly [Known, ExitKind, RegExp])[] = [
  [{ code: 0, hostDid: "stop" }, "expected", /^stopped in order$/],
  [{ code: 0, hostDid: "handOver" }, "expected", /^handed everything over and ended$/],
  [{ code: 0 }, "unexpectedEnd", /^ended with 0, and this host had not asked it to$/],
  [{ code: 1 }, "crashed", /^ended with 1: an error that nothing handled$/],
  [{ code: 1, hostDid: "stop" }, "failed", /could not stop in order in time/],
  [{ code: EXIT_CODES.usage }, "refused", /command line makes no sense/],
  [{ code: EXIT_CODES.unavailable }, "refused", /a port is not available/],
  [{ code: EXIT_CODES.settings }, "refused", /settings or the data directory are refused/],
  [{ code: 78, refusal: "limits.burst is -1" }, "refused", /^cannot start: limits\.burst is -1$/],
  [{ code: 7 }, "crashed", /handler of uncaught errors threw/],
  [{ code: 9 }, "refused", /does not know one of its options/],
  [{ code: 13 }, "unexpectedEnd", /while a module still awaited something/],
  [{ code: 99 }, "unexpectedEnd", /^ended with 99: code called process\.exit\(\)$/],
  [
    { signal: "SIGKILL", block: BLOCK },
    "blockedLoop",
    /\/rooms\/chat on publish held the event loop, at spin/,
  ],
  [{ signal: "SIGKILL", hostDid: "killSilent" }, "silent", /killed by this host: it gave no sign of life/],
  [{ signal: "SIGKILL", hostDid: "killLate" }, "killed", /killed by this host: it did not stop/],
  [{ signal: "SIGKILL", hostDid: "killUnready" }, "killed", /killed by this host: it was not ready/],
  [{ signal: "SIGKILL", oomKills: 1 }, "outOfMemory", /killed by the kernel/],
  [{ signal: "SIGKILL", oomKills: 0 }, "killed", /SIGKILL, and not by this host/],
  [{ signal: "SIGKILL" }, "killed", /SIGKILL, and not by this host/],
  [{ signal: "SIGABRT" }, "crashed", /most often because V8 had no heap left/],
  [{ signal: "SIGABRT", lastWords: "JavaScript heap out of memory" }, "outOfMemory", /V8 had no heap left/],
  [{ code: 134, lastWords: "JavaScript heap out of memory" }, "outOfMemory", /V8 had no heap left/],
  [{ code: 137, oomKills: 2 }, "outOfMemory", /killed by the kernel/],
  [{ signal: "SIGSEGV" }, "crashed", /native code touched memory/],
  [{ signal: "SIGTERM" }, "killed", /before it could hear that/],
  [{ signal: "SIGTERM", hostDid: "stop" }, "expected", /ended by SIGTERM while it stopped/],
  [{ signal: "SIGUSR2" }, "killed", /SIGUSR2, which somebody sent/],
];

describe("the end of a worker", () => {
  for (const [known, kind, text] of table) {
    it(`with ${JSON.stringify({ ...known, block: known.block && "a block" })} is "${kind}"`, () => {
      const meaning = meaningOf(known);
      assert.equal(meaning.kind, kind);
      assert.match(meaning.text, text);
    });
  }

  it("tells how to look for the kernel's hand in a SIGKILL, by its pid", () => {
    assert.match(meaningOf({ signal: "SIGKILL" }).advice ?? "", /dmesg -T \| grep -i "process 7"/);
    assert.match(meaningOf({ signal: "SIGKILL", oomKills: 0 }).advice ?? "", /the kernel had memory left/);
  });

  it("repeats the error that it wrote last", () => {
    const lastWords = "file:///app/dist/x.js:3\n  throw\n\nTypeError: no such room\n    at x.js:3\n";
    assert.match(meaningOf({ code: 1, lastWords }).advice ?? "", /its last words: TypeError: no such room$/);
  });

  it("has words for every code and every signal, and advice for all but what was expected or refused in words", () => {
    const exits = fc.record({
      pid: fc.integer({ min: 1, max: 4_194_304 }),
      code: fc.option(fc.nat(255)),
      signal: fc.option(fc.constantFrom(...(Object.keys(constants.signals) as NodeJS.Signals[]))),
      hostDid: fc.constantFrom("stop", "handOver", "killSilent", "killLate", "killUnready", undefined),
      oomKills: fc.option(fc.nat(3), { nil: undefined }),
      lastWords: fc.option(fc.string(), { nil: undefined }),
    });
    fc.assert(
      fc.property(exits, (exit) => {
        const { kind, text, advice } = exitMeaning(exit);
        assert.match(text, /^[a-z]/, "it fits behind a name");
        assert.doesNotMatch(`${text}${advice ?? ""}`, /undefined|null/);
        const isOwnKill = text.startsWith("was killed by this host");
        if (kind !== "expected" && !isOwnKill) assert.ok(advice, text);
        if (kind === "expected") assert.ok(["stop", "handOver"].includes(exit.hostDid ?? ""));
      }),
    );
  });
});
