import type { SlowPolicy } from "../../protocols/channel.ts";
import type { Backlog } from "./backlog.ts";
import type { Issue, Membership } from "./membership.ts";

/** Makes room in the backlog of a slow subscriber for one more publication, or decides what it must miss. */
export type HoldBack = (member: Membership, issue: Issue, backlog: Backlog) => void;

/** What each policy does while a subscriber does not keep up. Every publication that it will not get is counted. */
export const HOLD_BACK: Readonly<Record<SlowPolicy, HoldBack>> = {
  conflate(member, issue, backlog) {
    const waiting = member.waiting ?? [];
    // One of each kind: a count of those present must not take the place of a publication.
    const outdated = waiting.findIndex(({ kind }) => kind === issue.kind);
    const [removed] = outdated < 0 ? [] : waiting.splice(outdated, 1);
    if (removed !== undefined && backlog.remove(removed)) member.drops++;
    // Kept even beyond the limit, which it exceeds by one frame a kind at most: the latest may be the last for long.
    wait(member, issue, backlog);
  },

  dropOldest(member, issue, backlog) {
    const bytes = issue.single.join();
    while (!backlog.hasRoomFor(bytes)) {
      const oldest = member.waiting?.shift();
      if (oldest === undefined) break;
      if (backlog.remove(oldest)) member.drops++;
    }
    if (backlog.hasRoomFor(bytes)) wait(member, issue, backlog);
    else member.drops++;
  },

  skipAndRecover(member, issue, backlog) {
    // Once one was left out, so are the next: what the client has must end at one offset.
    const hasRoom = backlog.hasRoomFor(issue.single.join());
    if (member.skipped === undefined && hasRoom) return wait(member, issue, backlog);
    member.drops++;
    if (issue.frame?.kind === "publication") member.skipped = issue.frame;
  },
};

function wait(member: Membership, issue: Issue, backlog: Backlog): void {
  const waiting = (member.waiting ??= []);
  // What has left is forgotten, or a client that never quite catches up would be remembered all it was ever sent.
  while (waiting[0] !== undefined && !backlog.holds(waiting[0])) waiting.shift();
  waiting.push(backlog.add(issue.single.join(), issue.kind));
}
