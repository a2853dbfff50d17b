export { connect, type Db, type Sql } from "./connect.ts";
export { migrate, type MigrationFolder } from "./migrate.ts";
export { call, read, type Scope, transaction } from "./transaction.ts";
