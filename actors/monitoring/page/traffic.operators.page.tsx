import "./traffic.css";
import { mountPage } from "../../../runtime/pages/kit/mount-page.tsx";
import { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { AlertsWatch } from "./alerts-watch.ts";
import { TrafficView } from "./traffic-view.tsx";
import { TrafficWatch } from "./traffic-watch.ts";

const token = new OperatorToken();
const watch = new TrafficWatch(token);
mountPage(<TrafficView token={token} watch={watch} alerts={new AlertsWatch(token, watch.choice)} />);
