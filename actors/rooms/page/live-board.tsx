import type { Facts } from "../../../runtime/client/client.ts";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { boardOf } from "./board.ts";
import { ROOM_WORDS } from "./room-words.ts";

/** What is known about the subject of a live room: the score large, every other fact by its name. */
export function LiveBoard({ facts }: { readonly facts: Facts }) {
  const t = useWords(ROOM_WORDS);
  const { home, away, score, clock, others } = boardOf(facts);
  if (Object.keys(facts).length === 0) return null;
  return (
    <section class="board" aria-label={t("board")}>
      {(score !== undefined || home !== "" || away !== "") && (
        <div class="score">
          <span class="side side-home">{home}</span>
          <b class="score-value" key={score}>
            {score ?? "–"}
          </b>
          <span class="side">{away}</span>
        </div>
      )}
      {clock !== undefined && <p class="board-clock">{clock}</p>}
      {others.length > 0 && (
        <dl class="facts">
          {others.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
