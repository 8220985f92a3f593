import { useSignal } from "@preact/signals";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import { useWords } from "./page-settings.ts";
import type { OperatorToken } from "./operator-token.ts";
import { OPERATOR_WORDS } from "./operator-words.ts";

interface TokenGateProps {
  readonly token: OperatorToken;
  /** What the button says: what is shown once there is a token. */
  readonly open: string;
  /** The one that was given before was refused. */
  readonly isUnknown: boolean;
}

/** Asks for the operators' token, which stays in this window. */
export function TokenGate({ token, open, isUnknown }: TokenGateProps) {
  const t = useWords(OPERATOR_WORDS);
  const typed = useSignal("");
  const given = typed.value.trim();
  return (
    <form
      class="gate panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (given !== "") token.keep(given);
      }}
    >
      <span class="gate-icon">
        <Icon name="key" />
      </span>
      <h2>{t("tokenTitle")}</h2>
      <p class="muted">{t("tokenHelp")}</p>
      <div class="gate-row">
        <input
          class="field"
          type="password"
          value={typed.value}
          aria-label={t("token")}
          placeholder={t("token")}
          autoComplete="off"
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
        <Button type="submit" look="main" disabled={given === ""}>
          {open}
        </Button>
      </div>
      {isUnknown && (
        <p class="error" role="alert">
          {t("tokenUnknown")}
        </p>
      )}
    </form>
  );
}
