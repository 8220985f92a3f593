import { ChatKeeperProtocol } from "../../protocols/chat-keeper.ts";
import type { LiveRoomProtocol } from "../../protocols/live-room.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";

/** How often all chat rooms are looked at, and how soon after a page the next one, in milliseconds. */
export const LOOK_EVERY_MS = 600_000;
export const NEXT_PAGE_MS = 1_000;
/** Rooms that are looked at at a time. */
const PAGE_SIZE = 200;

/** Where chat rooms are stored. */
export interface ChatKeeperArgs {
  readonly type: Pick<EntityType<LiveRoomProtocol>, "entity" | "kind">;
}

interface KeeperState extends ChatKeeperArgs {
  /** The last one of the page before; undefined at the beginning. */
  after: string | undefined;
  awoken: number;
}

/**
 * Wakes chat rooms that are stored, now and then: whoever nobody needs is forgotten a while later. A room whose node died when nobody was in it any more would stay
 * stored for ever. The cluster has one, which does it for all.
 */
export const ChatKeeper = defineActor({
  protocol: ChatKeeperProtocol,
  type: "chat-keeper",
  initialState({ type }: ChatKeeperArgs, context): KeeperState {
    context.startTimer("look", LOOK_EVERY_MS, { kind: "look" });
    return { type, after: undefined, awoken: 0 };
  },
  handlers: {
    look(state, _message, context) {
      context.pipeToSelf(nextPage(state), (outcome) => ({
        kind: "listed",
        ids: outcome.ok ? outcome.value : [],
      }));
    },
    listed(state, { ids }, context) {
      for (const id of ids) context.tell(state.type.entity(id), { kind: "wake" });
      state.awoken += ids.length;
      const isMore = ids.length === PAGE_SIZE;
      state.after = isMore ? ids.at(-1) : undefined;
      context.startTimer("look", isMore ? NEXT_PAGE_MS : LOOK_EVERY_MS, { kind: "look" });
    },
  },
  describe: ({ after, awoken }) => ({ after, awoken }),
});

async function nextPage({ type, after }: KeeperState): Promise<readonly string[]> {
  const { journal, definition } = type.kind;
  const from = after === undefined ? {} : { after: { type: definition.type, id: after } };
  const page = await journal.list(definition.type, { ...from, limit: PAGE_SIZE });
  return page.map(({ entity }) => entity.id);
}
