import { Button } from "../../../runtime/pages/kit/button.tsx";
import { useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { StatusPill } from "../../../runtime/pages/kit/status-pill.tsx";
import { ROOM_WORDS } from "./room-words.ts";
import type { SessionView } from "./session-view.ts";

/** Whether this window is connected, when it tries again, and the button that does not want to wait. */
export function ConnectionStatus({ session }: { readonly session: SessionView }) {
  const t = useWords(ROOM_WORDS);
  const state = session.state.value;
  const retry = () => session.retry();
  switch (state.kind) {
    case "open":
      return <Status tone="good" spoken={t("connected")} />;
    case "connecting":
      return <Status tone="busy" spoken={t("connecting")} />;
    case "waiting":
      return (
        <span class="connection" title={t("loss", state.reason)}>
          <StatusPill tone="busy" spoken={`${t("reconnecting")}: ${t("loss", state.reason)}`}>
            {t("reconnectingIn", session.retryInSeconds.value)}
          </StatusPill>
          <Button look="quiet" onClick={retry}>
            {t("retryNow")}
          </Button>
        </span>
      );
    case "closed":
      return (
        <span class="connection">
          <StatusPill tone="bad" spoken={`${t("disconnected")}: ${t("loss", state.reason)}`}>
            {t("disconnected")}: {t("loss", state.reason)}
          </StatusPill>
          <Button onClick={retry}>{t("connectAgain")}</Button>
        </span>
      );
  }
}

function Status({ tone, spoken }: { readonly tone: "good" | "busy"; readonly spoken: string }) {
  return (
    <span class="connection">
      <StatusPill tone={tone} spoken={spoken}>
        {spoken}
      </StatusPill>
    </span>
  );
}
