import type { ComponentChildren } from "preact";
import { readableName } from "../../../runtime/actor/actor-name.ts";
import { Button } from "../../../runtime/pages/kit/button.tsx";
import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { TimeAgo } from "../../../runtime/pages/kit/time-ago.tsx";
import { factsOf } from "./actor-facts.ts";
import { StateTag } from "./state-tag.tsx";
import { SILENT } from "./tree-answer.ts";
import type { Actor } from "./tree-answer.ts";
import type { ActorRow } from "./tree-rows.ts";
import { TREE_WORDS } from "./tree-words.ts";

interface ActorDetailsProps {
  readonly row: ActorRow;
  /** The tree shows it no more. */
  readonly isGone: boolean;
  readonly onClose: () => void;
}

/** Everything that is known of one actor. */
export function ActorDetails({ row: { actor }, isGone, onClose }: ActorDetailsProps) {
  const t = useWords(TREE_WORDS);
  const { language } = usePageSettings();
  const name = readableName(actor.name);
  return (
    <aside class="panel details" aria-label={t("details", name)}>
      <header class="details-head">
        <div class="details-name">
          <h2>{name}</h2>
          <p class="muted">
            {actor.type} <StateTag state={actor.state} />
          </p>
        </div>
        <Button look="quiet" icon="close" label={t("close")} onClick={onClose} />
      </header>
      {isGone && <p class="busy">{t("gone")}</p>}
      {actor.state !== SILENT && <Facts facts={factsOf(actor, t, language.value)} />}
      <Failure actor={actor} />
      <Says actor={actor} />
    </aside>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Failure({ actor: { lastFailure } }: { readonly actor: Actor }) {
  const t = useWords(TREE_WORDS);
  if (lastFailure === undefined) return null;
  return (
    <section>
      <h3>{t("failure")}</h3>
      <p class="bad">{lastFailure.message}</p>
      <p class="muted">
        <TimeAgo atMs={lastFailure.atMs} /> {t("failureAt", lastFailure.kind ?? "")}
      </p>
      {lastFailure.stack !== undefined && <pre tabIndex={0}>{lastFailure.stack}</pre>}
    </section>
  );
}

function Says({ actor: { details = {} } }: { readonly actor: Actor }) {
  const t = useWords(TREE_WORDS);
  const entries = Object.entries(details).map(([name, value]) => [name, textOf(value)] as const);
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>{t("says")}</h3>
      <Facts facts={entries} />
    </section>
  );
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const isPlainList = Array.isArray(value) && value.every((each) => typeof each !== "object");
  return isPlainList ? value.join(", ") : (JSON.stringify(value, null, 1) ?? "");
}
