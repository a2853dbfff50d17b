/** `deno task chaos [uploads] [victim …]`: the long form of the chaos test; `sagas.ts` has its own. */
import { playChaos } from "./uploads.ts";

const say = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));

const [uploads = "200", ...victims] = Deno.args;
const dataDir = await Deno.makeTempDir({ prefix: "praxis-chaos-" });
try {
  const rounds = await playChaos({
    dataDir,
    portOffset: 6_900,
    uploads: Number(uploads),
    ...(victims.length > 0 ? { victims } : {}),
    say,
  });
  const wrong = rounds.flatMap((round) => round.wrong);
  for (const line of wrong.slice(0, 20)) say(`  ✗ ${line}`);
  say(wrong.length === 0 ? "Nothing that was promised is missing." : `${wrong.length} wrong`);
  Deno.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await Deno.remove(dataDir, { recursive: true });
}
