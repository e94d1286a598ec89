-- The low-stock report sums the sales of the products on its page.
CREATE INDEX stock_movements_product_id_kind_occurred_at_idx ON stock_movements (product_id, kind, occurred_at);
