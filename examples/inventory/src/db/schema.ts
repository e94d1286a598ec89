import { relations, sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

export const suppliers = pgTable(
  "suppliers",
  {
    id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
    name: text("name").notNull(),
    country: text("country").notNull(),
    archived: boolean("archived").notNull().default(false),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index("suppliers_archived_name_idx").on(table.archived, table.name)],
);

export const products = pgTable(
  "products",
  {
    id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
    sku: text("sku").notNull().unique(),
    name: text("name").notNull(),
    supplierId: integer("supplier_id")
      .notNull()
      .references(() => suppliers.id),
    unitPriceCents: integer("unit_price_cents").notNull(),
    reorderPoint: integer("reorder_point").notNull().default(0),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index("products_supplier_id_idx").on(table.supplierId, table.id),
    index("products_name_search_idx").using("gin", sql`to_tsvector('simple', ${table.name})`),
  ],
);

export const warehouses = pgTable("warehouses", {
  id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
  code: text("code").notNull().unique(),
  name: text("name").notNull(),
  city: text("city").notNull(),
});

export const customers = pgTable("customers", {
  id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});

export const stockLevels = pgTable(
  "stock_levels",
  {
    productId: integer("product_id")
      .notNull()
      .references(() => products.id),
    warehouseId: integer("warehouse_id")
      .notNull()
      .references(() => warehouses.id),
    quantity: integer("quantity").notNull().default(0),
    reserved: integer("reserved").notNull().default(0),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.warehouseId] }),
    index("stock_levels_warehouse_id_idx").on(table.warehouseId, table.productId),
  ],
);

export const stockMovements = pgTable(
  "stock_movements",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    productId: integer("product_id")
      .notNull()
      .references(() => products.id),
    warehouseId: integer("warehouse_id")
      .notNull()
      .references(() => warehouses.id),
    sku: text("sku").notNull(),
    kind: text("kind", { enum: ["receipt", "sale", "return", "transfer_in", "transfer_out", "adjustment"] }).notNull(),
    quantity: integer("quantity").notNull(),
    reference: text("reference"),
    occurredAt: timestamp("occurred_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index("stock_movements_warehouse_id_occurred_at_idx").on(table.warehouseId, table.occurredAt),
    index("stock_movements_product_id_kind_occurred_at_idx").on(table.productId, table.kind, table.occurredAt),
  ],
);

export const stockSnapshots = pgTable("stock_snapshots", {
  warehouseId: integer("warehouse_id")
    .primaryKey()
    .references(() => warehouses.id),
  products: integer("products").notNull(),
  units: bigint("units", { mode: "number" }).notNull(),
  valueCents: bigint("value_cents", { mode: "number" }).notNull(),
  takenAt: timestamp("taken_at", { withTimezone: true }).notNull().defaultNow(),
});

export const orders = pgTable(
  "orders",
  {
    id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
    number: text("number").notNull().unique(),
    customerId: integer("customer_id")
      .notNull()
      .references(() => customers.id),
    warehouseId: integer("warehouse_id")
      .notNull()
      .references(() => warehouses.id),
    status: text("status", { enum: ["draft", "placed", "shipped", "cancelled", "expired"] }).notNull(),
    customerReference: text("customer_reference"),
    totalCents: integer("total_cents").notNull().default(0),
    placedAt: timestamp("placed_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index("orders_customer_id_placed_at_idx").on(table.customerId, table.placedAt),
    index("orders_status_placed_at_idx").on(table.status, table.placedAt),
  ],
);

export const orderLines = pgTable(
  "order_lines",
  {
    orderId: integer("order_id")
      .notNull()
      .references(() => orders.id),
    lineNo: integer("line_no").notNull(),
    productId: integer("product_id")
      .notNull()
      .references(() => products.id),
    quantity: integer("quantity").notNull(),
    unitPriceCents: integer("unit_price_cents").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.lineNo] }),
    index("order_lines_product_id_idx").on(table.productId),
  ],
);

export const supplierRelations = relations(suppliers, ({ many }) => ({ products: many(products) }));

export const productRelations = relations(products, ({ one, many }) => ({
  supplier: one(suppliers, { fields: [products.supplierId], references: [suppliers.id] }),
  stockLevels: many(stockLevels),
}));

export const stockLevelRelations = relations(stockLevels, ({ one }) => ({
  product: one(products, { fields: [stockLevels.productId], references: [products.id] }),
  warehouse: one(warehouses, { fields: [stockLevels.warehouseId], references: [warehouses.id] }),
}));

export const customerRelations = relations(customers, ({ many }) => ({ orders: many(orders) }));

export const orderRelations = relations(orders, ({ one, many }) => ({
  customer: one(customers, { fields: [orders.customerId], references: [customers.id] }),
  warehouse: one(warehouses, { fields: [orders.warehouseId], references: [warehouses.id] }),
  lines: many(orderLines),
}));

export const orderLineRelations = relations(orderLines, ({ one }) => ({
  order: one(orders, { fields: [orderLines.orderId], references: [orders.id] }),
  product: one(products, { fields: [orderLines.productId], references: [products.id] }),
}));

export type OrderStatus = (typeof orders.$inferSelect)["status"];
