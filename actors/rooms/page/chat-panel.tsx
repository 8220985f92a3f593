import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { ChatList } from "./chat-list.tsx";
import type { ChatRoom } from "./chat-room.ts";
import { Composer } from "./composer.tsx";
import { RoomHead } from "./room-head.tsx";
import { ROOM_WORDS } from "./room-words.ts";
import type { SessionView } from "./session-view.ts";
import type { Visitor } from "./visitor.ts";

interface ChatPanelProps {
  readonly room: ChatRoom;
  readonly session: SessionView;
  readonly visitor: Visitor;
}

/** The room in which everybody talks. */
export function ChatPanel({ room, session, visitor }: ChatPanelProps) {
  const t = useWords(ROOM_WORDS);
  return (
    <section class="panel panel-chat" aria-label={t("chat")}>
      <RoomHead icon="chat" kind={t("chat")} verb="here" room={room} session={session} />
      <ChatList room={room} />
      <Composer visitor={visitor} onSend={(text) => room.send(text)} />
    </section>
  );
}
