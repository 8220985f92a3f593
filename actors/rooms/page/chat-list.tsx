import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../../../runtime/pages/kit/button.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import type { ChatEntry } from "./chat-log.ts";
import { Message, Pending } from "./chat-message.tsx";
import type { ChatRoom } from "./chat-room.ts";
import { ChatEmpty } from "./chat-empty.tsx";
import { GapMark } from "./gap-mark.tsx";
import { ROOM_WORDS } from "./room-words.ts";

/** This close to the end counts as being there, in pixels. */
const NEAR_END_PX = 60;
/** Messages of one sender within this time stand under one name. */
const TOGETHER_MS = 5 * 60_000;

/** Everything said in a room, the newest at the end; it follows the end while one is there. */
export function ChatList({ room }: { readonly room: ChatRoom }) {
  const t = useWords(ROOM_WORDS);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const unseen = useSignal(0);
  const { entries, own } = room.log.value;
  const newest = entries.at(-1)?.id;

  const toEnd = () => {
    const box = list.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
    unseen.value = 0;
  };
  const scrolled = () => {
    const box = list.current;
    if (box === null) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
    if (atEnd.current) unseen.value = 0;
  };
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else unseen.value++;
  }, [newest]);
  // The list gets smaller when the field below grows, and when a phone shows its keys.
  useEffect(() => whenResized(list.current, () => atEnd.current && toEnd()), []);
  // Who writes wants to see it, wherever one was reading.
  useLayoutEffect(toEnd, [own.length, own.at(-1)?.delivery.kind]);

  const silent = own.length === 0 && !entries.some(({ kind }) => kind === "message");
  return (
    <div class="scroll-box">
      <div class="scroll" ref={list} onScroll={scrolled} tabIndex={0} role="log" aria-label={t("log")}>
        {silent && <ChatEmpty />}
        <ol class="messages">
          {entries.map((entry, index) => (
            <Entry key={entry.id} entry={entry} before={entries[index - 1]} />
          ))}
          {own.map((message) => (
            <Pending key={message.key} message={message} onRetry={() => room.retry(message)} />
          ))}
        </ol>
      </div>
      {unseen.value > 0 && (
        <div class="unseen-below">
          <Button icon="down" onClick={toEnd}>
            {t("newBelow", unseen.value)}
          </Button>
        </div>
      )}
    </div>
  );
}

function whenResized(element: Element | null, resized: () => void): () => void {
  const observer = new ResizeObserver(resized);
  if (element !== null) observer.observe(element);
  return () => observer.disconnect();
}

function Entry({ entry, before }: { readonly entry: ChatEntry; readonly before: ChatEntry | undefined }) {
  const t = useWords(ROOM_WORDS);
  switch (entry.kind) {
    case "message":
      return <Message message={entry} follows={follows(entry, before)} />;
    case "gap":
      return (
        <li>
          <GapMark gap={entry.gap} />
        </li>
      );
    case "note":
      return (
        <li class="note">
          {entry.came.length > 0 && <span>{t("came", t("joinNames", entry.came))}</span>}
          {entry.left.length > 0 && <span>{t("left", t("joinNames", entry.left))}</span>}
        </li>
      );
  }
}

function follows(entry: ChatEntry & { kind: "message" }, before: ChatEntry | undefined): boolean {
  if (before?.kind !== "message" || before.mine !== entry.mine) return false;
  return before.from === entry.from && entry.atMs - before.atMs < TOGETHER_MS;
}
