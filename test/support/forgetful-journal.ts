import { Fault } from "../../runtime/fault.ts";
import type { EntityAddress } from "../../runtime/persistence/entity-address.ts";
import type {
  Append,
  Appended,
  Journal,
  JournalEntry,
  JournalRecord,
  Loaded,
  Removal,
  SnapshotWrite,
  Stored,
} from "../../runtime/persistence/journal.ts";
import { MemoryJournal } from "../../runtime/persistence/memory-journal.ts";

type Write = (journal: Journal) => Promise<unknown>;

/** A server of the store, and what its replica would have to do to be like it. */
interface Server {
  journal: MemoryJournal;
  writes: Write[];
  /** So many of them a replica has for certain. */
  replicated: number;
  /** So many of the next appends that a replica must have are stored, and no replica says that it has them. */
  unheard: number;
}

/** A journal in memory that is on several servers, each of which may be replaced by a replica that lags: what was acknowledged last is forgotten then, but not what was asked to be replicated, nor what came before that. */
export class ForgetfulJournal implements Journal {
  readonly strongest = "replicated";
  readonly #servers = new Map<string, Server>();
  readonly #nameOf: (entity: EntityAddress) => string;

  /** @param nameOf on which server an entity is */
  constructor(nameOf: (entity: EntityAddress) => string) {
    this.#nameOf = nameOf;
  }

  /** A replica that lacks so many of the latest writes takes over, or as many as it may lack. */
  async failOver(name: string, lacking: number): Promise<void> {
    const server = this.#server(name);
    const writes = server.writes.slice(0, Math.max(server.replicated, server.writes.length - lacking));
    const journal = newJournal();
    for (const write of writes) await write(journal);
    this.#servers.set(name, { journal, writes, replicated: writes.length, unheard: 0 });
  }

  /** Its replica is silent while so many appends wait for it. */
  silence(name: string, appends: number): void {
    this.#server(name).unheard = appends;
  }

  async append(append: Append): Promise<Appended> {
    const server = this.#serverOf(append.entity);
    const appended = await server.journal.append(append);
    if (appended.kind === "appended") note(server, (journal) => journal.append(append));
    if (append.durability !== "replicated" && append.isStrongest !== true) return appended;
    if (server.unheard > 0) {
      server.unheard--;
      throw new Fault("journalUnavailable", { outcome: "unknown" });
    }
    server.replicated = server.writes.length;
    return appended;
  }

  async snapshot(write: SnapshotWrite): Promise<Stored> {
    const server = this.#serverOf(write.entity);
    const stored = await server.journal.snapshot(write);
    if (stored.kind === "stored") note(server, (journal) => journal.snapshot(write));
    return stored;
  }

  async remove(removal: Removal): Promise<Stored> {
    const server = this.#serverOf(removal.entity);
    const removed = await server.journal.remove(removal);
    if (removed.kind === "stored") note(server, (journal) => journal.remove(removal));
    return removed;
  }

  load(entity: EntityAddress): Promise<Loaded> {
    return this.#serverOf(entity).journal.load(entity);
  }

  read(entity: EntityAddress, page: Parameters<Journal["read"]>[1]): Promise<readonly JournalRecord[]> {
    return this.#serverOf(entity).journal.read(entity, page);
  }

  async list(...page: Parameters<Journal["list"]>): Promise<readonly JournalEntry[]> {
    const lists = [...this.#servers.values()].map(({ journal }) => journal.list(...page));
    return (await Promise.all(lists)).flat();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #serverOf(entity: EntityAddress): Server {
    return this.#server(this.#nameOf(entity));
  }

  #server(name: string): Server {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const server = { journal: newJournal(), writes: [], replicated: 0, unheard: 0 };
    this.#servers.set(name, server);
    return server;
  }
}

function newJournal(): MemoryJournal {
  return new MemoryJournal({ strongest: "replicated" });
}

function note({ writes }: Server, write: Write): void {
  writes.push(write);
}
