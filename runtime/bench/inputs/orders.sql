-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Inserts, an index, a join with groups and a sort, in memory.
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, item TEXT, amount REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
INSERT INTO orders SELECT i, i * 7919 % 5003, 'item number ' || (i * 31 % 997), i * 0.25 FROM n;
CREATE INDEX by_customer ON orders(customer, item);
CREATE TABLE customers AS SELECT DISTINCT customer AS id, 'customer ' || customer AS name FROM orders;
SELECT name, count(*), sum(amount), group_concat(item) FROM orders JOIN customers ON customers.id = customer
GROUP BY customer ORDER BY sum(amount) DESC LIMIT 20;
UPDATE orders SET item = upper(item) || ' (' || customer || ')' WHERE id % 3 = 0;
DELETE FROM orders WHERE id % 5 = 0;
SELECT substr(item, 1, 8), count(*), max(length(item)) FROM orders GROUP BY 1 ORDER BY 2 DESC;
SELECT count(*) FROM (SELECT DISTINCT item, customer FROM orders);
