CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE COLLATE NOCASE, "full name" VARCHAR(20), state TEXT CHECK (state IN ('sad', 'happy')) DEFAULT 'sad;', data TEXT DEFAULT (json_object('a', 1)), seen_at DATETIME DEFAULT CURRENT_TIMESTAMP, upper_name TEXT GENERATED ALWAYS AS (upper("full name")) VIRTUAL);
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE orders (id TEXT PRIMARY KEY NOT NULL, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, code TEXT, number INTEGER, UNIQUE (user_id, number)) WITHOUT ROWID;
CREATE TABLE items (order_id TEXT NOT NULL, position INT NOT NULL, sku BLOB, PRIMARY KEY (order_id, position), FOREIGN KEY (order_id) REFERENCES orders (id)) STRICT;
CREATE INDEX users_seen ON users (seen_at DESC, id);
CREATE UNIQUE INDEX users_live ON users ("full name") WHERE state = 'happy' AND seen_at IS NOT NULL;
CREATE INDEX users_lower ON users (lower(email));
CREATE INDEX users_json ON users (json_extract(data, '$.a'));
CREATE INDEX orders_code ON orders (code COLLATE NOCASE);
CREATE INDEX items_sku ON items (sku);
CREATE VIEW live AS SELECT * FROM users WHERE state = 'happy'
/* live(id,email,"full name",state,data,seen_at,upper_name) */;
CREATE TRIGGER touch AFTER UPDATE ON users BEGIN UPDATE users SET seen_at = CURRENT_TIMESTAMP WHERE id = NEW.id; END;
CREATE VIRTUAL TABLE search USING fts5 (body)
/* search(body) */;
CREATE TABLE IF NOT EXISTS 'search_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS 'search_content'(id INTEGER PRIMARY KEY, c0);
CREATE TABLE IF NOT EXISTS 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE IF NOT EXISTS 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;
