import type { Protocol } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { StoredState } from "../codec/snapshot-codec.ts";
import { Fault } from "../fault.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { JournalRecord, LoadedAhead, Owner, Snapshot } from "../persistence/journal.ts";
import { PendingReminders } from "../reminders/pending-reminders.ts";
import type { EntityKind } from "./entity-kind.ts";
import { Fold } from "./fold.ts";
import { Receipts } from "./receipts.ts";
import { Requests } from "./requests.ts";

/** Records that are read at a time when a history is replayed from its first. */
const PAGE_RECORDS = 500;

/** Whose state is wanted, and what has come of it already. */
interface FoldParts {
  readonly kind: EntityKind;
  readonly address: EntityAddress;
  readonly context: Pick<Context<Protocol>, "log">;
  /** What came with the claim of `owner`. */
  readonly ahead?: LoadedAhead | undefined;
}

/** What a load is to do, and whom it tells on the way. */
export interface LoadParts extends FoldParts {
  /** Called after each page: the load is at work. */
  readonly onPage: (records: number) => void;
}

/**
 * The state of an entity as it is stored: snapshot and records after it, or all records when the snapshot is of no use any more.
 * Nothing but `evolve` is run. @throws Fault `entityUnreadable`, `stateLost`, and the journal's
 */
export async function loadEntity(parts: LoadParts, owner: Owner): Promise<Fold> {
  const { kind, address, ahead } = parts;
  if (ahead?.version === 0 && isSame(owner, ahead.owner)) {
    await confirmNew(parts);
    return Fold.empty(kind.definition, address.id, kind.args);
  }
  const { version, snapshot, pages } = await kind.journal.load(address);
  if (version === 0) await confirmNew(parts);
  const fold = startUnlessUnfit(parts, snapshot);
  if (fold === undefined) return replayAll(parts, version);
  for await (const page of pages) replayPage(parts, fold, page);
  return fold;
}

/** Of one that asks for no durability nobody was promised anything. */
async function confirmNew({ kind: { definition, journal }, address }: LoadParts): Promise<void> {
  if (definition.durability !== "memory") await journal.confirmUnknown?.(address);
}

/**
 * The same of what came with the claim of `owner`, without waiting; undefined where that does not do: when it came with another claim, when the entity is about to begin and it
 * must be asked whether it is new, or when something is damaged, which a load tells in words.
 */
export function foldAhead(parts: FoldParts, owner: Owner): Fold | undefined {
  const { ahead } = parts;
  if (ahead === undefined || ahead.version === 0 || !isSame(owner, ahead.owner)) return undefined;
  try {
    const fold = startOf(parts, ahead.snapshot);
    replay(parts, fold, ahead.records);
    return fold.version === ahead.version ? fold : undefined;
  } catch {
    return undefined;
  }
}

function isSame(one: Owner, other: Owner): boolean {
  return one.ownerEpoch === other.ownerEpoch && one.incarnation === other.incarnation;
}

function startUnlessUnfit(parts: FoldParts, snapshot: Snapshot | undefined): Fold | undefined {
  try {
    return startOf(parts, snapshot);
  } catch (error) {
    if (snapshot === undefined) throw error;
    // The records may still be there: the state is the fold of them, a snapshot only saves time.
    parts.context.log.warn("entity.snapshotUnfit", { entity: entityText(parts.address), err: error });
    return undefined;
  }
}

/** @throws when the snapshot is of no use */
function startOf({ kind, address }: FoldParts, snapshot: Snapshot | undefined): Fold {
  const { definition, args } = kind;
  if (snapshot === undefined) return Fold.empty(definition, address.id, args);
  const { data, receipts, requests = [], reminders } = lifted(kind, kind.snapshots.decode(snapshot.bytes));
  const state = definition.snapshot?.load(data, address.id, args);
  const { version } = snapshot;
  const known = requests.length === 0 ? {} : { requests: new Requests(requests) };
  const from = { state, version, receipts: new Receipts(receipts), ...known };
  if (reminders === undefined) return new Fold(definition, from);
  return new Fold(definition, { ...from, reminders: new PendingReminders(reminders) });
}

/** @throws TypeError when the snapshot cannot be brought to the present version */
function lifted({ definition }: EntityKind, stored: StoredState | undefined): StoredState {
  const parts = definition.snapshot;
  if (parts === undefined) throw new TypeError(`${definition.type} has no snapshots any more`);
  if (stored === undefined) throw new TypeError("the bytes are no snapshot");
  if (stored.version > parts.version) {
    throw new TypeError(`snapshot ${stored.version} is newer than ${parts.version}`);
  }
  let { data } = stored;
  for (let version = stored.version; version < parts.version; version++) {
    const step = parts.upcast?.[version];
    if (step === undefined) throw new TypeError(`no upcast from snapshot ${version}`);
    data = step(data);
  }
  return { ...stored, data };
}

/** Records that end before the latest version are not the whole history: what the snapshot alone had would be lost. */
async function replayAll(parts: LoadParts, latest: number): Promise<Fold> {
  const { kind, address } = parts;
  const fold = Fold.empty(kind.definition, address.id, kind.args);
  for (;;) {
    const page = await kind.journal.read(address, { fromVersion: fold.version + 1, limit: PAGE_RECORDS });
    if (page.length === 0) break;
    replayPage(parts, fold, page);
  }
  if (fold.version >= latest) return fold;
  throw unreadable(parts, "its snapshot is unfit, and the records before it are gone");
}

function replayPage(parts: LoadParts, fold: Fold, page: readonly JournalRecord[]): void {
  replay(parts, fold, page);
  parts.onPage(page.length);
}

function replay(parts: FoldParts, fold: Fold, page: readonly JournalRecord[]): void {
  for (const { version, bytes } of page) {
    if (version !== fold.version + 1) {
      throw unreadable(parts, `record ${version} follows record ${fold.version}: those between are gone`);
    }
    const decoded = parts.kind.records.decode(bytes);
    if (!decoded.ok) throw unreadable(parts, `record ${version}: ${decoded.text}`);
    fold.apply(decoded.record);
  }
}

function unreadable({ address }: FoldParts, text: string): Fault {
  return new Fault("entityUnreadable", { entity: entityText(address), text });
}
