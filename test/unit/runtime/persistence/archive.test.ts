import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { archiveLine, parseArchiveLine } from "../../../../runtime/persistence/archive-lines.ts";
import type { ArchiveItem } from "../../../../runtime/persistence/archive-lines.ts";
import { readArchive } from "../../../../runtime/persistence/read-archive.ts";
import type { ArchiveContent } from "../../../../runtime/persistence/read-archive.ts";

const version = fc.nat();
const bytes = fc.uint8Array({ maxLength: 200 });
const ITEM: fc.Arbitrary<ArchiveItem> = fc.oneof(
  fc.record({
    kind: fc.constant("entity" as const),
    key: fc.string(),
    version,
    snapshot: version,
    first: version,
  }),
  fc.record({ kind: fc.constant("wake" as const), dueMs: fc.nat() }),
  fc.record({ kind: fc.constant("snapshot" as const), version, bytes }),
  fc.record({ kind: fc.constant("record" as const), version, atMs: fc.nat(), bytes }),
);

const CONTENT: readonly ArchiveItem[] = [
  { kind: "banyanJournal", format: 1, atMs: 7 },
  { kind: "entity", key: "ledger/a", version: 2, snapshot: 1, first: 1 },
  { kind: "wake", dueMs: 9 },
  { kind: "snapshot", version: 1, bytes: Buffer.from("one") },
  { kind: "record", version: 1, atMs: 5, bytes: Buffer.from("first") },
  { kind: "record", version: 2, atMs: 6, bytes: Buffer.from("second") },
  { kind: "end", entities: 1, wakes: 1, snapshots: 1, records: 2 },
];
const TEXT = CONTENT.map((item) => `${archiveLine(item)}\n`).join("");

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function contentOf(text: string, size = 17): Promise<ArchiveContent[]> {
  const found: ArchiveContent[] = [];
  for await (const item of readArchive(inPieces(text, size))) found.push(item);
  return found;
}

describe("a line of an archive", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(ITEM, (item) => {
        const line = archiveLine(item);
        assert.ok(!line.includes("\n"));
        assert.deepEqual(plain(parseArchiveLine(line)), plain(item));
      }),
    );
  });

  it("is refused when any letter of it is another one", () => {
    fc.assert(
      fc.property(ITEM, fc.nat(), (item, at) => {
        const line = archiveLine(item);
        const place = at % line.length;
        const other = line[place] === "a" ? "b" : "a";
        assert.ok("problem" in parseArchiveLine(line.slice(0, place) + other + line.slice(place + 1)));
      }),
    );
  });
});

describe("an archive", () => {
  it("is read in pieces of any size", async () => {
    for (const size of [1, 7, 64, 10_000]) {
      assert.deepEqual((await contentOf(TEXT, size)).map(plain), CONTENT.slice(1, -1).map(plain));
    }
  });

  it("is not whole without any of its lines, wherever it was cut", async () => {
    const lines = TEXT.split("\n").slice(0, -1);
    for (let count = 0; count < lines.length; count++) {
      await assert.rejects(
        contentOf(
          lines
            .slice(0, count)
            .map((line) => `${line}\n`)
            .join(""),
        ),
        {
          code: "archiveUnfit",
        },
      );
    }
    for (let at = 1; at < lines.length - 1; at++) {
      await assert.rejects(contentOf(`${lines.toSpliced(at, 1).join("\n")}\n`), { code: "archiveUnfit" });
    }
    await assert.rejects(contentOf(TEXT.slice(0, -10)), { code: "archiveUnfit" });
  });

  it("of another layout is not read", async () => {
    const newer = `${archiveLine({ kind: "banyanJournal", format: 2, atMs: 7 })}\n`;
    await assert.rejects(contentOf(newer), /its format is 2, known is 1/);
  });
});

/** Bytes compare by what they are, whatever class holds them. */
function plain(item: object): unknown {
  const { bytes: held } = item as { readonly bytes?: Uint8Array };
  return held === undefined ? { ...item } : { ...item, bytes: [...held] };
}
