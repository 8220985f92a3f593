import type { RedisCommands } from "../redis/redis-connection.ts";
import { MEMBER_KEYS } from "../redis/redis-keys.ts";
import type { RedisScript } from "../redis/redis-script.ts";
import { JOIN_SCRIPT } from "../redis/scripts/join-script.ts";
import { MOVE_MEMBER_SCRIPT } from "../redis/scripts/move-member-script.ts";
import { READ_MEMBERS_SCRIPT } from "../redis/scripts/read-members-script.ts";
import { READ_LEASES_SCRIPT } from "../redis/scripts/read-leases-script.ts";
import { REMOVE_EXPIRED_SCRIPT } from "../redis/scripts/remove-expired-script.ts";
import { RENEW_SCRIPT } from "../redis/scripts/renew-script.ts";
import { MASS_MIN, MASS_SHARE, MASS_WINDOW_MS } from "./expiry-brake.ts";
import type { LeaseTimes } from "./lease.ts";
import type { TableView } from "./member-view.ts";
import { DEAD_KEPT_MAX, DEAD_KEPT_MS, MEMBERS_MAX } from "./membership-table.ts";
import type {
  Joined,
  MembershipTable,
  MembershipTableOptions,
  Moved,
  Newcomer,
  Renewal,
  Renewed,
  Swept,
} from "./membership-table.ts";
import { readRows } from "./stored-member.ts";

type JoinAnswer =
  | readonly ["joined", string, string, readonly string[]]
  | readonly ["identityTaken" | "dead" | "tableFull"];
type RenewAnswer =
  | readonly ["renewed", string, string, readonly string[], number, number]
  | readonly ["unknownMember" | "dead"];
type MoveAnswer = "moved" | "unknownMember" | "dead" | "backwards";

const KEYS = [MEMBER_KEYS.nodes, MEMBER_KEYS.view, MEMBER_KEYS.lease, MEMBER_KEYS.ended, MEMBER_KEYS.hold];

/** The table in Redis: five keys of one hash slot, and a script for each step. No key expires by itself, and no node's clock is asked. */
export class RedisMembershipTable implements MembershipTable {
  readonly #redis: RedisCommands;
  readonly #times: LeaseTimes;
  readonly #membersMax: number;

  constructor(redis: RedisCommands, { lease, membersMax = MEMBERS_MAX }: MembershipTableOptions) {
    this.#redis = redis;
    this.#times = lease;
    this.#membersMax = membersMax;
  }

  async join({ token, ...facts }: Newcomer): Promise<Joined> {
    const answer = await this.#run<JoinAnswer>(JOIN_SCRIPT, [
      facts.incarnation,
      token,
      JSON.stringify(facts),
      this.#times.ttlMs,
      this.#membersMax,
    ]);
    if (answer[0] !== "joined") return { kind: "refused", code: answer[0] };
    const [, source, version, rows] = answer;
    return { kind: "joined", source, table: tableOf(version, rows) };
  }

  async renew({ incarnation, knownVersion }: Renewal): Promise<Renewed> {
    const { ttlMs, removeAfterMs } = this.#times;
    const answer = await this.#run<RenewAnswer>(RENEW_SCRIPT, [
      incarnation,
      String(knownVersion),
      ttlMs,
      removeAfterMs,
    ]);
    if (answer[0] !== "renewed") return { kind: "refused", code: answer[0] };
    const [, source, version, rows, overdue, dueInMs] = answer;
    const table = Number(version) === knownVersion ? undefined : tableOf(version, rows);
    return { kind: "renewed", source, table, overdue, dueInMs };
  }

  async move(incarnation: string, to: "up" | "leaving"): Promise<Moved> {
    return this.#move([incarnation, to, "", DEAD_KEPT_MS, DEAD_KEPT_MAX]);
  }

  async end(incarnation: string, cause: "left" | "reaped" | "expired"): Promise<Moved> {
    return this.#move([incarnation, "dead", cause, DEAD_KEPT_MS, DEAD_KEPT_MAX]);
  }

  async removeExpired(): Promise<Swept> {
    const { ttlMs, removeAfterMs } = this.#times;
    const [removed, heldForMs] = await this.#run<readonly [readonly string[], number]>(
      REMOVE_EXPIRED_SCRIPT,
      [ttlMs, removeAfterMs, DEAD_KEPT_MS, DEAD_KEPT_MAX, MASS_MIN, MASS_SHARE, MASS_WINDOW_MS],
    );
    return { removed, heldForMs };
  }

  async read(): Promise<TableView> {
    const [version, rows] = await this.#run<readonly [string, readonly string[]]>(READ_MEMBERS_SCRIPT, []);
    return tableOf(version, rows);
  }

  async leases(): Promise<ReadonlyMap<string, number>> {
    const answer = await this.#run<readonly (readonly [string, number])[]>(READ_LEASES_SCRIPT, []);
    return new Map(answer);
  }

  async #move(args: readonly (string | number)[]): Promise<Moved> {
    const answer = await this.#run<MoveAnswer>(MOVE_MEMBER_SCRIPT, args);
    return answer === "moved" ? { kind: "moved" } : { kind: "refused", code: answer };
  }

  async #run<T>(script: RedisScript, args: readonly (string | number)[]): Promise<T> {
    return (await this.#redis.script(script, KEYS, args)) as T;
  }
}

function tableOf(version: string, fields: readonly string[]): TableView {
  return { version: Number(version), rows: readRows(fields) };
}
