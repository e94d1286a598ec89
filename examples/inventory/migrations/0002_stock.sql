CREATE TABLE stock_levels (
  product_id integer NOT NULL REFERENCES products (id),
  warehouse_id integer NOT NULL REFERENCES warehouses (id),
  quantity integer NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  reserved integer NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (product_id, warehouse_id)
);

CREATE INDEX stock_levels_warehouse_id_idx ON stock_levels (warehouse_id, product_id);

-- The ledger: every change of a stock level is a row here and is never changed again.
-- sku is the label that was scanned.
CREATE TABLE stock_movements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products (id),
  warehouse_id integer NOT NULL REFERENCES warehouses (id),
  sku text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('receipt', 'sale', 'return', 'transfer_in', 'transfer_out', 'adjustment')),
  quantity integer NOT NULL,
  reference text,
  occurred_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX stock_movements_warehouse_id_occurred_at_idx ON stock_movements (warehouse_id, occurred_at);

CREATE TABLE stock_snapshots (
  warehouse_id integer NOT NULL REFERENCES warehouses (id),
  products integer NOT NULL,
  units bigint NOT NULL,
  value_cents bigint NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (warehouse_id)
);
