import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { findFreePort } from "@praxis/local/ports";

const DISK_MIB = 80;

/** A file system of its own, which nobody but the probe sees, and which ends with it. */
async function probe(): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await Deno.makeTempDir({ prefix: "praxis-full-" });
  const script = `mount -t tmpfs -o size=${DISK_MIB}m tmpfs "$0" && exec "$@"`;
  const output = await new Deno.Command("unshare", {
    args: [
      ...["--user", "--map-root-user", "--mount", "sh", "-c", script, folder],
      ...[Deno.execPath(), "run", "-A", "--no-check"],
      new URL("full_disk_probe.ts", import.meta.url).pathname,
      ...[folder, String(findFreePort())],
    ],
  }).output();
  await Deno.remove(folder);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** Some containers forbid namespaces, and then nobody can be given a small disk. */
async function mayMount(): Promise<boolean> {
  const args = ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
  const output = await new Deno.Command("unshare", { args }).output().catch(() => undefined);
  return output?.success ?? false;
}

describe("a full disk", { skip: !await mayMount() && "no file system can be made here" }, () => {
  it("refuses writes, keeps what was acknowledged, and is over when there is room", async () => {
    const { code, stdout, stderr } = await probe();
    equal(code, 0, stderr);
    const { storage, backup, database, wal } = JSON.parse(stdout);
    deepEqual(storage, { refusal: "storage-full", left: 0 });
    match(backup.refusal, /The disk of .* is full; nothing was kept/);
    deepEqual(backup.left, []);
    equal(database.refusal, "storage-full");
    ok(database.kept > 10);
    equal(database.rows, database.kept);
    deepEqual(database.reads, { ok: true, checked: database.kept });
    deepEqual(database.chain, { ok: true, checked: database.kept + 1 });
    equal(wal.refusal, "unavailable");
    ok(wal.kept > 10);
    // The commit that was not acknowledged may still have reached the disk.
    ok([wal.kept, wal.kept + 1].includes(wal.rows), `${wal.rows} of ${wal.kept}`);
    deepEqual(wal.chain, { ok: true, checked: wal.rows + 1 });
  });
});
