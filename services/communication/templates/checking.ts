/** Whether what somebody has written may be kept. */
import { common } from "@praxis/shared/problem";
import { channels } from "../providers/model.ts";
import { type NewVersion, textsOf } from "./model.ts";
import { runApart } from "./sandbox.ts";

/** @throws Problem `invalid-request` that names every text which cannot be kept. */
export async function check({ level, variables, bodies }: NewVersion): Promise<void> {
  const errors = Object.entries(variables).filter(([, variable]) => variable.level > level)
    .map(([name]) => ({
      pointer: `/variables/${name}/level`,
      detail: "A variable may not say more than the template.",
    }));
  if (Object.keys(bodies).length === 0) {
    errors.push({ pointer: "/bodies", detail: "There is no text in any language." });
  }
  const parts = Object.keys(bodies).flatMap((locale) =>
    channels.flatMap((channel) => {
      const texts = textsOf(bodies, locale, channel);
      return texts ? [{ pointer: `/bodies/${locale}/${channel}`, texts }] : [];
    })
  );
  const wrong = await runApart({ kind: "check", variables, parts });
  errors.push(...wrong ?? [{ pointer: "/bodies", detail: "This takes too long to fill." }]);
  if (errors.length > 0) throw common("invalid-request", { errors: errors.slice(0, 50) });
}
