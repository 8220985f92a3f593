import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import type { IconName } from "../../../runtime/pages/kit/icon.tsx";
import { PageFrame } from "../../../runtime/pages/kit/page-frame.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { ChatPanel } from "./chat-panel.tsx";
import type { ChatRoom } from "./chat-room.ts";
import { ConnectionStatus } from "./connection-status.tsx";
import { LivePanel } from "./live-panel.tsx";
import type { LiveRoom } from "./live-room.ts";
import { ROOM_WORDS } from "./room-words.ts";
import type { SessionView } from "./session-view.ts";
import type { Visitor } from "./visitor.ts";

interface RoomsViewProps {
  readonly chat: ChatRoom;
  readonly live: LiveRoom;
  readonly session: SessionView;
  readonly visitor: Visitor;
}

type Side = "chat" | "live";

/** The whole page: both rooms side by side, or one at a time where there is no space for two. */
export function RoomsView({ chat, live, session, visitor }: RoomsViewProps) {
  const t = useWords(ROOM_WORDS);
  const side = useSignal<Side>("chat");
  const newest = { chat: chat.log.value.entries.at(-1)?.id, live: live.feed.value[0]?.id };
  return (
    <PageFrame title={t("title")} head={<ConnectionStatus session={session} />}>
      <nav class="sides" aria-label={t("roomsNav")}>
        <SideButton
          side="chat"
          icon="chat"
          chosen={side.value}
          newest={newest.chat}
          onChoose={() => (side.value = "chat")}
        />
        <SideButton
          side="live"
          icon="broadcast"
          chosen={side.value}
          newest={newest.live}
          onChoose={() => (side.value = "live")}
        />
      </nav>
      <div class={`rooms rooms-${side.value}`}>
        <ChatPanel room={chat} session={session} visitor={visitor} />
        <LivePanel room={live} session={session} />
      </div>
    </PageFrame>
  );
}

interface SideButtonProps {
  readonly side: Side;
  readonly icon: IconName;
  readonly chosen: Side;
  /** What was said last on this side. */
  readonly newest: string | undefined;
  readonly onChoose: () => void;
}

/** Brings one side to the front, and has a dot when something new is there. */
function SideButton({ side, icon, chosen, newest, onChoose }: SideButtonProps) {
  const t = useWords(ROOM_WORDS);
  const seen = useSignal(newest);
  const open = side === chosen;
  useLayoutEffect(() => {
    if (open) seen.value = newest;
  }, [open, newest]);
  return (
    <button type="button" class="side-button" aria-pressed={open} onClick={onChoose}>
      <Icon name={icon} />
      <span>{t(side)}</span>
      {seen.value !== newest && <span class="dot" role="img" aria-label={t("unread")} />}
    </button>
  );
}
