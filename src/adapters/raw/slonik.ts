/** Slonik: a pool is given what its tag makes; the method says how many rows it expects and adds no LIMIT. */
import type { Driver, Method, Role } from "./driver.js";
import { pg } from "./pg.js";

const send: Method = { does: "sends", text: 0 };
/** Every row is read, and the call fails when there is not the one. */
const one: Method = { does: "sends", text: 0, delivery: "one-unlimited" };
const value: Method = { does: "composes", as: { piece: "value", argument: 0 }, gives: "value" };
const toTag: Method = { does: "leads", gives: "tag" };

const connection: Role = {
  methods: {
    any: send,
    anyFirst: send,
    many: send,
    manyFirst: send,
    query: send,
    one,
    oneFirst: one,
    maybeOne: one,
    maybeOneFirst: one,
    // Wrapped in SELECT EXISTS (…).
    exists: { does: "sends", text: 0, delivery: "one" },
    stream: { does: "sends", text: 0, delivery: "stream" },
    connect: { does: "leads", callbacks: [{ argument: 0, parameter: 0, role: "connection" }] },
    transaction: { does: "leads", callbacks: [{ argument: 0, parameter: 0, role: "connection" }] },
  },
};

export const slonik: Driver = {
  id: "slonik",
  title: "Slonik",
  packages: ["slonik", "@silverhand/slonik", "@slonik/types", "@slonik/sql-tag"],
  dialect: "postgresql",
  client: "connection",
  values: { createPool: "factory", sql: "tag", createSqlTag: "tagFactory" },
  types: {
    CommonQueryMethods: "connection",
    DatabasePool: "connection",
    DatabasePoolConnection: "connection",
    DatabaseTransactionConnection: "connection",
    DatabaseConnection: "connection",
    SqlTag: "tag",
    SqlSqlToken: "text",
    SqlFragment: "text",
    SqlFragmentToken: "text",
    FragmentSqlToken: "text",
    QuerySqlToken: "text",
    SqlToken: "text",
    ListSqlToken: "text",
    IdentifierSqlToken: "name",
    ArraySqlToken: "value",
    JsonSqlToken: "value",
    JsonBinarySqlToken: "value",
    TimestampSqlToken: "value",
    PrimitiveValueExpression: "value",
  },
  roles: {
    factory: { called: "connection" },
    connection,
    tagFactory: { called: "tag" },
    tag: {
      tag: { composes: true, gives: "text" },
      members: { unsafe: "tag", fragment: "tag" },
      methods: {
        type: toTag,
        typeAlias: toTag,
        prepared: toTag,
        join: { does: "composes", as: { piece: "join", items: 0, separator: 1 }, gives: "text" },
        and: { does: "composes", as: { piece: "join", items: 0, separator: 1, byDefault: " AND " }, gives: "text" },
        or: { does: "composes", as: { piece: "join", items: 0, separator: 1, byDefault: " OR " }, gives: "text" },
        identifier: { does: "composes", as: { piece: "name", argument: 0 }, gives: "name" },
        unnest: { does: "composes", as: { piece: "unnest", argument: 0 }, gives: "text" },
        raw: { does: "composes", as: { piece: "raw", argument: 0 }, gives: "text" },
        list: { does: "composes", as: { piece: "list", argument: 0 }, gives: "text" },
        literalValue: value,
        array: value,
        binary: value,
        date: value,
        interval: value,
        json: value,
        jsonb: value,
        timestamp: value,
        uuid: value,
      },
    },
    text: { is: "text" },
    name: { is: "name" },
    value: { is: "value" },
  },
  // A value that is undefined is refused before anything is sent.
  undefinedLimit: "rejected",
  bulk: {
    read: "one `WHERE … = ANY(${sql.array(ids, …)})`",
    insert: "one `INSERT … SELECT … FROM ${sql.unnest(rows, types)}`",
    upsert: "one `INSERT … SELECT … FROM ${sql.unnest(rows, types)} ON CONFLICT …`",
    updateSame: pg.bulk.updateSame ?? "",
    delete: "one `DELETE … WHERE … = ANY(${sql.array(ids, …)})`",
  },
};
