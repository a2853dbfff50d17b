/** A provider dies and mail still arrives; STOP holds; the mailbox shows what a person would see. */
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { expect, type Report, say, table } from "./report.ts";

const PATH = "/api/communication";
const Id = z.object({ id: z.string() });
const Delivery = z.object({
  id: z.string(),
  channel: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
});
const Message = z.object({ id: z.string(), deliveries: z.array(Delivery) });
const Detail = z.object({
  history: z.array(z.object({
    provider: z.string(),
    outcome: z.string().nullable(),
    detail: z.string().nullable(),
  })),
});
const Mails = z.object({
  items: z.array(z.object({ channel: z.string(), subject: z.string(), body: z.string() })),
});

async function put(client: SignedIn, path: string, body: unknown): Promise<void> {
  const response = await client.request(`${PATH}${path}`, {
    method: "PUT",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`PUT ${path} answered ${response.status}: ${text}`);
}

async function addPatient(
  client: SignedIn,
  points: Record<string, string>,
): Promise<string> {
  const id = crypto.randomUUID();
  await client.post(`${PATH}/recipients`, { id });
  for (const [channel, address] of Object.entries(points)) {
    const point = { channel, address, isVerified: true };
    await client.post(`${PATH}/recipients/${id}/contact-points`, point);
  }
  return id;
}

async function remind(client: SignedIn, patient: string, channel: string) {
  const answer = await client.post(`${PATH}/messages`, {
    template: "appointment-reminder",
    recipients: [{ id: patient }],
    channels: [channel],
    data: { clinic: "Harbour Clinic", when: "Tuesday 14:00" },
    subject: { type: "appointment", id: crypto.randomUUID() },
  });
  const { id } = Message.parse(answer);
  return await until("the message to come to rest", async () => {
    const { deliveries } = Message.parse(await client.get(`${PATH}/messages/${id}`));
    const [delivery] = deliveries;
    const isOver = delivery &&
      !["queued", "deferred", "sending", "unknown"].includes(delivery.state);
    return isOver ? delivery : undefined;
  });
}

const mailsTo = (client: SignedIn, to: string) =>
  until("the mailbox", async () => {
    const { items } = Mails.parse(
      await client.get(`${PATH}/mailbox?to=${encodeURIComponent(to)}`),
    );
    return items.length > 0 ? items : undefined;
  });

/** Runs the story at the gateway `url`. Steps are counted by `report`. */
export async function tellCommunicationStory(report: Report, url: string): Promise<void> {
  say("\nMessages reach people");
  const owner = await report.step(
    "the owner signs in",
    () => signIn(url, "owner@demo.praxis.test"),
  );
  if (!owner) return;
  const email = `patient-${crypto.randomUUID().slice(0, 8)}@patients.example`;
  const number = `+33612${String(Math.floor(100_000 + Math.random() * 899_999))}`;
  const patient = await report.step(
    "a patient with an e-mail address and a number",
    () => addPatient(owner, { email, sms: number }),
  );
  if (!patient) return;

  await report.step(
    "a clinic without a provider writes by SMTP, and the letter arrives",
    async () => {
      const rival = await signIn(url, "owner@rival.praxis.test");
      const to = `default-${crypto.randomUUID().slice(0, 8)}@patients.example`;
      const delivery = await remind(rival, await addPatient(rival, { email: to }), "email");
      const { history } = Detail.parse(await rival.get(`${PATH}/deliveries/${delivery.id}`));
      expect(history.at(-1)?.provider === "smtp", `it went by ${history.at(-1)?.provider}`);
      const [mail] = await mailsTo(rival, to);
      return `“${mail!.subject}”: ${mail!.body}`;
    },
  );

  await report.step(
    "a letter goes by the first provider; the provider dies; the next takes it",
    async () => {
      const suffix = crypto.randomUUID().slice(0, 8);
      const account = async (provider: string, settings: unknown, secrets: unknown) =>
        Id.parse(
          await owner.post(`${PATH}/provider-accounts`, {
            provider,
            name: `${provider} ${suffix}`,
            settings,
            secrets,
            hasAgreement: true,
          }),
        ).id;
      const from = "clinic@harbour.example";
      const accountIds = [
        await account("resend", { from }, { apiKey: "re_demonstration" }),
        await account(
          "mailgun",
          { from, domain: "mg.harbour.example" },
          { apiKey: "key-demonstration" },
        ),
      ];
      await put(owner, "/provider-routes", { channel: "email", accountIds });
      await put(owner, "/simulators/faults", { provider: "resend", fault: "500" });
      try {
        const delivery = await remind(owner, patient, "email");
        expect(
          delivery.state === "accepted",
          `the letter is ${delivery.state}: ${delivery.reason}`,
        );
        const { history } = Detail.parse(await owner.get(`${PATH}/deliveries/${delivery.id}`));
        table(history.map(({ provider, outcome, detail }) => [
          "   ",
          provider,
          outcome ?? "",
          detail ?? "",
        ]));
        expect(history.at(-1)?.provider === "mailgun", "another provider took it");
      } finally {
        await put(owner, "/simulators/faults", { provider: "resend", fault: "none" });
      }
      const [mail] = await mailsTo(owner, email);
      return `“${mail!.subject}”: ${mail!.body}`;
    },
  );

  await report.step("a text reaches the phone", async () => {
    const delivery = await remind(owner, patient, "sms");
    expect(
      ["accepted", "sent", "delivered"].includes(delivery.state),
      `the text is ${delivery.state}: ${delivery.reason}`,
    );
    const [text] = await mailsTo(owner, number);
    return text!.body;
  });

  await report.step("the patient answers STOP, and it holds", async () => {
    const { answer } = z.object({ answer: z.string().nullable() }).parse(
      await owner.post(`${PATH}/simulators/replies`, { from: number, text: "Stop please" }),
    );
    const delivery = await remind(owner, patient, "sms");
    expect(delivery.state === "suppressed", `the next text is ${delivery.state}`);
    const texts = await mailsTo(owner, number);
    expect(texts.length === 1, "another text went out");
    return `answered with “${answer}”; the next text: ${delivery.reason}`;
  });

  await report.step("START, and texts come again", async () => {
    await owner.post(`${PATH}/simulators/replies`, { from: number, text: "START" });
    const delivery = await remind(owner, patient, "sms");
    expect(delivery.state !== "suppressed", "it is still suppressed");
  });

  await report.step("the mailbox shows all of it as a person would see it", async () => {
    const response = await owner.request(`${PATH}/mailbox/page?to=${encodeURIComponent(number)}`);
    const page = await response.text();
    expect(page.includes('class="bubble"'), "there is no text on the page");
    return `${url}${PATH}/mailbox/page`;
  });
}
