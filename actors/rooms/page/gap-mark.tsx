import type { Gap } from "../../../runtime/client/client.ts";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { ROOM_WORDS } from "./room-words.ts";

/** Says that something is missing in this place. */
export function GapMark({ gap }: { readonly gap: Gap }) {
  const t = useWords(ROOM_WORDS);
  return (
    <p class="gap">
      <Icon name="warning" />
      <span>{gap.reason === "restarted" ? t("gapRestarted") : t("gapMissing", gap.missing)}</span>
    </p>
  );
}
