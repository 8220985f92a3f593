import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../../../runtime/pages/kit/button.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { NameField } from "./name-field.tsx";
import { ROOM_WORDS } from "./room-words.ts";
import type { Visitor } from "./visitor.ts";

/** The longest message that this page sends, in characters: a screenful, far below what a frame holds. */
const TEXT_MAX = 4_000;
/** The field grows with its text up to this height; then it scrolls. */
const HEIGHT_MAX_PX = 160;

interface ComposerProps {
  readonly visitor: Visitor;
  readonly onSend: (text: string) => void;
}

/** Where one writes: Enter sends, Shift and Enter begin a line. */
export function Composer({ visitor, onSend }: ComposerProps) {
  const t = useWords(ROOM_WORDS);
  const text = useSignal("");
  const field = useRef<HTMLTextAreaElement>(null);
  const tooMany = text.value.length - TEXT_MAX;
  const ready = text.value.trim() !== "" && tooMany <= 0;
  const send = () => {
    if (!ready) return;
    onSend(text.value.trim());
    text.value = "";
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    // While a Chinese word is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  useLayoutEffect(() => growToContent(field.current), [text.value]);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <NameField visitor={visitor} />
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          value={text.value}
          placeholder={t("messageHint")}
          aria-label={t("messageHint")}
          aria-invalid={tooMany > 0}
          onInput={(event) => (text.value = event.currentTarget.value)}
          onKeyDown={pressed}
        />
        <Button type="submit" look="main" icon="send" label={t("send")} disabled={!ready} />
      </div>
      {tooMany > 0 && (
        <p class="error" role="alert">
          {t("tooLong", tooMany)}
        </p>
      )}
    </form>
  );
}

function growToContent(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, HEIGHT_MAX_PX)}px`;
}
