import { Button } from "../../../runtime/pages/kit/button.tsx";
import { CommandLine } from "../../../runtime/pages/kit/command-line.tsx";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { TimeAgo } from "../../../runtime/pages/kit/time-ago.tsx";
import { GapMark } from "./gap-mark.tsx";
import { LiveBoard } from "./live-board.tsx";
import type { LiveEntry } from "./live-feed.ts";
import type { LiveRoom } from "./live-room.ts";
import { RoomHead } from "./room-head.tsx";
import { ROOM_WORDS } from "./room-words.ts";
import type { SessionView } from "./session-view.ts";

interface LivePanelProps {
  readonly room: LiveRoom;
  readonly session: SessionView;
}

/** The room that everybody watches. */
export function LivePanel({ room, session }: LivePanelProps) {
  const t = useWords(ROOM_WORDS);
  const feed = room.feed.value;
  return (
    <section class="panel panel-live" aria-label={t("live")}>
      <RoomHead icon="broadcast" kind={t("live")} verb="watching" room={room} session={session} />
      <div class="scroll-box">
        <div class="scroll" tabIndex={0} role="log" aria-label={t("feed")}>
          <LiveBoard facts={room.facts.value} />
          <Feed feed={feed} />
          <ReadBack room={room} />
          {!feed.some(({ kind }) => kind === "line") && <LiveEmpty id={room.id} />}
        </div>
      </div>
    </section>
  );
}

function Feed({ feed }: { readonly feed: readonly LiveEntry[] }) {
  const t = useWords(ROOM_WORDS);
  return (
    <ol class="feed" reversed>
      {feed.map((entry, index) => (
        <li key={entry.id} class={`feed-${entry.kind}`}>
          {entry.kind === "gap" ? (
            <GapMark gap={entry.gap} />
          ) : (
            <>
              <p class="feed-text">{entry.text}</p>
              <p class="feed-foot">
                {index === 0 && <span class="tag tag-live">{t("latest")}</span>}
                <span class="ellipsis">{entry.from}</span>
                <TimeAgo atMs={entry.atMs} />
              </p>
            </>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Leads back, page by page, to the first that was ever posted. */
function ReadBack({ room }: { readonly room: LiveRoom }) {
  const t = useWords(ROOM_WORDS);
  if (!room.canReadBack) return null;
  const reading = room.reading.value;
  return (
    <div class="read-back">
      <Button icon="down" disabled={reading === "reading"} onClick={() => void room.readBack()}>
        {t("earlier")}
      </Button>
      {reading === "failed" && <p role="alert">{t("earlierFailed")}</p>}
    </div>
  );
}

function LiveEmpty({ id }: { readonly id: string }) {
  const t = useWords(ROOM_WORDS);
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name="broadcast" />
      </span>
      <h3>{t("liveEmptyTitle")}</h3>
      <p>{t("liveEmpty")}</p>
      <CommandLine command={`npm run -s banyan -- push ${id} "Goal!"`} />
    </div>
  );
}
