import { useSignal } from "@preact/signals";
import { Button } from "../../../runtime/pages/kit/button.tsx";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import type { OperatorToken } from "./operator-token.ts";
import { TREE_WORDS } from "./tree-words.ts";

interface TokenGateProps {
  readonly token: OperatorToken;
  /** The one that was given before was refused. */
  readonly isUnknown: boolean;
}

/** Asks for the operators' token, which stays in this window. */
export function TokenGate({ token, isUnknown }: TokenGateProps) {
  const t = useWords(TREE_WORDS);
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
          {t("open")}
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
