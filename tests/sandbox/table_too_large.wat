;; A table counts as memory.
(table $large 1 funcref)
(func $feed (param $first_line i64) (result i32)
  (drop (table.grow $large (ref.null func) (i32.const 8000000)))
  (i32.const 2048))
