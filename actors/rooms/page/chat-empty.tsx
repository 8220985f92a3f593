import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { ROOM_WORDS } from "./room-words.ts";

/** What to do in a room where nobody has said anything. */
export function ChatEmpty() {
  const t = useWords(ROOM_WORDS);
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name="chat" />
      </span>
      <h3>{t("chatEmptyTitle")}</h3>
      <p>{t("chatEmpty")}</p>
      {/* Without an opener the new window gets a name of its own. */}
      <a class="button button-plain" href={location.href} target="_blank" rel="noopener">
        <Icon name="window" />
        <span>{t("secondWindow")}</span>
      </a>
    </div>
  );
}
