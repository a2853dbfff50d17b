/** What is asked while the platform is disturbed, and whether an answer was right. */
import { DEMO_PASSWORD } from "@praxis/tools/client";
import { decodeProtectedHeader } from "jose";

export const READS = {
  content: "/api/content/documents?limit=1",
  communication: "/api/communication/notifications?limit=1",
  workflow: "/api/workflow/tasks?limit=1",
  practice: "/api/practice/patients?q=a",
  identity: "/api/identity/users/me",
};
export type ServiceName = keyof typeof READS;

/** What ended is refused from here on. */
export const REFUSED_WITHIN_MS = 1_000;

export type Session = { accessToken: string; refreshToken: string; kid: string };

const json = { "content-type": "application/json" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export async function signIn(url: string, email: string): Promise<Session> {
  const answer = await fetch(`${url}/auth/login`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ email, password: DEMO_PASSWORD, client: "api" }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`a sign-in answered ${answer.status}: ${text}`);
  const { accessToken, refreshToken } = JSON.parse(text);
  return { accessToken, refreshToken, kid: decodeProtectedHeader(accessToken).kid! };
}

export async function signOut(url: string, { accessToken, refreshToken }: Session) {
  const answer = await fetch(`${url}/auth/logout`, {
    method: "POST",
    headers: { ...json, ...bearer(accessToken) },
    body: JSON.stringify({ refreshToken }),
  });
  await answer.body?.cancel();
  return answer.status;
}

export async function statusOf(url: string, { accessToken }: Session): Promise<number> {
  const answer = await fetch(url + READS.identity, { headers: bearer(accessToken) });
  await answer.body?.cancel();
  return answer.status;
}

/** What a problem says, without what is different each time. */
function detailOf(text: string): string {
  try {
    const { type, detail } = JSON.parse(text);
    return `${type ?? "with another body"} ${detail ?? ""}`.trim();
  } catch {
    return "with no JSON";
  }
}

/** Keeps what was answered, and what was known to be out of order at the time. */
export function createJudge() {
  const counts = { right: 0, unavailable: 0, givenUp: 0 };
  const wrong: string[] = [];
  const disturbed = new Set<ServiceName>();
  /** Keys that nobody may believe, and since when. */
  const givenUp = new Map<string, number>();

  async function judge(
    name: ServiceName,
    session: Session,
    send: () => Promise<Response>,
    isRight: (status: number, text: string) => boolean,
  ): Promise<void> {
    const since = givenUp.get(session.kid);
    const mustRefuse = since !== undefined && performance.now() - since > REFUSED_WITHIN_MS;
    const wasDisturbed = disturbed.has(name);
    const answer = await send();
    const text = await answer.text();
    const { status } = answer;
    if (status === 401 && givenUp.has(session.kid)) counts.givenUp++;
    else if (status === 503 && (wasDisturbed || disturbed.has(name))) counts.unavailable++;
    else if (!mustRefuse && isRight(status, text)) counts.right++;
    else wrong.push(`${name} answered ${status} ${detailOf(text)}`);
  }

  return {
    counts,
    wrong,
    disturbed,
    givenUp,
    /** Somebody's own list, or who they are: nobody else's. */
    read: (url: string, name: ServiceName, session: Session, email: string) =>
      judge(
        name,
        session,
        () => fetch(url + READS[name], { headers: bearer(session.accessToken) }),
        (status, text) => {
          if (status !== 200) return false;
          const body = JSON.parse(text);
          return name === "identity" ? body.email === email : Array.isArray(body.items);
        },
      ),
    /** A write, which is refused where nobody knows who may. */
    write: (url: string, session: Session) =>
      judge(
        "practice",
        session,
        () =>
          fetch(`${url}/api/practice/patients`, {
            method: "POST",
            headers: { ...json, ...bearer(session.accessToken) },
            body: JSON.stringify({
              identifiers: [{ system: "urn:praxis:soak", value: crypto.randomUUID() }],
              name: { family: "Soak", given: ["Ada"] },
              birthDate: "1984-02-29",
              sex: "female",
            }),
          }),
        (status) => status === 201,
      ),
  };
}
