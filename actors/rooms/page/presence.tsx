import type { Member, Roster } from "../../../runtime/client/client.ts";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { Avatar } from "./avatar.tsx";
import { ROOM_WORDS } from "./room-words.ts";

/** How many members the list names before it counts. */
const NAMES_MAX = 50;

interface PresenceProps {
  readonly roster: Roster;
  /** The id of this window among the members. */
  readonly self: string | undefined;
  /** Members of a chat are here, those of a live room watch. */
  readonly verb: "here" | "watching";
  /** Whether the room still tells who comes and goes. */
  readonly current: boolean;
}

/** How many are in a room, and behind it a list of their names. */
export function Presence({ roster, self, verb, current }: PresenceProps) {
  const t = useWords(ROOM_WORDS);
  const named = roster.members.slice(0, NAMES_MAX);
  const others = roster.count - named.length;
  const close = ({ key, currentTarget }: KeyboardEvent) => {
    if (key === "Escape" && currentTarget instanceof HTMLDetailsElement) currentTarget.open = false;
  };
  return (
    <details
      class={`presence${current ? "" : " presence-stale"}`}
      onKeyDown={close}
      onFocusOut={closeWhenLeft}
    >
      <summary>
        <Icon name="people" />
        <span>{t(verb, roster.count)}</span>
      </summary>
      <div class="presence-list" tabIndex={-1}>
        <h3>{t("presenceList")}</h3>
        <ul>
          {named.map((member) => (
            <Present key={member.id} member={member} self={member.id === self} />
          ))}
        </ul>
        {others > 0 && <p class="muted">{t("andMore", others)}</p>}
      </div>
    </details>
  );
}

function Present({ member, self }: { readonly member: Member; readonly self: boolean }) {
  const t = useWords(ROOM_WORDS);
  return (
    <li>
      <Avatar name={member.name} />
      <span class="ellipsis">{member.name}</span>
      {self && <span class="tag">{t("you")}</span>}
    </li>
  );
}

function closeWhenLeft({ currentTarget, relatedTarget }: FocusEvent): void {
  if (!(currentTarget instanceof HTMLDetailsElement)) return;
  const stays = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
  if (!stays) currentTarget.open = false;
}
