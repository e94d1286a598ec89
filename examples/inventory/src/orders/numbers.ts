import { randomInt } from "node:crypto";
import type { OrmTransaction } from "../db/orm.js";
import { orders } from "../db/schema.js";

export type Order = typeof orders.$inferSelect;
type OrderHead = Omit<typeof orders.$inferInsert, "number">;

const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const ATTEMPTS = 5;

/** Inserts the head of an order under a short number that people can read out on the telephone. */
export async function insertNumbered(tx: OrmTransaction, head: OrderHead): Promise<Order> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [order] = await tx
      .insert(orders)
      .values({ ...head, number: randomNumber() })
      .onConflictDoNothing({ target: orders.number })
      .returning();
    if (order) return order;
  }
  throw new Error(`No free order number in ${ATTEMPTS} attempts`);
}

function randomNumber(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
