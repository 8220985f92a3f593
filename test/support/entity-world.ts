import type { Reference } from "../../protocols/reference.ts";
import { RecordCodec } from "../../runtime/codec/record-codec.ts";
import type { StoredRecord } from "../../runtime/codec/record-codec.ts";
import { EntityHost } from "../../runtime/sharding/entity-host.ts";
import { OneOwner } from "../../runtime/sharding/entity-owners.ts";
import type { EntityOwners } from "../../runtime/sharding/entity-owners.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { Account, AccountEvents } from "./account.ts";
import type { AccountProtocol } from "./account.ts";
import { ScriptedJournal } from "./scripted-journal.ts";
import { VirtualSystem } from "./virtual-system.ts";

/** In whose name the tests write. */
export const OWNER = { ownerEpoch: 1, incarnation: "test" } as const;

/** What a world may have that is not as usual. */
export interface EntityWorldOptions {
  readonly journal?: ScriptedJournal;
  readonly activeMax?: number;
  readonly owners?: EntityOwners;
  readonly random?: () => number;
}

/** Accounts on a system in virtual time, with a journal that does what the test wants. */
export class EntityWorld {
  readonly virtual: VirtualSystem;
  readonly journal: ScriptedJournal;
  readonly host: EntityHost;
  readonly accounts: EntityType<AccountProtocol>;
  readonly #codec = new RecordCodec(AccountEvents);

  constructor({
    journal = new ScriptedJournal(),
    activeMax = 1_000,
    owners = new OneOwner(OWNER),
    random = () => 0,
  }: EntityWorldOptions = {}) {
    this.virtual = new VirtualSystem({ random });
    this.journal = journal;
    this.host = new EntityHost({
      system: this.virtual.system,
      journal,
      owners,
      activeMax,
    });
    this.accounts = this.host.offer(Account);
  }

  account(id: string): Reference<AccountProtocol> {
    return this.accounts.entity(id);
  }

  /** Opens an account and lets that come to rest. */
  async open(id: string): Promise<Reference<AccountProtocol>> {
    const account = this.account(id);
    const opened = this.virtual.ask(account, { kind: "open", owner: "Ana" });
    await this.virtual.settle();
    await opened;
    return account;
  }

  /** Pays into an account; answers the balance that it is told, or the code of the refusal or of the fault. */
  async deposit(id: string, amount: number): Promise<number | string> {
    try {
      const reply = await this.virtual.ask(this.account(id), { kind: "deposit", amount });
      return reply.kind === "balance" ? reply.balance : reply.code;
    } catch (error) {
      return codeOf(error);
    }
  }

  /** The balance that an account tells, or the code of the fault. */
  async balance(id: string): Promise<number | string> {
    try {
      return (await this.virtual.ask(this.account(id), { kind: "balance" })).balance;
    } catch (error) {
      return codeOf(error);
    }
  }

  /** The records that the journal holds of an account. */
  async history(id: string): Promise<StoredRecord[]> {
    const entity = { type: "account", id };
    const records = await this.journal.stored.read(entity, { fromVersion: 1, limit: 10_000 });
    return records.map(({ bytes }) => this.#decode(bytes));
  }

  /** Every record that was ever stored of an account. */
  everything(id: string): StoredRecord[] {
    return (this.journal.history.get(id) ?? []).map((bytes) => this.#decode(bytes));
  }

  /** Stores a record as an earlier process might have. */
  async store(id: string, expectedVersion: number, bytes: Uint8Array): Promise<void> {
    const entity = { type: "account", id };
    await this.journal.stored.append({
      entity,
      owner: OWNER,
      expectedVersion,
      bytes,
      atMs: 0,
      durability: "memory",
    });
  }

  #decode(bytes: Uint8Array): StoredRecord {
    const decoded = this.#codec.decode(bytes);
    if (!decoded.ok) throw new Error(decoded.text);
    return decoded.record;
  }

  /** A restart of the program: another system, the same journal. */
  async reborn(): Promise<EntityWorld> {
    await this.virtual.system.stop();
    return new EntityWorld({ journal: this.journal });
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return String(error.code);
  throw error;
}
