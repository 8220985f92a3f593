/** The life of a member. It only goes forward, and `dead` is its end: whoever comes back has a new identity. */
export type MemberState = "joining" | "up" | "leaving" | "dead";

/** Why a member is dead. `lost`: the table forgot it, and it did not come back. */
export type EndCause = "left" | "expired" | "reaped" | "lost";

/** What a node says of itself when it joins. */
export interface MemberFacts {
  /** `<node>/<boot uuid>`: one start of one process, never used again. */
  readonly incarnation: string;
  /** The name by which people know the node; the same after a restart. */
  readonly node: string;
  /** Where operators and other nodes reach it, as host and port; empty when nowhere. */
  readonly address: string;
  readonly roles: readonly string[];
  /** Its share of the entities compared to others; 0 takes none. */
  readonly capacity: number;
  /** The versions of the wire that it speaks. */
  readonly protocol: { readonly min: number; readonly max: number };
}

/** One row of the membership table. */
export interface MemberRow extends MemberFacts {
  readonly state: MemberState;
  /** By the table's clock. */
  readonly joinedAtMs: number;
  /** Only of the dead; the time by the table's clock. */
  readonly ended?: { readonly cause: EndCause; readonly atMs?: number };
}

/** A member as a node knows it. */
export interface KnownMember extends MemberRow {
  /** Since when the table has no row of it, on the clock of whoever looks. */
  readonly missingSinceMs?: number;
}

/** Who belongs to the cluster, as far as one node knows. */
export interface MemberView {
  /** The table's number for it; only whether two numbers differ means something. */
  readonly version: number;
  readonly members: ReadonlyMap<string, KnownMember>;
}

/** One member has come into a state. */
export interface MemberChange {
  readonly kind: MemberState;
  readonly member: KnownMember;
}

/** A look at the table. */
export interface TableView {
  readonly version: number;
  readonly rows: readonly MemberRow[];
}

/** A view from which all begins. */
export const EMPTY_VIEW: MemberView = { version: 0, members: new Map() };

/**
 * What is known after a look at the table. Pure. Two things that a failover can do to a table are mended here: no member goes back to an earlier state, least of
 * all from `dead`, and a living member without a row is missing, not dead (`settleMissing` decides later).
 */
export function learn(before: MemberView, table: TableView, nowMs: number): MemberView {
  const members = new Map<string, KnownMember>();
  for (const row of table.rows) {
    const known = before.members.get(row.incarnation);
    const goesOn = known === undefined || mayBecome(known.state, row.state);
    members.set(row.incarnation, goesOn ? row : found(known));
  }
  for (const known of before.members.values()) {
    if (members.has(known.incarnation) || known.state === "dead") continue;
    members.set(known.incarnation, { ...known, missingSinceMs: known.missingSinceMs ?? nowMs });
  }
  return { version: table.version, members };
}

function found({ missingSinceMs: _, ...row }: KnownMember): KnownMember {
  return row;
}

/** Declares dead who has been missing for `graceMs`: a member that lives writes its row again with its next renewal. Pure. */
export function settleMissing(view: MemberView, nowMs: number, graceMs: number): MemberView {
  const members = new Map(view.members);
  for (const { missingSinceMs, ...row } of view.members.values()) {
    if (missingSinceMs === undefined || nowMs - missingSinceMs < graceMs) continue;
    members.set(row.incarnation, { ...row, state: "dead", ended: { cause: "lost" } });
  }
  return { version: view.version, members };
}

/** Members that this view knows to be dead, and the table takes to be alive: somebody has to tell it again. Pure. */
export function revived(view: MemberView, table: TableView): readonly string[] {
  return table.rows
    .filter((row) => row.state !== "dead" && view.members.get(row.incarnation)?.state === "dead")
    .map((row) => row.incarnation);
}

/** A living member that has no version of the wire in common with a newcomer; undefined when all have. Pure. */
export function stranger(newcomer: MemberFacts, { rows }: TableView): MemberRow | undefined {
  const { min, max } = newcomer.protocol;
  return rows.find(({ state, protocol }) => state !== "dead" && (protocol.max < min || protocol.min > max));
}

/** What has happened between two views, the dead first: whoever takes over should know who is gone. Pure. */
export function diffViews(before: MemberView, after: MemberView): readonly MemberChange[] {
  const changes = [...after.members.values()]
    .filter((member) => before.members.get(member.incarnation)?.state !== member.state)
    .map((member) => ({ kind: member.state, member }));
  return changes.toSorted((a, b) => Number(b.kind === "dead") - Number(a.kind === "dead"));
}

/** The states in the order in which a member goes through them. */
const ORDER: readonly MemberState[] = ["joining", "up", "leaving", "dead"];

/** Whether a member may go from one state to another; staying is no step back. Pure. */
export function mayBecome(from: MemberState, to: MemberState): boolean {
  return from === to || (from !== "dead" && ORDER.indexOf(to) > ORDER.indexOf(from));
}
