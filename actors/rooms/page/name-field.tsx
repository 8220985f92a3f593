import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { MEMBER_NAME_MAX } from "../../../protocols/client-protocol.ts";
import { Button } from "../../../runtime/pages/kit/button.tsx";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { Avatar } from "./avatar.tsx";
import { ROOM_WORDS } from "./room-words.ts";
import type { Visitor } from "./visitor.ts";

/** Under which name one writes, and where to change it. */
export function NameField({ visitor }: { readonly visitor: Visitor }) {
  const t = useWords(ROOM_WORDS);
  const editing = useSignal(false);
  const name = visitor.name.value;
  if (editing.value) return <NameEditor visitor={visitor} onDone={() => (editing.value = false)} />;
  return (
    <button
      type="button"
      class="who"
      aria-label={t("changeName", name)}
      onClick={() => (editing.value = true)}
    >
      <Avatar name={name} />
      <b class="ellipsis">{name}</b>
      <Icon name="pencil" />
    </button>
  );
}

function NameEditor({ visitor, onDone }: { readonly visitor: Visitor; readonly onDone: () => void }) {
  const t = useWords(ROOM_WORDS);
  const name = useSignal(visitor.name.value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const save = () => {
    visitor.choose(name.value);
    onDone();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") onDone();
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    save();
  };
  return (
    <div class="name-editor">
      <label>
        <span>{t("yourName")}</span>
        <input
          ref={field}
          value={name.value}
          maxLength={MEMBER_NAME_MAX}
          autoComplete="nickname"
          onInput={(event) => (name.value = event.currentTarget.value)}
          onKeyDown={pressed}
        />
      </label>
      <Button look="main" disabled={name.value.trim() === ""} onClick={save}>
        {t("save")}
      </Button>
      <Button look="quiet" onClick={onDone}>
        {t("cancel")}
      </Button>
      <p class="muted">{t("nameHelp")}</p>
    </div>
  );
}
