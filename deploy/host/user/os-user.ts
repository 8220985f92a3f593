import { Refusal } from "../../refusal.ts";
import { findGroup, findUser } from "./os-accounts.ts";
import type { OsGroup, OsAccount } from "./os-accounts.ts";

/** Who the workers run as, when it is not whoever runs the host. */
export interface OsUser {
  readonly user: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** What `host.user` and `host.group` say; names or numbers. */
export interface WantedUser {
  readonly user?: string | undefined;
  readonly group?: string | undefined;
}

/** Who asks, and who there is; the parts of the system that the rule needs. */
export interface UserFacts {
  /** Undefined where the system has no such numbers. */
  readonly ownUid: number | undefined;
  readonly ownGid: number | undefined;
  readonly findUser: (nameOrUid: string) => OsAccount | undefined;
  readonly findGroup: (nameOrGid: string) => OsGroup | undefined;
}

const ROOT_UID = 0;

/**
 * Who the workers are to run as; undefined when that is who the host runs as already.
 * @throws Refusal when there is nobody of that name, or only root could do it
 */
export function findOsUser(wanted: WantedUser, facts: UserFacts = factsOfThisProcess()): OsUser | undefined {
  if (wanted.user === undefined && wanted.group === undefined) return undefined;
  const { ownUid, ownGid } = facts;
  if (ownUid === undefined || ownGid === undefined) {
    throw new Refusal(
      "settings",
      `${settingsOf(wanted)}: this system has no users of that kind; leave it out`,
    );
  }
  const account = accountOf(wanted.user ?? String(ownUid), facts);
  const group = groupOf(wanted.group ?? String(account.gid), facts);
  if (account.uid === ownUid && group.gid === ownGid) return undefined;
  if (ownUid !== ROOT_UID) {
    const text = `${settingsOf(wanted)}: only root may start processes as somebody else, and this is user ${ownUid}`;
    throw new Refusal("settings", `${text}; start the host as root, or leave it out`);
  }
  return { user: account.name, uid: account.uid, home: account.home, group: group.name, gid: group.gid };
}

/** What of `spawn` makes a process that user's. Supplementary groups are dropped by libuv; the environment must not name root. */
export function spawnAs(osUser: OsUser | undefined): {
  readonly ids: { readonly uid?: number; readonly gid?: number };
  readonly environment: Readonly<Record<string, string>>;
} {
  if (osUser === undefined) return { ids: {}, environment: {} };
  const { uid, gid, user, home } = osUser;
  return { ids: { uid, gid }, environment: { HOME: home, USER: user, LOGNAME: user } };
}

function accountOf(user: string, { findUser: find }: UserFacts): OsAccount {
  const found = find(user);
  if (found !== undefined) return found;
  throw new Refusal(
    "settings",
    `host.user is ${JSON.stringify(user)}, and there is no such user; getent passwd lists all`,
  );
}

/** A number needs no name: in a container few groups have one. */
function groupOf(group: string, { findGroup: find }: UserFacts): OsGroup {
  const found = find(group) ?? (/^\d+$/.test(group) ? { name: group, gid: Number(group) } : undefined);
  if (found !== undefined) return found;
  const text = `host.group is ${JSON.stringify(group)}, and there is no such group; getent group lists all`;
  throw new Refusal("settings", text);
}

function settingsOf({ user, group }: WantedUser): string {
  const given = [
    user === undefined ? [] : `host.user ${user}`,
    group === undefined ? [] : `host.group ${group}`,
  ];
  return given.flat().join(" and ");
}

function factsOfThisProcess(): UserFacts {
  return { ownUid: process.getuid?.(), ownGid: process.getgid?.(), findUser, findGroup };
}
