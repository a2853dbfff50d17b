/** Where an organization's templates are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Category } from "../preferences/model.ts";
import type { Level } from "../providers/model.ts";
import type { Bodies, NewTemplate, NewVersion, Published, Variables } from "./model.ts";

export type TemplateRow = {
  key: string;
  category: Category;
  defaultLocale: string;
  publishedVersion: number | null;
};

export async function insert(
  db: Db,
  organizationId: string,
  { key, category, defaultLocale }: NewTemplate,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    insert into templates (organization_id, key, category, default_locale, created_at)
    values (${organizationId}, ${key}, ${category}, ${defaultLocale}, ${at})
    on conflict do nothing`;
  return count === 1;
}

export async function list(db: Db, organizationId: string): Promise<TemplateRow[]> {
  return await db<TemplateRow[]>`
    select key, category, default_locale, published_version from templates
    where organization_id = ${organizationId} order by key`;
}

export async function find(
  db: Db,
  organizationId: string,
  key: string,
): Promise<TemplateRow | undefined> {
  const [row] = await db<TemplateRow[]>`
    select key, category, default_locale, published_version from templates
    where organization_id = ${organizationId} and key = ${key}`;
  return row;
}

/** Locks the template: the next version's number is one more than the last's. */
export async function lock(
  db: Db,
  organizationId: string,
  key: string,
): Promise<TemplateRow | undefined> {
  const [row] = await db<TemplateRow[]>`
    select key, category, default_locale, published_version from templates
    where organization_id = ${organizationId} and key = ${key} for update`;
  return row;
}

export async function insertVersion(
  db: Db,
  organizationId: string,
  { key, authorId, at, version }: {
    key: string;
    authorId: string;
    at: Date;
    version: NewVersion;
  },
): Promise<number> {
  const [row] = await db<{ version: number }[]>`
    insert into template_versions
      (organization_id, key, version, level, variables, bodies, author_id, created_at)
    select ${organizationId}, ${key}, coalesce(max(version), 0) + 1, ${version.level},
           ${db.json(version.variables)}::jsonb, ${db.json(version.bodies as never)}::jsonb,
           ${authorId}, ${at}
    from template_versions where organization_id = ${organizationId} and key = ${key}
    returning version`;
  return row!.version;
}

export type VersionRow = {
  key: string;
  version: number;
  level: Level;
  variables: Variables;
  bodies: Bodies;
  authorId: string;
  approvedBy: string | null;
  createdAt: Date;
};

const columns = (db: Db) =>
  db`key, version, level, variables, bodies, author_id, approved_by, created_at`;

export async function findVersion(
  db: Db,
  organizationId: string,
  key: string,
  version: number,
): Promise<VersionRow | undefined> {
  const [row] = await db<VersionRow[]>`
    select ${columns(db)} from template_versions
    where organization_id = ${organizationId} and key = ${key} and version = ${version}`;
  return row;
}

export async function listVersions(
  db: Db,
  organizationId: string,
  key: string,
  limit: number,
): Promise<VersionRow[]> {
  return await db<VersionRow[]>`
    select ${columns(db)} from template_versions
    where organization_id = ${organizationId} and key = ${key}
    order by version desc limit ${limit}`;
}

export async function approve(
  db: Db,
  organizationId: string,
  { key, version, by, at }: { key: string; version: number; by: string; at: Date },
): Promise<void> {
  await db`
    update template_versions set approved_by = ${by}, approved_at = ${at}
    where organization_id = ${organizationId} and key = ${key} and version = ${version}`;
}

export async function setPublished(
  db: Db,
  organizationId: string,
  key: string,
  version: number,
): Promise<void> {
  await db`
    update templates set published_version = ${version}
    where organization_id = ${organizationId} and key = ${key}`;
}

export async function findPublished(
  db: Db,
  organizationId: string,
  key: string,
): Promise<Published | undefined> {
  const [row] = await db<Published[]>`
    select t.key, t.category, v.version, v.level, t.default_locale, v.variables, v.bodies
    from templates t
    join template_versions v on v.organization_id = t.organization_id and v.key = t.key
      and v.version = t.published_version
    where t.organization_id = ${organizationId} and t.key = ${key}`;
  return row;
}
