import { Button } from "../../../runtime/pages/kit/button.tsx";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { TimeOfDay } from "../../../runtime/pages/kit/time-ago.tsx";
import { Avatar } from "./avatar.tsx";
import type { ChatMessage, OwnMessage } from "./chat-log.ts";
import { ROOM_WORDS } from "./room-words.ts";

interface MessageProps {
  readonly message: ChatMessage;
  /** Whether it follows another of the same sender, so that the name needs not stand again. */
  readonly follows: boolean;
}

/** A message with its place in the room's order. */
export function Message({ message, follows }: MessageProps) {
  const { from, text, mine, atMs, offset } = message;
  if (mine) return <Sent text={text} atMs={atMs} offset={offset} follows={follows} />;
  return (
    <li class={`message${follows ? " message-follows" : ""}`} data-offset={offset}>
      {!follows && <Avatar name={from} />}
      <div class="message-body">
        {!follows && (
          <div class="message-head">
            <b class="ellipsis">{from}</b>
            <TimeOfDay atMs={atMs} />
          </div>
        )}
        <p class="bubble">{text}</p>
      </div>
    </li>
  );
}

interface SentProps extends Pick<ChatMessage, "text" | "atMs" | "offset"> {
  readonly follows: boolean;
}

function Sent({ text, atMs, offset, follows }: SentProps) {
  const t = useWords(ROOM_WORDS);
  return (
    <li class={`message message-mine${follows ? " message-follows" : ""}`} data-offset={offset}>
      <div class="message-body">
        <p class="bubble">{text}</p>
        <div class="delivery">
          <TimeOfDay atMs={atMs} />
          <Icon name="check" />
          <span>{t("sent", offset)}</span>
        </div>
      </div>
    </li>
  );
}

interface PendingProps {
  readonly message: OwnMessage;
  readonly onRetry: () => void;
}

/** An own message that the room has not told yet: on its way, or failed with a button that tries again. */
export function Pending({ message, onRetry }: PendingProps) {
  const t = useWords(ROOM_WORDS);
  const { text, delivery } = message;
  if (delivery.kind === "sent") return <Sent {...message} offset={delivery.offset} follows={false} />;
  const failed = delivery.kind === "failed";
  const unknown = failed && delivery.outcome === "unknown";
  return (
    <li class={`message message-mine${failed ? " message-failed" : " message-sending"}`}>
      <div class="message-body">
        <p class="bubble">{text}</p>
        <div class="delivery">
          <Icon name={failed ? "warning" : "clock"} />
          <span>{failed ? t(unknown ? "failedUnknown" : "failed", delivery.code) : t("sending")}</span>
          {failed && (
            <Button look="quiet" onClick={onRetry}>
              {t("retry")}
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}
