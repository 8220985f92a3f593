import type { Signal } from "@preact/signals";
import type { RoomState, Roster } from "../../../runtime/client/client.ts";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import type { IconName } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { Presence } from "./presence.tsx";
import { roomNameOf } from "./room-id.ts";
import { ROOM_WORDS } from "./room-words.ts";
import type { SessionView } from "./session-view.ts";

interface RoomHeadProps {
  readonly icon: IconName;
  readonly kind: string;
  readonly verb: "here" | "watching";
  readonly room: { readonly id: string; readonly state: Signal<RoomState>; readonly roster: Signal<Roster> };
  readonly session: SessionView;
}

/** The name of a room, who is in it, and why one is not, if so. */
export function RoomHead({ icon, kind, verb, room, session }: RoomHeadProps) {
  const t = useWords(ROOM_WORDS);
  const state = room.state.value;
  return (
    <header class="panel-head">
      <div class="panel-title">
        <span class="panel-icon">
          <Icon name={icon} />
        </span>
        <div class="panel-names">
          <h2 class="ellipsis">{roomNameOf(room.id)}</h2>
          <span class="kind">{kind}</span>
        </div>
        <Presence
          roster={room.roster.value}
          self={session.connection}
          verb={verb}
          current={state.kind !== "away"}
        />
      </div>
      {state.kind === "refused" && (
        <p class="error" role="alert">
          {t("refused", state.refusal.message)}
        </p>
      )}
    </header>
  );
}
