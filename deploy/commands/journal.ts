import { Command } from "commander";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { ImportReport } from "../../runtime/persistence/import-archive.ts";
import { isFault } from "../../runtime/fault.ts";
import type { Fault } from "../../runtime/fault.ts";
import type { StillStore } from "../../runtime/persistence/still-store.ts";
import { EXIT_CODES, Refusal } from "../refusal.ts";
import { terminalPaint } from "../terminal.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const EXAMPLES = `
Examples:
  banyan journal inspect                                   which types of entities are stored, and how many of each
  banyan journal inspect --type live-room                  the entities of a type
  banyan journal inspect --type live-room --id final       one entity, and its records
  banyan journal verify                                    whether everything stored is whole
  banyan journal export rooms.archive --type live-room     into a file
  banyan journal import rooms.archive                      into the journal of the data directory; the node must not run
  banyan journal import rooms.archive --redis redis://db:6379   into the Redis of a cluster

inspect, verify and export work beside a running node, which makes a copy for them. deploy/docs/journal.md says what the file holds.`;

const LIMIT = "50";

/** `banyan journal`: what the journal of a data directory holds, whether it is whole, and the way to another one. */
export function journalCommand(): Command {
  const command = new Command("journal")
    .summary("look into the journal, verify it, move it to another")
    .description(
      "Looks into the journal of the data directory, verifies it, writes it into a file, and reads such a file.",
    )
    .addHelpText("after", EXAMPLES);
  for (const own of [inspectCommand(), verifyCommand(), exportCommand(), importCommand()]) {
    command.addCommand(own);
  }
  return command;
}

interface InspectOptions {
  readonly type?: string;
  readonly id?: string;
  readonly from: string;
  readonly limit: string;
  readonly events?: boolean;
  readonly json?: boolean;
}

function inspectCommand(): Command {
  const command = new Command("inspect")
    .summary("types, entities and records")
    .description("Shows the types of entities, the entities of one type, or one entity with its records.")
    .option("--type <type>", "only entities of this type")
    .option("--id <id>", "this entity of the type, with its records")
    .option("--from <version>", "the first record to show", "1")
    .option("--limit <number>", "how many entities or records to show", LIMIT)
    .option("--events", "show what the records hold, which may be private")
    .option("--json", "print it as JSON");
  return addSettingsOptions(command, []).action(async (options: InspectOptions) => {
    const limit = whole("--limit", options.limit);
    const wish = { from: whole("--from", options.from), limit, withEvents: options.events === true };
    if (options.id !== undefined && options.type === undefined) {
      throw new Refusal("usage", "--id needs --type");
    }
    const { readingJournal } = await import("../journal/open-for-reading.ts");
    const { countTypes, inspectEntity, listType, namedEntity } =
      await import("../journal/inspect-journal.ts");
    const { drawEntities, drawEntity, drawTypes } = await import("../drawings/journal-drawing.ts");
    const { type, id, json } = options;
    const show = <T>(found: T, draw: (found: T, paint: typeof terminalPaint) => string): void =>
      console.log(json === true ? JSON.stringify(found, null, 2) : draw(found, terminalPaint));
    await readingJournal(await settingsOf({ ...options }), async ({ still }) => {
      if (type === undefined) show(countTypes(still), drawTypes);
      else if (id === undefined) show(listType(still, type, limit), drawEntities);
      else show(inspectEntity(still, namedEntity(type, id), wish), drawEntity);
    });
  });
}

function verifyCommand(): Command {
  const command = new Command("verify")
    .summary("read everything and hold it against its checksums")
    .description(
      `Reads every record and snapshot, and holds it against its checksum. Exits with ${EXIT_CODES.failed} when something is damaged.`,
    );
  return addSettingsOptions(command, []).action(async (options: Record<string, unknown>) => {
    const { readingJournal } = await import("../journal/open-for-reading.ts");
    const { verifyStore } = await import("../../runtime/persistence/verify-store.ts");
    await readingJournal(await settingsOf(options), async ({ still, path }) => {
      const { entities, records, snapshots, problems } = await verifyStore(still);
      for (const problem of problems) console.log(`DAMAGED  ${problem}`);
      const found = `${entities} entities, ${snapshots} snapshots and ${records} records`;
      console.log(
        problems.length === 0
          ? `${path} is whole: ${found}`
          : `${path}: ${found}; ${problems.length} damaged`,
      );
      process.exitCode = problems.length === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
    });
  });
}

function exportCommand(): Command {
  const command = new Command("export")
    .summary("write the journal into a file")
    .description("Writes all entities, or those of one type, into a file, as they are at one moment.")
    .argument("<file>", "a file that is not there yet")
    .option("--type <type>", "only entities of this type")
    .option("--skip-damaged", "leave out what is damaged, and name it, instead of giving up");
  return addSettingsOptions(command, []).action(async (file: string, options: ExportOptions) => {
    const { readingJournal } = await import("../journal/open-for-reading.ts");
    await readingJournal(await settingsOf({ ...options }), ({ still }) => exportInto(file, still, options));
  });
}

interface ExportOptions {
  readonly type?: string;
  readonly skipDamaged?: boolean;
}

async function exportInto(
  file: string,
  still: StillStore,
  { type, skipDamaged }: ExportOptions,
): Promise<void> {
  const { writeArchive } = await import("../journal/archive-file.ts");
  const { archiveOf } = await import("../../runtime/persistence/write-archive.ts");
  const { keysOf } = await import("../../runtime/persistence/entity-keys.ts");
  if (type !== undefined && keysOf(still, type).next().done === true) {
    throw new Refusal(
      "failed",
      `no entity of type ${type} is stored; banyan journal inspect lists the types`,
    );
  }
  const onDamaged = ({ message }: Fault): void => {
    console.log(`left out (damaged)  ${message}`);
    process.exitCode = EXIT_CODES.failed;
  };
  const scope = { type, atMs: Date.now(), onDamaged: skipDamaged === true ? onDamaged : undefined };
  const { entities, snapshots, records } = await writeArchive(file, archiveOf(still, scope));
  console.log(`${file}: ${entities} entities, ${snapshots} snapshots, ${records} records`);
}

function importCommand(): Command {
  const command = new Command("import")
    .summary("read such a file into this journal, or into Redis")
    .description(
      "Reads a file of `banyan journal export` into the journal of the data directory, or into the Redis of a cluster. What is newer there stays; " +
        "what is there already is left alone, so it may be begun again. A file that is damaged or cut off is refused before anything is written, and so is a Redis on which a node would not start.",
    )
    .argument("<file>", "the file")
    .option(
      "--redis [url]",
      "the Redis of a cluster, instead of the data directory (default: cluster.redis)",
    );
  return addSettingsOptions(command, []).action(
    async (file: string, options: { readonly redis?: string | true }) => {
      const settings = await settingsOf({ ...options });
      await importFile(file, settings, options.redis === true ? redisOf(settings) : options.redis);
    },
  );
}

function redisOf({ cluster: { redis } }: NodeSettings): string {
  if (redis !== undefined) return redis;
  throw new Refusal("usage", "--redis needs a URL, here or in cluster.redis");
}

async function importFile(file: string, settings: NodeSettings, redis: string | undefined): Promise<void> {
  const { archiveText } = await import("../journal/archive-file.ts");
  const { journalRefusal } = await import("../journal/open-for-reading.ts");
  const { openEmbeddedTarget, openRedisTarget } = await import("../journal/import-targets.ts");
  const { readArchive } = await import("../../runtime/persistence/read-archive.ts");
  const { importArchive } = await import("../../runtime/persistence/import-archive.ts");
  try {
    // All of it once before anything is written: a file that was cut off says so only at its end.
    for await (const _ of readArchive(archiveText(file)));
    const into = await (redis === undefined
      ? openEmbeddedTarget(settings)
      : openRedisTarget(settings, redis));
    try {
      const leftOut = (entity: string, outcome: string, why: string): void =>
        console.log(`left out (${outcome})  ${entity}: ${why}`);
      conclude(await importArchive(readArchive(archiveText(file)), into.target, leftOut), into.name);
    } finally {
      await into.close();
    }
  } catch (error) {
    throw isFault(error, "archiveUnfit") ? unfitFile(file, error) : journalRefusal(error);
  }
}

function unfitFile(file: string, { details }: Fault): Refusal {
  const { line, why } = details as { readonly line?: number; readonly why?: string };
  const place = line === undefined ? "" : ` (line ${line})`;
  return new Refusal("failed", `${file} is no whole archive of a journal: ${why}${place}`);
}

function conclude({ outcomes, records }: ImportReport, into: string): void {
  const { imported, present, newer, owned, unlike } = outcomes;
  console.log(
    `${imported} entities imported into ${into}, with ${records} records; ${present} were there already, ${newer} are newer there`,
  );
  process.exitCode = owned + unlike === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function whole(flag: string, text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new Refusal("usage", `${flag} ${text}: a whole number from 1 on is expected`);
}
