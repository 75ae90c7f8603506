;; The shape says that its times have offsets from UTC, and the column has none.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  4 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
(data $shape (i32.const 2112) (i32 0  2144 2  0 0  2148 1))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  4  2560 1  0 0  0 0))
