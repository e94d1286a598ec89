import { pg } from "../db/client.js";
import { maybeOne } from "../db/query.js";
import { NotFoundError } from "../errors.js";

export interface Customer {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

/** The customer with this id. */
export async function customerById(id: number): Promise<Customer> {
  const customer = await maybeOne<Customer>(pg, "SELECT id, email, name FROM customers WHERE id = $1", [id]);
  if (!customer) throw new NotFoundError(`There is no customer ${id}`);
  return customer;
}

/** The customer with this address, however it is capitalised. */
export async function customerByEmail(email: string): Promise<Customer> {
  const result = await pg.query<Customer>(
    "SELECT id, email, name FROM customers WHERE lower(email) = lower($1) LIMIT 1",
    [email],
  );
  const [customer] = result.rows;
  if (!customer) throw new NotFoundError(`There is no customer ${email}`);
  return customer;
}

/** One page of customers, in the order of the ids. */
export async function listCustomers(after: number, limit: number): Promise<Customer[]> {
  const result = await pg.query<Customer>("SELECT id, email, name FROM customers WHERE id > $1 ORDER BY id LIMIT $2", [
    after,
    limit,
  ]);
  return result.rows;
}

/** Adds a customer; one that exists keeps its id and gets the new name. */
export async function saveCustomer(email: string, name: string): Promise<Customer> {
  const result = await pg.query<Customer>(
    `INSERT INTO customers (email, name) VALUES ($1, $2)
     ON CONFLICT (email) DO UPDATE SET name = excluded.name
     RETURNING id, email, name`,
    [email, name],
  );
  const [customer] = result.rows;
  if (!customer) throw new Error("The insert returned no row");
  return customer;
}
