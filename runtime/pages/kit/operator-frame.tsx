import "./operators.css";
import type { ComponentChildren } from "preact";
import type { OperatorsAnswer } from "./ask-operators.ts";
import { Button } from "./button.tsx";
import type { OperatorToken } from "./operator-token.ts";
import { OPERATOR_WORDS } from "./operator-words.ts";
import { PageFrame } from "./page-frame.tsx";
import { useWords } from "./page-settings.ts";
import { StatusPill } from "./status-pill.tsx";
import type { Tone } from "./status-pill.tsx";
import { TokenGate } from "./token-gate.tsx";

/** Every page for operators, as its path is called. */
const PAGES = ["tree", "traffic"] as const;

interface OperatorFrameProps {
  readonly title: string;
  readonly page: (typeof PAGES)[number];
  readonly token: OperatorToken;
  /** What the button under the token says. */
  readonly open: string;
  /** What came of the latest look; undefined before the first. */
  readonly look: OperatorsAnswer["kind"] | undefined;
  readonly children: ComponentChildren;
}

/** What all pages for operators have in common: the token before anything else, the way to the other pages, and whether the node answers. */
export function OperatorFrame({ title, page, token, open, look, children }: OperatorFrameProps) {
  if (token.value.value === undefined) {
    return (
      <PageFrame title={title} head={<OperatorPages page={page} />}>
        <TokenGate token={token} open={open} isUnknown={token.isRefused.value} />
      </PageFrame>
    );
  }
  return (
    <PageFrame title={title} head={<Head page={page} token={token} look={look} />}>
      {children}
    </PageFrame>
  );
}

const TONES = {
  seen: ["good", "live"],
  refused: ["bad", "refusal"],
  silent: ["busy", "silent"],
  unknown: ["busy", "looking"],
} as const satisfies Readonly<Record<string, readonly [Tone, string]>>;

function Head({ page, token, look }: Pick<OperatorFrameProps, "page" | "token" | "look">) {
  const t = useWords(OPERATOR_WORDS);
  const [tone, word] = TONES[look ?? "unknown"];
  return (
    <>
      <OperatorPages page={page} />
      <StatusPill tone={tone} spoken={t(word)}>
        {t(word)}
      </StatusPill>
      <Button look="quiet" icon="key" label={t("signOut")} onClick={() => token.forget()} />
    </>
  );
}

/** The token stays in the window, so a link needs none. */
function OperatorPages({ page }: Pick<OperatorFrameProps, "page">) {
  const t = useWords(OPERATOR_WORDS);
  return (
    <nav class="pages" aria-label={t("pages")}>
      {PAGES.map((name) => (
        <a key={name} href={`/${name}`} aria-current={name === page ? "page" : undefined}>
          {t(name)}
        </a>
      ))}
    </nav>
  );
}
