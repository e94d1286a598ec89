/** Objection with its own types: the reports are those without types. */
import { expect, it } from "vitest";
import { ids } from "./support.js";

const MODEL = `
import { Model, type ModelClass, type QueryBuilder } from "objection";
class Line extends Model { static override tableName = "lines"; orderId!: number; }
class Order extends Model { static override tableName = "orders"; id!: number; lines?: Line[]; }
`;

it.each([
  ["a model", "no-unbounded-select", "export const list = async () => Order.query();", ["whole"]],
  ["a model by its type", "no-unbounded-select", "export const list = async (orders: ModelClass<Order>) => orders.query();", ["whole"]],
  ["a limited read", "no-unbounded-select", "export const list = async () => Order.query().limit(5);", []],
  ["a write of every row", "require-where", "export const drop = async () => { await Order.query().delete(); };", ["all"]],
  ["a write by key", "require-where", "export const drop = async (id: number) => { await Order.query().deleteById(id); };", []],
  ["rows in a loop", "no-n-plus-one", "export async function load(orders: Order[]) { for (const order of orders) await order.$relatedQuery('lines'); }", ["read"]],
  ["lists of rows", "no-unbounded-select", "export const open = (orders: Order[]) => orders.filter((order) => order.id > 1).find(Boolean);", []],
] as const)("%s", (_, rule, code, expected) => {
  const untyped = ids(MODEL + code, { rule });
  expect(untyped.length).toBe(expected.length);
  expect(ids(MODEL + code, { rule, types: "strict" })).toEqual(untyped);
}, 60_000);
