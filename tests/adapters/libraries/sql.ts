/** The scenarios as SQL text, for the drivers: each says how it sends a statement. */
import type { Scenario, ScenarioId } from "../scenarios.js";

export interface SqlDriver {
  /** Code that sends a statement; each value is the code of an expression. */
  send(sql: string, values: readonly string[]): string;
  /** Code that reads one row; as `send` when there is no such thing. */
  one?(sql: string, values: readonly string[]): string;
  placeholder(position: number): string;
  /** The name of a column as the dialect keeps its case. */
  column(name: string): string;
}

/** Scenarios that every driver answers alike. The others are given beside them. */
export function sqlScenarios(driver: SqlDriver): Omit<Record<ScenarioId, Scenario>, OwnScenario> {
  const { send } = driver;
  const p = driver.placeholder;
  const customer = driver.column("customerId");
  const withId = (code: string): string => `async function f(id: string) { return ${code}; }`;
  const withCustomer = (code: string): string => `async function f(customerId: string) { return ${code}; }`;
  const isNull = (kind: string): { readonly expect: string; readonly because: string } => ({ expect: `${kind} orders, where customerId = parameter`, because: "undefined is bound as NULL, which equals nothing, or rejected" });
  return {
    "read many, unbounded": `${send("SELECT * FROM orders", [])};`,
    "read many, limited": `${send("SELECT * FROM orders LIMIT 50", [])};`,
    "read many, limit from a parameter": `async function f(n: number) { return ${send(`SELECT * FROM orders LIMIT ${p(1)}`, ["n"])}; }`,
    "read many, limited and skipped": `async function f(page: number) { return ${send(`SELECT * FROM orders LIMIT 50 OFFSET ${p(1)}`, ["page * 50"])}; }`,
    "read many, filtered": withCustomer(send(`SELECT * FROM orders WHERE ${customer} = ${p(1)}`, ["customerId"])),
    "read many, filtered by two": withCustomer(send(`SELECT * FROM orders WHERE ${customer} = ${p(1)} AND status = 'shipped'`, ["customerId"])),
    "read many, either of two": withCustomer(send(`SELECT * FROM orders WHERE ${customer} = ${p(1)} OR status = 'shipped'`, ["customerId"])),
    "read many, null test": `${send("SELECT * FROM orders WHERE note IS NULL", [])};`,
    "count": withCustomer(send(`SELECT count(*) FROM orders WHERE ${customer} = ${p(1)}`, ["customerId"])),
    "exists": { code: withCustomer(send(`SELECT EXISTS (SELECT 1 FROM orders WHERE ${customer} = ${p(1)})`, ["customerId"])), expect: "select -, where nothing", because: "the outer statement reads no table; the filter is its sub-query's" },
    "insert one": withId(send(`INSERT INTO orders (id) VALUES (${p(1)})`, ["id"])),
    "insert many": `${send(`INSERT INTO orders (id, status) VALUES (${p(1)}, 'new'), (${p(2)}, 'new')`, ['"a"', '"b"'])};`,
    "update with filter": withCustomer(send(`UPDATE orders SET status = 'paid' WHERE ${customer} = ${p(1)}`, ["customerId"])),
    "update without filter": `${send("UPDATE orders SET status = 'paid'", [])};`,
    "update with empty filter": { cannot: "an empty WHERE is no SQL" },
    "update with a filter that may be undefined": { code: `async function f(customerId?: string) { return ${send(`UPDATE orders SET status = 'paid' WHERE ${customer} = ${p(1)}`, ["customerId"])}; }`, ...isNull("update") },
    "delete with filter": withCustomer(send(`DELETE FROM orders WHERE ${customer} = ${p(1)}`, ["customerId"])),
    "delete without filter": `${send("DELETE FROM orders", [])};`,
    "delete with always true filter": `${send("DELETE FROM orders WHERE 1 = 1", [])};`,
    "delete with a filter that may be undefined": { code: `async function f(customerId?: string) { return ${send(`DELETE FROM orders WHERE ${customer} = ${p(1)}`, ["customerId"])}; }`, ...isNull("delete") },
    "sub-query is not a query of its own": `${send(`SELECT * FROM orders WHERE ${customer} IN (SELECT id FROM customers)`, [])};`,
  };
}

type OwnScenario =
  | "read by key"
  | "read many, limit maybe undefined"
  | "read many by key list"
  | "read many, conditional filter"
  | "raw statement"
  | "in a transaction callback"
  | "client imported through a re-export"
  | "client annotated as a parameter"
  | "client in a class field"
  | "builder over several statements"
  | "builder never executed"
  | "look-alikes";

/** What looks like a driver's call and is none. */
export const LOOK_ALIKES = `import { ApolloClient } from "@apollo/client";
const client = new ApolloClient({});
client.query({ query: "SELECT * FROM orders" });
new URLSearchParams().get("SELECT * FROM orders");
const cache = new Map<string, number>();
cache.get("SELECT * FROM orders");
logger.info("DELETE FROM orders");
label("Select all notes from the list");
tasks.run("update all of them");
events.on("select", () => {});`;
